import { afterEach, beforeEach, expect, it } from "vitest";
import type { Ask, Booked, Ending, StoredGate } from "../../packages/redis/src/store/book-store.ts";
import { describeWithRedis } from "./kit/describe-with-redis.ts";
import { gateOf, minuteUs, storeWorld, type StoreWorld } from "./kit/store-world.ts";

describeWithRedis("the shared book's scripts", (server) => {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await storeWorld(server());
  });
  afterEach(() => world[Symbol.asyncDispose]());

  it("books the first candidate that fits now, on all its pages", async () => {
    await open({ a: gateOf(60), b: gateOf(6000) });

    const answer = await world.store.reserve(ask("1", [{ a: 1, b: 100 }]));

    expect(answer).toMatchObject({ kind: "booked", place: 0, startUs: world.nowUs() });
    const { booked, pages } = answer as Booked;
    expect(booked).toMatchObject([
      { key: "a", heldUs: 1e6, most: 1, least: 1 },
      { key: "b", heldUs: 1e6, most: 100, least: 100 },
    ]);
    expect(pages.get("b")).toEqual({
      tatUs: world.nowUs() + 1e6,
      inWindow: 100,
      pausedUntilUs: 0,
      open: 100,
      version: 1,
    });
  });

  it("gives back what a call did not take, once", async () => {
    await open({ a: gateOf(60) });
    const answer = (await world.store.reserve(ask("1", [{ a: 10 }]))) as Booked;

    const first = await world.store.end(ending("1", answer, { a: 4 }));
    const second = await world.store.end(ending("1", answer, { a: 0 }));

    expect([first.isFirst, second.isFirst]).toEqual([true, false]);
    expect(second.pages.get("a")).toMatchObject({ inWindow: 4, open: 0, tatUs: world.nowUs() + 4e6 });
  });

  it("lists reservations that have expired for whoever beats", async () => {
    await open({ a: gateOf(60) });
    await world.store.reserve(ask("1", [{ a: 10 }]));
    await world.advance(31e6);

    const beaten = await world.store.beat(beat("one"));
    const ended = await world.store.end(beaten.expired[0]!);

    expect(ended.isFirst).toBe(true);
    expect(ended.pages.get("a")).toMatchObject({ inWindow: 10, open: 0 });
    expect(beaten.processes).toEqual([{ id: "one", configHash: "h" }]);
  });

  async function open(gates: Record<string, StoredGate>): Promise<void> {
    await world.store.open(Object.entries(gates).map(([key, gate]) => ({ key, gate, record: "{}", isSpent: false })));
  }
});

function beat(processId: string) {
  return { processId, configHash: "h", livesForUs: 5e6, newsSeen: 0, settled: new Map() };
}

function ask(id: string, candidates: readonly Record<string, number>[], more: Partial<Ask> = {}): Ask {
  return {
    id,
    candidates: candidates.map((pages) => ({
      pages: Object.entries(pages).map(([key, held]) => ({ key, held, doubt: 0 })),
    })),
    horizonUs: 0,
    expiresInUs: minuteUs / 2,
    wantsRing: false,
    ...more,
  };
}

function ending(id: string, booked: Booked, actual: Record<string, number>): Ending {
  const { startUs } = booked;
  return {
    id,
    pages: booked.booked.map(({ key, slot, heldUs }) => ({
      key,
      slot,
      startUs,
      held: 10,
      doubt: 0,
      heldUs,
      actual: actual[key],
      priceUs: 1,
      missingUntilUs: 0,
    })),
    updates: [],
  };
}
