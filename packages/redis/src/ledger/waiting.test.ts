import { describe, expect, it } from "vitest";
import { ManualClock, settleDown } from "../testing/manual-clock.test.kit.ts";
import { FakeServer } from "./fake-store.test.kit.ts";
import { callOf, startProcess, targetWith, tokensOf } from "./shared-world.test.kit.ts";

async function setUp() {
  const clock = new ManualClock();
  const server = new FakeServer(clock);
  const one = startProcess(server, "one", { clock });
  await clock.advance(10);
  return { clock, server, one };
}

/** Three targets whose day quotas AWS closed an hour ago. */
async function closedForAnHour() {
  const world = await setUp();
  const { clock, one } = world;
  const calls = ["a", "b", "c"].map((id) => {
    one.limits.set(`${id}/tokens`, 60_000, "config");
    return callOf(10, targetWith(id, [tokensOf(id), { key: `${id}/day`, unit: "tokens", windowMs: 86_400_000 }]));
  });
  for (const call of calls) {
    const answer = await one.ledger.reserve([call]);
    if (answer.kind === "reserved") answer.throttled({ scope: "tokens-per-day" });
    await clock.advance(1_000);
  }
  await clock.advance(3_600_000);
  return { ...world, calls };
}

describe("a call that may be the probe of a closed day quota", () => {
  it("waits for the store no longer than any other, whatever it is asked on the way", async () => {
    const { clock, server, one, calls } = await closedForAnHour();
    server.unanswered.add("claim");
    let isDecided = false;
    void one.ledger.reserve(calls).then(() => (isDecided = true));
    await clock.advance(50);

    expect(isDecided).toBe(true);
  });

  it("probes one quota at a time, and leaves the others to other calls", async () => {
    const { server, one, calls } = await closedForAnHour();
    const before = server.count("claim");
    const answer = await one.ledger.reserve(calls);

    expect(answer.kind).toBe("reserved");
    expect(server.count("claim")).toBe(before + 1);
    expect((await one.ledger.reserve(calls.slice(1))).kind).toBe("reserved");
  });

  it("is given up at once, and the probe with it", async () => {
    const { clock, server, one, calls } = await closedForAnHour();
    server.latencyMs = 30;
    const caller = new AbortController();
    let outcome: unknown;
    one.ledger.reserve(calls.slice(0, 1), caller.signal).catch((error: unknown) => (outcome = error));
    await clock.advance(10);
    caller.abort("changed my mind");
    await settleDown();
    const atOnce = outcome;
    await clock.advance(100);

    expect(atOnce).toBe("changed my mind");
    expect(server.claims.size).toBe(0);
  });
});

describe("a call that waits for the store", () => {
  it("waits no longer where that is met for the first time, and then asked", async () => {
    const clock = new ManualClock();
    const server = new FakeServer(clock);
    server.latencyMs = 30;
    const one = startProcess(server, "one", { clock });
    let isDecided = false;
    void one.ledger.reserve([callOf(1)]).then(() => (isDecided = true));
    await clock.advance(49);
    const before = isDecided;
    await clock.advance(1);

    expect([before, isDecided]).toEqual([false, true]);
    expect(server.count("reserve")).toBe(1);
  });

  it("is asked no more for when its caller has left", async () => {
    const { clock, server, one } = await setUp();
    await one.book(1);
    server.pages.clear();
    server.latencyMs = 40;
    const caller = new AbortController();
    one.ledger.reserve([callOf(1)], caller.signal).catch(() => {});
    await clock.advance(20);
    const asked = server.count("reserve");
    caller.abort();
    await clock.advance(60);

    expect(server.count("reserve")).toBe(asked);
  });

  it("says until when its booking is of use to somebody", async () => {
    const { server, one } = await setUp();
    await one.book(1);

    const { bookUntilUs = 0 } = server.asks.at(-1) ?? {};

    expect(bookUntilUs).toBeGreaterThan(server.nowUs + 50_000);
    expect(bookUntilUs).toBeLessThanOrEqual(server.nowUs + 100_000);
  });

  it("is booked at once although this machine stood still and its time with it", async () => {
    const { server, one } = await setUp();
    await one.book(1);
    server.aheadMs = 30_000;

    const answer = await one.ledger.reserve([callOf(1)]);

    expect(answer.kind).toBe("reserved");
    expect(one.changes).toEqual([]);
  });

  it("goes by a name that no other process has used, even one of the same name", async () => {
    const { clock, server, one } = await setUp();
    const ids = new Set<string>();
    for (let start = 0; start < 3; start += 1) {
      const again = startProcess(server, "one", { clock, seed: start });
      await clock.advance(10);
      await again.book(1);
      ids.add(server.asks.at(-1)?.id ?? "");
      await again[Symbol.asyncDispose]();
    }
    await one.book(1);

    expect(ids.size).toBe(3);
  });
});
