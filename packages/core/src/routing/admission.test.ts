import { describe, expect, it } from "vitest";
import { ManualClock } from "../bedrock/testing/manual-clock.test.kit.ts";
import { MemoryLedger } from "../budget/memory-ledger.ts";
import { MemoryLimits } from "../budget/memory-limits.ts";
import type { Target } from "../budget/target.ts";
import { seededRandom } from "../random.ts";
import { Admission } from "./admission.ts";
import { Tenants } from "./tenants.ts";
import type { Ticket } from "./ticket.ts";

const target: Target = {
  id: "a",
  accountId: "111111111111",
  region: "us-east-1",
  endpoint: "runtime",
  modelId: "m",
  destinationRegions: undefined,
  weight: 1,
  quotas: [{ key: "a", unit: "tokens", windowMs: 60_000 }],
};

function open() {
  const clock = new ManualClock();
  const limits = new MemoryLimits();
  limits.set("a", 60_000, "config");
  let timers = 0;
  const counting = Object.assign(Object.create(clock) as ManualClock, {
    monotonicMs: () => clock.monotonicMs(),
    timer: (ms: number, callback: () => void) => {
      timers += 1;
      return clock.timer(ms, callback);
    },
  });
  const admission = new Admission({
    ledger: new MemoryLedger({ limits, clock }),
    limits,
    clock: counting,
    random: seededRandom(1),
    bounds: { maxInFlight: 1_000, maxQueued: 10_000, maxQueuedBytes: 1e9 },
    tenants: new Tenants(),
    ageingMs: 10_000,
  });
  let arrivals = 0;
  const ticket = (change: Partial<Ticket> & { tokens?: number } = {}): Ticket => {
    const { tokens = 5_820, ...rest } = change;
    arrivals += 1;
    const candidates = [{ target, cost: { requests: 1, tokens } }];
    return {
      id: String(arrivals),
      pool: "m",
      lane: "m",
      tenant: "default",
      priority: 0,
      arrival: arrivals,
      sinceMs: clock.monotonicMs(),
      deadlineMs: clock.monotonicMs() + 3_600_000,
      bytes: 0,
      signal: undefined,
      renew: () => undefined,
      eligible: () => candidates,
      hasUntried: () => false,
      home: () => undefined,
      cachedTokens: () => 0,
      unblocksInMs: () => Number.POSITIVE_INFINITY,
      noneLeft: () => new Error("none left"),
      ...rest,
    };
  };
  return { admission, clock, limits, ticket, timers: () => timers };
}

describe("the waiting room", () => {
  it("tells who waits, by class and tenant", async () => {
    const { admission, clock, ticket } = open();
    await admission.admit(ticket(), false);
    for (const tenant of ["b", "a", "a"]) void admission.admit(ticket({ tenant, tokens: 970 }), false);
    await clock.advance(500);
    void admission.admit(ticket({ tenant: "b", priority: 2 }), false);

    expect(admission.queueSnapshot(clock.monotonicMs())).toEqual([
      { priority: 2, tenant: "b", calls: 1, tokens: 5_820, oldestMs: 0 },
      { priority: 0, tenant: "a", calls: 2, tokens: 1_940, oldestMs: 500 },
      { priority: 0, tenant: "b", calls: 1, tokens: 970, oldestMs: 500 },
    ]);
    await clock.advance(60_000);
    expect(admission.queueSnapshot(clock.monotonicMs())).toEqual([]);
  });

  it("sets a handful of timers, however many wait", async () => {
    const { admission, clock, ticket, timers } = open();
    await admission.admit(ticket(), false);
    for (let call = 0; call < 1_000; call += 1) void admission.admit(ticket({ tokens: 970 }), false);
    await clock.advance(1);

    expect(admission.queued).toBe(1_000);
    expect(timers()).toBeLessThan(10);
  });

  it("refuses each call at its own deadline, when the forecast was wrong", async () => {
    const { admission, clock, ticket, limits } = open();
    await admission.admit(ticket(), false);
    const endedAtMs = new Map<number, number>();
    for (const deadlineMs of [9_000, 7_000, 8_000]) {
      const late = ticket({ tokens: 970, deadlineMs });
      admission.admit(late, false).catch(() => endedAtMs.set(deadlineMs, clock.monotonicMs()));
    }
    limits.set("a", 600, "config");
    for (let second = 0; second < 20; second += 1) await clock.advance(1_000);

    expect([...endedAtMs]).toEqual([
      [7_000, 7_000],
      [8_000, 8_000],
      [9_000, 9_000],
    ]);
    expect(admission.queued).toBe(0);
  });
});
