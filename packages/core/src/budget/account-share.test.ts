import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { largestTotal, minutePools, shareCeilings } from "./account-share.ts";
import { dayWindowMs, type Quota } from "./quota.ts";
import type { Target } from "./target.ts";

const limitOrHold = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 5, arbitrary: limit() });
/** At least one is above 0. */
const limits = fc
  .tuple(fc.array(limitOrHold, { maxLength: 6 }), limit(), fc.array(limitOrHold, { maxLength: 5 }))
  .map(([before, one, after]) => [...before, one, ...after]);
const shares = fc.oneof(
  fc.double({ min: 0.01, max: 1, noNaN: true }),
  fc.integer({ min: 1, max: 12 }).map((accounts) => 1 / accounts),
);

function limit(): fc.Arbitrary<number> {
  return fc.oneof(fc.integer({ min: 1, max: 10 }), fc.double({ min: 1e-3, max: 1e12, noNaN: true }));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const cut = (totals: readonly number[], share: number): readonly number[] =>
  totals.map((total) => Math.min(total, largestTotal(totals, share)));
const count = (totals: readonly number[]): number => totals.filter((total) => total > 0).length;

describe("cutting totals to a share", () => {
  it.each([
    { totals: [10, 1, 1, 1], share: 0.4, left: [2, 1, 1, 1] },
    { totals: [10, 8, 1, 1], share: 0.4, left: [4, 4, 1, 1] },
    { totals: [10, 1, 1, 1], share: 0.25, left: [1, 1, 1, 1] },
    { totals: [3, 2], share: 0.6, left: [3, 2] },
    { totals: [10, 1, 1], share: 0.2, left: [1, 1, 1] },
    { totals: [10, 0, 0], share: 0.4, left: [10, 0, 0] },
    { totals: [10, 2, 0], share: 0.4, left: [2, 2, 0] },
  ])("leaves $left of $totals at a share of $share", ({ totals, share, left }) => {
    for (const [before, after] of [
      [totals, left],
      [totals.toReversed(), left.toReversed()],
    ] as const) {
      for (const [at, total] of cut(before, share).entries()) expect(total).toBeCloseTo(after[at] ?? 0, 9);
    }
  });

  it("leaves nobody more than the share of what is left, or all alike where the share cannot be kept", () => {
    fc.assert(
      fc.property(limits, shares, (totals, share) => {
        const left = cut(totals, share);
        const most = Math.max(share, 1 / count(totals)) * sum(left);
        expect(Math.max(...left)).toBeLessThanOrEqual(most * (1 + 1e-9));
      }),
    );
  });

  it("cuts no more than it must: where anything is cut, the largest takes its whole share", () => {
    fc.assert(
      fc.property(limits, shares, (totals, share) => {
        const left = cut(totals, share);
        if (left.every((total, at) => total === totals[at])) return;
        const most = Math.max(share, 1 / count(totals)) * sum(left);
        expect(Math.max(...left)).toBeGreaterThanOrEqual(most * (1 - 1e-9));
      }),
    );
  });

  it("keeps the order, takes nothing from those below, and nothing at all when the share is 1", () => {
    fc.assert(
      fc.property(limits, shares, (totals, share) => {
        const level = largestTotal(totals, share);
        expect(cut(totals, share)).toEqual(totals.map((total) => (total > level ? level : total)));
        expect(cut(totals, 1).every((total, at) => total >= (totals[at] ?? 0) * (1 - 1e-9))).toBe(true);
      }),
    );
  });

  it("takes nothing more the second time", () => {
    fc.assert(
      fc.property(limits, shares, (totals, share) => {
        const once = cut(totals, share);
        for (const [at, total] of cut(once, share).entries()) {
          expect(Math.abs(total - (once[at] ?? 0))).toBeLessThanOrEqual((once[at] ?? 0) * 1e-9);
        }
      }),
    );
  });
});

const quota = (key: string, change: Partial<Quota> = {}): Quota => ({
  key,
  unit: "tokens",
  windowMs: 60_000,
  ...change,
});
const target = (accountId: string, quotas: readonly Quota[]): Target => {
  const id = `${accountId}/${quotas[0]?.key}`;
  const place = { region: "us-east-1", endpoint: "runtime", modelId: "m", destinationRegions: undefined } as const;
  return { id, accountId, quotas, weight: 1, ...place };
};

describe("the quotas of a model", () => {
  it("are told apart by unit and window; one of several targets counts once, a day's not at all", () => {
    const pools = minutePools([
      target("a", [quota("a/1"), quota("a/requests", { unit: "requests" }), quota("a/day", { windowMs: dayWindowMs })]),
      target("a", [quota("a/1"), quota("a/2")]),
      target("b", [quota("b/1"), quota("b/short", { windowMs: 100 })]),
    ]);

    expect(pools.map((pool) => Object.fromEntries(pool))).toEqual([
      { a: ["a/1", "a/2"], b: ["b/1"] },
      { a: ["a/requests"] },
      { b: ["b/short"] },
    ]);
  });
});

describe("the ceilings of quotas", () => {
  const ceilings = (pools: readonly Record<string, readonly string[]>[], told: Record<string, number>, share = 0.5) =>
    Object.fromEntries(
      shareCeilings({ share, pools: pools.map((pool) => new Map(Object.entries(pool))) }, (key) => told[key] ?? 0),
    );

  it("scale all quotas of an account alike, and leave one on hold alone", () => {
    const told = { "a/1": 6, "a/2": 2, "a/3": 0, "b/1": 4 };

    expect(ceilings([{ a: ["a/1", "a/2", "a/3"], b: ["b/1"] }], told)).toEqual({ "a/1": 3, "a/2": 1, "b/1": 4 });
  });

  it("say how far a small quota may grow that is learned to be larger", () => {
    expect(ceilings([{ a: ["a"], b: ["b"], c: ["c"] }], { a: 9, b: 1, c: 2 })).toEqual({ a: 3, b: 3, c: 3 });
  });

  it("are the lowest of all models that share a quota", () => {
    const pools = [
      { a: ["a"], b: ["b"] },
      { a: ["a"], c: ["c"] },
    ];

    expect(ceilings(pools, { a: 9, b: 4, c: 3 })).toEqual({ a: 3, b: 4, c: 3 });
    expect(ceilings(pools.toReversed(), { a: 9, b: 4, c: 3 })).toEqual({ a: 3, b: 4, c: 3 });
  });

  it("are none when one account may take all", () => {
    expect(ceilings([{ a: ["a"], b: ["b"] }], { a: 9, b: 1 }, 1)).toEqual({});
  });
});
