import { describe, expect, it } from "vitest";
import type { AccountShare } from "./account-share.ts";
import { ManualClock } from "../bedrock/testing/manual-clock.test.kit.ts";
import { CappedLimits } from "./capped-limits.ts";
import { MemoryLedger } from "./memory-ledger.ts";
import type { Target } from "./target.ts";

const half: AccountShare = { share: 0.5, pools: [new Map(["a", "b", "c"].map((id) => [id, [id]]))] };

/** a 10, b 1, c 1, and d of another model; at most half of it for each. */
function world(share: AccountShare = half) {
  const limits = new CappedLimits();
  const told: string[] = [];
  limits.change(share, () => {
    for (const [key, value] of [
      ["a", 10],
      ["b", 1],
      ["c", 1],
      ["d", 7],
    ] as const)
      limits.set(key, value, "config");
  });
  const listening = limits.onChange((key) => told.push(key));
  const valueOf = (key: string) => {
    const value = limits.get(key)?.value;
    return value && Number(value.toFixed(9));
  };
  const values = () => Object.fromEntries(["a", "b", "c", "d"].map((key) => [key, valueOf(key)]));
  return { limits, told, values, listening };
}

describe("limits with a cap on each account's share", () => {
  it("show what may be used, beside what was set and who set it", () => {
    const { limits, values } = world();

    expect(values()).toEqual({ a: 2, b: 1, c: 1, d: 7 });
    expect(limits.get("a")).toEqual({ value: 2, published: 10, source: "config", most: 2 });
    expect(limits.get("b")).toEqual({ value: 1, published: 1, source: "config", most: 2 });
    expect(limits.get("d")).toEqual({ value: 7, published: 7, source: "config" });
  });

  it("follow one that is set later, and tell of each that is another then, when all of them are", () => {
    const { limits, values, told } = world();
    const seen: unknown[] = [];
    limits.onChange(() => seen.push(values()));

    limits.set("b", 4, "service-quotas");

    expect(values()).toEqual({ a: 5, b: 4, c: 1, d: 7 });
    expect(limits.get("b")?.source).toBe("service-quotas");
    expect(told.toSorted()).toEqual(["a", "b", "c"]);
    expect(seen).toEqual([values(), values(), values()]);
  });

  it("tell nothing of what stays, but know who set it last", () => {
    const { limits, told } = world();

    limits.set("a", 10, "service-quotas");
    limits.set("d", 8, "service-quotas");

    expect(limits.get("a")).toEqual({ value: 2, published: 10, source: "service-quotas", most: 2 });
    expect(told).toEqual(["d"]);
  });

  it("count no account that is on hold or gone: the others are alike before one starves", () => {
    const { limits, values, told } = world();

    limits.set("c", 0, "service-quotas");
    expect(values()).toMatchObject({ a: 1, b: 1, c: 0 });
    limits.remove("b");
    expect(values()).toMatchObject({ a: 10, b: undefined, c: 0 });
    limits.set("b", 2, "config");

    expect(values()).toMatchObject({ a: 2, b: 2, c: 0 });
    expect(told.filter((key) => key === "d")).toEqual([]);
  });

  it("change with the share, all at once", () => {
    const { limits, values, told } = world();

    limits.change({ ...half, share: 0.4 }, () => {
      limits.set("b", 3, "config");
      limits.set("c", 3, "config");
      limits.remove("d");
      expect(told).toEqual([]);
    });
    expect(values()).toEqual({ a: 4, b: 3, c: 3, d: undefined });
    expect(told.toSorted()).toEqual(["a", "b", "c", "d"]);
    limits.change({ ...half, share: 1 }, () => undefined);

    expect(values()).toEqual({ a: 10, b: 3, c: 3, d: undefined });
    expect(limits.get("a")).toEqual({ value: 10, published: 10, source: "config" });
  });

  it("are what was set where nobody caps them", () => {
    const { limits, values, told, listening } = world({ ...half, share: 1 });

    limits.set("a", 11, "config");
    expect(values()).toEqual({ a: 11, b: 1, c: 1, d: 7 });
    expect(told).toEqual(["a"]);
    listening[Symbol.dispose]();
    limits.set("a", 12, "config");

    expect(told).toEqual(["a"]);
  });

  it("take no limit that is none", () => {
    const { limits, values } = world();
    const before = values();

    expect(() => limits.set("a", -1, "config")).toThrow(expect.objectContaining({ code: "option-invalid" }));
    expect(values()).toEqual(before);
  });
});

describe("a book of capped quotas", () => {
  const target = (key: string): Target => {
    const place = { region: "us-east-1", endpoint: "runtime", modelId: "m", destinationRegions: undefined } as const;
    return { id: key, accountId: key, weight: 1, quotas: [{ key, unit: "tokens", windowMs: 60_000 }], ...place };
  };

  /** @param learned - shares of what was set that AWS seemed to keep before a restart. */
  function book(learned: Readonly<Record<string, number>>) {
    const { limits } = world();
    const ledger = new MemoryLedger({ limits, clock: new ManualClock() });
    const states = Object.entries(learned).map(([key, share]) => {
      return [key, { limit: key === "a" ? 10 : 1, share, kind: "unknown", burst: 0.1 } as const] as const;
    });
    ledger.remember(new Map(states));
    for (const key of ["a", "b", "c"]) ledger.startsInMs({ target: target(key), cost: { tokens: 1 } }, 0);
    const rows = () =>
      ledger.snapshot(0).map(({ limit, learnedLimit, cappedFrom }) => [limit, learnedLimit, cappedFrom]);
    return { limits, ledger, rows };
  }

  it("keeps what it learned of AWS's limit, whatever part of it may be used", () => {
    const { limits, ledger, rows } = book({ a: 0.5 });
    const learned = new Map([["a", expect.objectContaining({ limit: 10, share: 0.5 })]]);

    expect(rows()[0]).toEqual([2, 2, 10]);
    expect(ledger.learned).toEqual(learned);
    limits.change({ share: 1, pools: [] }, () => undefined);

    expect(rows()[0]).toEqual([10, 5, undefined]);
    expect(ledger.learned).toEqual(learned);
  });

  it("spends a quota that is less than it was set to as far as AWS lets it", () => {
    expect(book({ a: 0.1 }).rows()[0]).toEqual([2, 1, 10]);
  });

  it("lets no quota that is learned to be larger carry more than its share", () => {
    expect(book({ b: 5, c: 1.5 }).rows()).toEqual([
      [2, 2, 10],
      [1, 2, undefined],
      [1, 1.5, undefined],
    ]);
  });

  it("has room for a call up to the cap, and none beyond it in that minute", async () => {
    const { ledger } = book({});
    const call = (tokens: number) => ({ target: target("a"), cost: { tokens } });

    expect(await ledger.reserve([call(2)])).toMatchObject({ kind: "reserved" });

    expect(await ledger.reserve([call(0.1)])).toMatchObject({ kind: "refused" });
    expect(ledger.startsInMs(call(2), 0)).toBeGreaterThanOrEqual(60_000);
  });
});
