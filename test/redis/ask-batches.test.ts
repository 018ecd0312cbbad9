import { expect, it } from "vitest";
import type { Answer, StoredGate } from "../../packages/redis/src/store/book-store.ts";
import { ask, endingOf, open } from "./kit/asking.ts";
import { describeWithRedis } from "./kit/describe-with-redis.ts";
import { gateOf, minuteUs, type StoreWorld, storeWorld } from "./kit/store-world.ts";

const limit = 100;
const candidates = [{ a: 7, b: 1.25 }, { c: 7 }, { a: 3, c: 2 }];
const gates: readonly (readonly [string, Partial<StoredGate>])[] = [
  ["a bucket", {}],
  ["a bucket smaller than a call", { burstUs: 1 }],
  ["a sliding window", { window: "sliding", mayHold: 50, burstUs: Number.POSITIVE_INFINITY }],
  ["a small bucket in a sliding window", { window: "sliding", mayHold: 20 }],
  ["an account on hold", { mayHold: 0 }],
];

describeWithRedis("calls that ask for the same at once", (server) => {
  it.each(gates)("are booked as if they came one after the other, for %s", async (_, gate) => {
    await using together = await worldOf(server(), gate);
    await using apart = await worldOf(server(), gate);
    const ids = Array.from({ length: 40 }, (_, index) => `call ${index}`);

    const answers = await Promise.all(ids.map((id) => together.store.reserve(ask(id, candidates, { isBrief: true }))));

    const expected: Answer[] = [];
    for (const id of ids) expected.push(await apart.store.reserve(ask(id, candidates)));
    expect(answers.map(withoutViews)).toEqual(expected.map(withoutViews));
    expect(await pagesOf(together)).toEqual(await pagesOf(apart));
    expect(await members(together)).toEqual(await members(apart));
  });

  it("take one script, and each ends by itself", async () => {
    await using world = await worldOf(server(), { mayHold: 1e6, priceUs: 1 });
    const before = await scripts(world);

    const asks = Array.from({ length: 50 }, (_, index) => ask(`call ${index}`, candidates, { isBrief: true }));
    const answers = await Promise.all(asks.map((one) => world.store.reserve(one)));

    expect((await scripts(world)) - before).toBe(1);
    for (const [index, one] of asks.entries()) {
      const answer = answers[index];
      if (answer?.kind !== "booked") throw new Error(`call ${index} was ${answer?.kind}`);
      expect(await world.store.end(endingOf(one, answer))).toMatchObject({ isFirst: true });
    }
    expect(await members(world)).toEqual([]);
  });

  it("are told apart from those that ask for something else, or come later", async () => {
    await using world = await worldOf(server(), {});
    const other = [{ c: 2 }];

    const [one, two, three] = await Promise.all([
      world.store.reserve(ask("one", candidates, { isBrief: true })),
      world.store.reserve(ask("two", other, { isBrief: true })),
      world.store.reserve(ask("three", candidates, { isBrief: true, expiresInUs: 5 })),
    ]);

    expect([one, two, three].map((answer) => answer?.kind)).toEqual(["booked", "booked", "booked"]);
    expect(two?.kind === "booked" && two.booked.map(({ key }) => key)).toEqual(["c"]);
    expect(await members(world)).toHaveLength(3);
  });

  it("are told of pages that are booked, and of all where they ask for it", async () => {
    await using world = await worldOf(server(), {});

    const brief = await world.store.reserve(ask("brief", candidates, { isBrief: true }));
    const whole = await world.store.reserve(ask("whole", candidates));

    expect("pages" in brief && [...brief.pages.keys()]).toEqual(["a", "b"]);
    expect("pages" in whole && [...whole.pages.keys()]).toEqual(["a", "b", "c"]);
  });

  it("all hear of it when the store does not have their pages", async () => {
    await using world = await storeWorld(server());

    const asks = ["one", "two", "three"].map((id) => world.store.reserve(ask(id, candidates, { isBrief: true })));

    for (const answer of await Promise.all(asks))
      expect(answer).toMatchObject({ kind: "unopened", missing: ["a", "b", "c"] });
  });

  it("must have keys of one line", async () => {
    await using world = await worldOf(server(), {});

    await expect(world.store.reserve(ask("one", [{ "a\nb": 1 }]))).rejects.toMatchObject({ code: "option-invalid" });
  });
});

async function worldOf(server: Parameters<typeof storeWorld>[0], gate: Partial<StoredGate>): Promise<StoreWorld> {
  const world = await storeWorld(server);
  await open(world.store, Object.fromEntries(["a", "b", "c"].map((key) => [key, gateOf(limit, gate)])));
  return world;
}

function withoutViews(answer: Answer): unknown {
  const { epoch: _, ...rest } = answer;
  return "pages" in rest ? { ...rest, pages: undefined } : rest;
}

/** All numbers of the pages, once what is only in their strings is in their rings. */
async function pagesOf({ store, advance }: StoreWorld): Promise<unknown> {
  await advance(minuteUs / 400);
  const { kind, pages } = { pages: undefined, ...(await store.reserve(ask("look", [{ a: 0, b: 0, c: 0 }]))) };
  return { kind, pages, rings: await store.rings(["a", "b", "c"]) };
}

async function members({ redis, keys }: StoreWorld): Promise<readonly string[]> {
  const all = await redis.zrange(`${keys.prefix}expiry`, "0", "-1");
  return all.toSorted().filter((text) => text !== "" && !text.startsWith("look"));
}

async function scripts({ redis }: StoreWorld): Promise<number> {
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.info("commandstats"))?.[1] ?? 0);
}
