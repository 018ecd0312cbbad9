import type { SharedBookView, SharedQuota } from "@shardrock/redis";
import { expect, it } from "vitest";
import { quotaKeyOf } from "./configured-limit.ts";
import type { QuotaUse } from "./quota-use.ts";
import { withBook } from "./shared-use.ts";

const minuteMs = 60_000;
const nowMs = 100 * minuteMs;
const place = { accountId: "111111111111", region: "us-east-1" };
const quota = { ...place, baseModelId: "anthropic.claude", endpoint: "runtime", scope: "geo", unit: "tokens" } as const;

function minutes(ages: readonly number[], units: number): ReadonlyMap<number, number> {
  return new Map(ages.map((age) => [nowMs - age * minuteMs, units]));
}

/** What is told of a quota of which AWS counted so much, and the fleet used so much. */
function sharedOf(counted: ReadonlyMap<number, number>, settledByMinute: ReadonlyMap<number, number>) {
  const shared: SharedQuota = {
    key: quotaKeyOf(quota),
    unit: "tokens",
    windowMs: minuteMs,
    limit: 100_000,
    booked: 75_000,
    open: 5_000,
    free: 25_000,
    learnedLimit: 100_000,
    burst: 1_000,
    enforcement: "unknown",
    exhaustedInMs: 0,
    version: 1,
    settledByMinute,
  };
  const book: SharedBookView = { isThere: true, processes: 2, quotas: new Map([[shared.key, shared]]) };
  const nothing = { peakPerMinute: undefined, headroom: undefined, throttles: 0, shared: undefined };
  const use: QuotaUse = { ...quota, ...nothing, limit: 100_000, from: "applied", counted };
  const [found] = withBook([{ place, uses: [use], unmapped: [], quotas: [] }], book, nowMs);
  return found?.uses[0]?.shared;
}

it("tells what is booked and left of a quota, by the key the routers use", () => {
  expect(sharedOf(new Map(), new Map())).toEqual({
    booked: 75_000,
    open: 5_000,
    free: 25_000,
    published: 100_000,
    limit: 100_000,
    headroom: 0.25,
    drift: undefined,
  });
});

it("calls drift what AWS counted beyond the fleet's own use", () => {
  expect(sharedOf(minutes([5, 6, 7], 50_000), minutes([5, 6, 7], 20_000))?.drift).toBe(30_000);
  expect(sharedOf(minutes([5, 6, 7], 20_000), minutes([5, 6, 7], 20_000))?.drift).toBe(0);
});

it("takes nothing for drift from before the time the book remembers", () => {
  expect(sharedOf(minutes([50, 51, 52], 50_000), new Map())?.drift).toBeUndefined();
});
