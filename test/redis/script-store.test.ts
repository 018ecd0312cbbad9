import { afterEach, beforeEach, expect, it } from "vitest";
import type { Booked } from "../../packages/redis/src/store/book-store.ts";
import { ask, beatOf, endingOf, open } from "./kit/asking.ts";
import { describeWithRedis } from "./kit/describe-with-redis.ts";
import { gateOf, storeWorld, type StoreWorld } from "./kit/store-world.ts";

describeWithRedis("the shared book's scripts", (server) => {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await storeWorld(server());
  });
  afterEach(() => world[Symbol.asyncDispose]());

  it("books the first candidate that fits now, on all its pages", async () => {
    await open(world.store, { a: gateOf(60), b: gateOf(6000) });

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
    await open(world.store, { a: gateOf(60) });
    const asked = ask("1", [{ a: 10 }]);
    const answer = (await world.store.reserve(asked)) as Booked;

    const first = await world.store.end(endingOf(asked, answer, { a: 4 }));
    const second = await world.store.end(endingOf(asked, answer, { a: 0 }));

    expect([first.isFirst, second.isFirst]).toEqual([true, false]);
    expect(second.pages.get("a")).toMatchObject({ inWindow: 4, open: 0, tatUs: world.nowUs() + 4e6 });
  });

  it("lists reservations that have expired for whoever beats", async () => {
    await open(world.store, { a: gateOf(60) });
    await world.store.reserve(ask("1", [{ a: 10 }]));
    await world.advance(31e6);

    const beaten = await world.store.beat(beatOf("one"));
    const ended = await world.store.end(beaten.expired[0]!);

    expect(ended.isFirst).toBe(true);
    expect(ended.pages.get("a")).toMatchObject({ inWindow: 10, open: 0 });
    expect(beaten.processes).toEqual(["one"]);
  });
});
