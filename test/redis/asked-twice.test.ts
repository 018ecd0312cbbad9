import { expect, it } from "vitest";
import type { Ask, Booked } from "../../packages/redis/src/store/book-store.ts";
import { ask, endingOf, open } from "./kit/asking.ts";
import { describeWithRedis } from "./kit/describe-with-redis.ts";
import { gateOf, storeWorld } from "./kit/store-world.ts";

describeWithRedis("an ask that a client sends twice", (server) => {
  it.each([
    ["in a moment", {}],
    ["briefly", { isBrief: true }],
    ["with rings", { wantsRing: true }],
  ] satisfies readonly (readonly [string, Partial<Ask>])[])("books once, %s", async (_, more) => {
    await using world = await storeWorld(server());
    await open(world.store, { a: gateOf(60) });
    const asked = ask("1", [{ a: 4 }], more);

    const first = (await world.store.reserve(asked)) as Booked;
    const second = (await world.store.reserve(asked)) as Booked;
    const ended = await world.store.end(endingOf(asked, second, { a: 3 }));

    expect(second).toEqual(first);
    expect(ended).toMatchObject({ isFirst: true });
    expect(ended.pages.get("a")).toMatchObject({ open: 0, inWindow: 3, tatUs: world.nowUs() + 3e6 });
  });

  it("books once ahead of time", async () => {
    await using world = await storeWorld(server());
    await open(world.store, { a: gateOf(60, { burstUs: 5e6 }) });
    await world.store.reserve(ask("fill", [{ a: 5 }]));
    const asked = ask("ahead", [{ a: 1 }], { horizonUs: 3e6 });

    await world.store.reserve(asked);
    const again = (await world.store.reserve(asked)) as Booked;

    expect(again.kind).toBe("booked");
    expect(again.pages.get("a")).toMatchObject({ open: 6 });
  });

  it("books the rest of many that are sent together again", async () => {
    await using world = await storeWorld(server());
    await open(world.store, { a: gateOf(60) });
    const asks = ["1", "2", "3", "4", "5"].map((id) => ask(id, [{ a: 1 }], { isBrief: true }));

    await Promise.all(asks.slice(0, 3).map((one) => world.store.reserve(one)));
    const answers = await Promise.all(asks.map((one) => world.store.reserve(one)));
    const { pages } = (await world.store.reserve(ask("6", [{ a: 1 }]))) as Booked;

    expect(answers.map(({ kind }) => kind)).toEqual(asks.map(() => "booked"));
    expect(pages.get("a")).toMatchObject({ open: 6, inWindow: 6 });
    expect(await world.redis.zcount(`${world.keys.prefix}expiry`, 0, 1e300)).toBe(6);
  });

  it.each([{}, { isBrief: true }, { wantsRing: true }])(
    "books nothing when nobody waits for it any more, and may be asked again: %o",
    async (more) => {
      await using world = await storeWorld(server());
      await open(world.store, { a: gateOf(60) });
      const until = (bookUntilUs: number) => ({ ...more, bookUntilUs });

      const late = await world.store.reserve(ask("1", [{ a: 1 }], until(world.nowUs() - 1)));
      const inTime = (await world.store.reserve(ask("2", [{ a: 1 }], until(world.nowUs())))) as Booked;

      expect(late).toMatchObject({ kind: "refused", place: 0, short: "a", askAtUs: world.nowUs() });
      expect(inTime.kind).toBe("booked");
      expect(inTime.pages.get("a")).toMatchObject({ open: 1 });
    },
  );

  it("writes nothing where the list of what is under way cannot be written", async () => {
    await using world = await storeWorld(server());
    await open(world.store, { a: gateOf(60) });
    await world.redis.del(`${world.keys.prefix}expiry`);
    await world.redis.rpush(`${world.keys.prefix}expiry`, "x");

    await expect(world.store.reserve(ask("1", [{ a: 1 }]))).rejects.toMatchObject({ reason: "WRONGTYPE" });
    await world.redis.del(`${world.keys.prefix}expiry`);

    const { pages } = (await world.store.reserve(ask("2", [{ a: 1 }]))) as Booked;
    expect(pages.get("a")).toMatchObject({ open: 1 });
  });
});
