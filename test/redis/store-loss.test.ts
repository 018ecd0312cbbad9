import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Booked } from "../../packages/redis/src/store/book-store.ts";
import { ask, beatOf, endingOf, open } from "./kit/asking.ts";
import { describeWithRedis } from "./kit/describe-with-redis.ts";
import { gateOf, minuteUs, type StoreWorld, storeWorld } from "./kit/store-world.ts";

const slotUs = minuteUs / 480;
const gates = { a: gateOf(60, { window: "sliding", mayHold: 60, burstUs: 6e6 }) };

describeWithRedis("the shared book after a loss", (server) => {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await storeWorld(server());
  });
  afterEach(() => world[Symbol.asyncDispose]());

  it("charges what many processes spent in an outage as if one book had booked it all", async () => {
    await open(world.store, { a: gateOf(6000, { window: "sliding", mayHold: 6000, burstUs: 6e6 }) });
    await world.advance(minuteUs);
    const slot = Math.floor(world.nowUs() / slotUs);
    const spent = Array.from({ length: 480 }, (_, ago) => [slot - 480 + ago, (0.8 * 6000) / 480 / 16] as const);

    for (let process = 0; process < 16; process += 1) {
      await world.storeOf(`${process}`).merge([{ key: "a", bySlot: new Map(spent) }]);
    }
    const answer = (await world.store.reserve(ask("1", [{ a: 1 }]))) as Booked;

    expect(answer).toMatchObject({ kind: "booked", startUs: world.nowUs() });
    expect(answer.pages.get("a")?.inWindow).toBeCloseTo(4801);
    expect((answer.pages.get("a")?.tatUs ?? 0) - world.nowUs()).toBeLessThan(1e6);
  });

  it("charges what was spent in an outage on top of what had been spent when it began", async () => {
    await open(world.store, { a: gateOf(6000, { window: "sliding", mayHold: 7000, burstUs: 6e6 }) });
    await world.store.reserve(ask("burst", [{ a: 600 }]));
    for (let second = 0; second < 70; second += 2) {
      await world.advance(2e6);
      await world.store.reserve(ask(`${second}`, [{ a: 200 }]));
    }
    await world.advance(15e6);
    const slot = Math.floor(world.nowUs() / slotUs);
    const spent = Array.from({ length: 120 }, (_, ago) => [slot - 120 + ago, (0.8 * 1500) / 120 / 16] as const);

    for (let process = 0; process < 16; process += 1) {
      await world.storeOf(`${process}`).merge([{ key: "a", bySlot: new Map(spent) }]);
    }
    const answer = (await world.store.reserve(ask("1", [{ a: 1 }]))) as Booked;

    const aheadUs = (answer.pages.get("a")?.tatUs ?? 0) - world.nowUs();

    // 6 s were spent ahead; 15 s later and 12 s more, 3 s are.
    expect(aheadUs).toBeGreaterThan(3e6);
    expect(aheadUs).toBeLessThan(4e6);
  });

  it("charges no more than what was spent", async () => {
    await open(world.store, { a: gateOf(6000, { window: "sliding", mayHold: 7000, burstUs: 6e6 }) });
    for (let second = 0; second < 60; second += 2) {
      await world.advance(2e6);
      await world.store.reserve(ask(`${second}`, [{ a: 190 }]));
    }
    await world.advance(2e6);
    await world.store.merge([{ key: "a", bySlot: new Map([[Math.floor(world.nowUs() / slotUs), 10]]) }]);

    const answer = (await world.store.reserve(ask("all", [{ a: 580 }]))) as Booked;

    expect(answer).toMatchObject({ kind: "booked", startUs: world.nowUs() });
  });

  it("leaves a page as it is where all that was spent has left the window", async () => {
    await open(world.store, gates);
    await world.store.merge([{ key: "a", bySlot: new Map([[1, 5]]) }]);

    expect((await world.store.reserve(ask("1", [{ a: 1 }]))).kind).toBe("booked");
  });

  describe("opened by somebody who does not know of it", () => {
    beforeEach(async () => {
      await open(world.store, gates);
      await world.redis.flushall();
      await world.advance(1e6);
      await open(world.storeOf("two"), gates);
      await book({ a: 2 });
    });

    it("spends the page once somebody knows, for one window", async () => {
      await open(world.store, gates, true);

      expect((await world.store.reserve(ask("at once", [{ a: 1 }]))).kind).toBe("refused");
      await world.advance(minuteUs - 2e6);
      expect((await world.store.reserve(ask("before", [{ a: 1 }]))).kind).toBe("refused");
      await world.advance(3e6);
      expect((await world.store.reserve(ask("after", [{ a: 1 }]))).kind).toBe("booked");
    });

    it("spends it once, however many know", async () => {
      await open(world.store, gates, true);
      await world.advance(minuteUs / 2);
      await open(world.storeOf("three"), gates, true);
      await world.advance(minuteUs / 2 + 1e6);

      expect((await world.store.reserve(ask("after", [{ a: 1 }]))).kind).toBe("booked");
    });

    it("leaves it alone where what was lost has left the window", async () => {
      await world.advance(minuteUs + 1e6);
      await open(world.storeOf("slept"), gates, true);

      expect((await world.store.reserve(ask("after", [{ a: 1 }]))).kind).toBe("booked");
    });
  });

  it("gives back of a lost ring no more than is in it", async () => {
    await open(world.store, { a: gateOf(60, { burstUs: 6e7 }) });
    const asked = [1, 2, 3].map((id) => ask(`${id}`, [{ a: 10 }]));
    const booked: Booked[] = [];
    for (const one of asked) booked.push((await world.store.reserve(one)) as Booked);
    await world.redis.del(`${world.keys.prefix}ring:a`, `${world.keys.prefix}rest:a`);
    await world.advance(2e6);
    expect((await world.store.reserve(ask("4", [{ a: 1 }]))).kind).toBe("unopened");
    await open(world.store, { a: gateOf(60, { burstUs: 6e7 }) });

    for (const [index, one] of asked.entries()) {
      const ended = await world.store.end(endingOf(one, booked[index]!, { a: 1 }));
      expect(ended.pages.get("a")).toMatchObject({ inWindow: 60, tatUs: world.nowUs() + minuteUs });
    }
    await world.advance(1e6);

    expect((await world.store.reserve(ask("5", [{ a: 1 }]))).kind).toBe("booked");
    expect([...((await world.store.rings(["a"])).get("a")?.values() ?? [])]).toEqual([60, 1]);
  });

  it("tells news again after only its count was lost", async () => {
    for (const news of ["one", "two", "three"]) await world.store.tell(news);
    await world.redis.del(world.keys.state);
    await world.advance(1e6);

    await world.store.tell("four");

    expect((await world.store.beat(beatOf("one"))).news).toEqual(["four"]);
  });

  it.each(["state", "expiry", "processes", "settled:a", "news"])(
    "goes on where somebody wrote something else to `%s`",
    async (name) => {
      await open(world.store, gates);
      await world.redis.del(`${world.keys.prefix}${name}`);
      await world.redis.rpush(`${world.keys.prefix}${name}`, "x");

      const settled = new Map([["a", new Map([[1, 2]])]]);
      const { processes } = await world.store.beat(beatOf("one", { settled }));
      await world.store.tell("news");
      await book({ a: 1 });

      expect(processes).toHaveLength(1);
      expect(await world.store.settled(["a"], 0)).toEqual(settled);
      expect((await world.store.beat(beatOf("one"))).news).toEqual(["news"]);
    },
  );

  it("settles nothing, rather than fail, where somebody wrote something else there", async () => {
    await world.redis.rpush(`${world.keys.prefix}settled:a`, "x");

    expect(await world.store.settled(["a"], 0)).toEqual(new Map([["a", new Map()]]));
  });

  let calls = 0;
  async function book(pages: Record<string, number>): Promise<void> {
    expect((await world.store.reserve(ask(`call ${(calls += 1)}`, [pages]))).kind).toBe("booked");
  }
});

describeWithRedis("the shared book after its server went back to an old snapshot", (server) => {
  it.each(["beat", "open"] as const)("is taken for lost when somebody asks who saw more: %s", async (how) => {
    await using world = await storeWorld(server());
    await open(world.store, gates);
    const before = await world.store.open([]);
    await world.redis.save();
    await world.advance(1e6);
    await world.store.reserve(ask("1", [{ a: 5 }]));
    await server().kill();
    await server().restart();
    await world.setTime(world.nowUs() + 1e6);

    const stranger = await world.storeOf("new").beat(beatOf("new"));
    const found = how === "beat" ? await world.store.beat(beatOf("one")) : await world.store.open([]);
    await open(world.store, gates, true);

    expect(stranger.epoch).toBe(before.epoch);
    expect(found.epoch).not.toBe(before.epoch);
    expect((await world.store.reserve(ask("2", [{ a: 1 }]))).kind).toBe("refused");
    expect((await world.store.beat(beatOf("one"))).epoch).toBe(found.epoch);
  });

  it("does not run backwards, though the server's clock does", async () => {
    await using world = await storeWorld(server());
    await open(world.store, gates);
    await world.redis.save();
    await world.advance(9e6);
    const seen = await world.store.open([]);
    await server().kill();
    await server().restart();
    await world.setTime(world.nowUs() - 5e6);

    const found = await world.store.beat(beatOf("one"));

    expect(found.nowUs).toBe(seen.nowUs);
    expect(found.epoch).not.toBe(seen.epoch);
  });
});
