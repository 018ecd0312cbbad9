import pc from "picocolors";
import { describe, expect, it } from "vitest";
import type { PlaceQuotas } from "./place-quotas.ts";
import { countedOf, headroomOf, type QuotaUse } from "./quota-use.ts";
import { usesTable } from "./uses-table.ts";

const place = { accountId: "111111111111", region: "us-east-1" };
const use = (change: Partial<QuotaUse>): QuotaUse => ({
  ...place,
  baseModelId: "anthropic.claude-sonnet-4-6",
  endpoint: "runtime",
  scope: "geo",
  unit: "tokens",
  limit: 1_000_000,
  from: "applied",
  counted: new Map(),
  peakPerMinute: undefined,
  headroom: undefined,
  throttles: 0,
  shared: undefined,
  ...change,
});
const table = (change: Partial<PlaceQuotas>): readonly string[] =>
  usesTable([{ place, uses: [], unmapped: [], quotas: [], ...change }], undefined, {
    colors: pc.createColors(false),
  }).split("\n");

describe("the table of quotas", () => {
  it("puts what is on hold first, then what is nearly used up, and last what nobody knows", () => {
    const uses = [
      use({ unit: "requests" }),
      use({ peakPerMinute: 900_000, headroom: 0.1 }),
      use({ scope: "global", limit: 0, peakPerMinute: 0, headroom: 0 }),
    ];

    const rows = table({ uses }).filter((line) => line.startsWith(place.accountId));

    expect(rows[0]).toContain("global  tokens      0, on hold");
    expect(rows[1]).toMatch(/900,000 +10 % +0$/);
    expect(rows[2]).toMatch(/requests +1,000,000 +applied +- +- +0$/);
  });

  it("lists what is not understood, by its code and AWS's own name", () => {
    const row = { code: "L-1", name: "Model tokens per fortnight", value: 1, isAdjustable: true, isGlobal: false };

    const lines = table({ unmapped: [{ row: { ...row, isApplied: true }, reason: "fortnight is no window" }] });

    expect(lines.at(-1)).toBe("111111111111  us-east-1  L-1   Model tokens per fortnight    fortnight is no window");
  });
});

describe("use", () => {
  it("is counted minute by minute, of all ids together", () => {
    const query = { endpoint: "runtime", metric: "tokens" } as const;
    const series = [
      {
        query: { ...query, modelId: "a" },
        byMinute: new Map([
          [1, 10],
          [2, 30],
        ]),
        isComplete: true,
      },
      { query: { ...query, modelId: "b" }, byMinute: new Map([[1, 25]]), isComplete: true },
      { query: { ...query, modelId: "c" }, byMinute: new Map([[1, 99]]), isComplete: true },
    ];

    expect([...countedOf(series, ({ modelId }) => modelId !== "c")]).toEqual([
      [1, 35],
      [2, 30],
    ]);
  });

  it.each([
    [1_000, 250, 0.75],
    [1_000, 1_500, 0],
    [0, 0, 0],
    [undefined, 5, undefined],
    [1_000, undefined, undefined],
  ])("of a limit of %j at %j leaves %j", (limit, peak, headroom) => {
    expect(headroomOf(limit, peak)).toBe(headroom);
  });
});
