import fc from "fast-check";
import { expect, it } from "vitest";
import type { Booked, Refused, StoredGate } from "../../packages/redis/src/store/book-store.ts";
import { ask, endingOf, open } from "./kit/asking.ts";
import { describeWithRedis } from "./kit/describe-with-redis.ts";
import { gateOf, minuteUs, storeWorld } from "./kit/store-world.ts";

const horizonUs = 2_000_000;
const sliding: Partial<StoredGate> = { window: "sliding", mayHold: 60, burstUs: Number.POSITIVE_INFINITY };

describeWithRedis("booking ahead", (server) => {
  it("books the candidate that starts soonest within the horizon, and says when", async () => {
    await using world = await storeWorld(server());
    await open(world.store, { a: gateOf(60, { burstUs: 5e6 }), b: gateOf(60, { burstUs: 4e6 }) });
    await world.store.reserve(ask("fill", [{ a: 5 }]));
    await world.store.reserve(ask("fill too", [{ b: 4 }]));

    const answer = await world.store.reserve(ask("1", [{ a: 2 }, { b: 1 }], { horizonUs }));

    expect(answer).toMatchObject({ kind: "booked", place: 1, startUs: world.nowUs() + 1e6 });
  });

  it("refuses beyond the horizon, says when to ask again, and books nothing", async () => {
    await using world = await storeWorld(server());
    await open(world.store, { a: gateOf(60, { burstUs: 5e6 }) });
    await world.store.reserve(ask("fill", [{ a: 5 }]));

    const answer = (await world.store.reserve(ask("1", [{ a: 4 }], { horizonUs }))) as Refused;

    expect(answer).toMatchObject({ kind: "refused", short: "a", startUs: world.nowUs() + 4e6 });
    expect(answer.askAtUs).toBe(world.nowUs() + 2e6);
    expect(answer.pages.get("a")).toMatchObject({ open: 5, tatUs: world.nowUs() + 5e6 });
  });

  it("books nothing that could only start when nobody wants it any more", async () => {
    await using world = await storeWorld(server());
    await open(world.store, { a: gateOf(60, { burstUs: 5e6 }), b: gateOf(60, { burstUs: 5e6 }) });
    await world.store.reserve(ask("fill", [{ a: 5, b: 4 }]));
    const soon = { horizonUs, startByUs: world.nowUs() + 5e5 };

    const late = await world.store.reserve(ask("late", [{ a: 1 }], soon));
    const inTime = await world.store.reserve(ask("in time", [{ b: 1.5 }, { a: 1 }], soon));

    expect(late).toMatchObject({ kind: "refused", startUs: world.nowUs() + 1e6, askAtUs: world.nowUs() + 1e3 });
    expect(late.kind === "refused" && late.pages.get("a")?.open).toBe(5);
    expect(inTime).toMatchObject({ kind: "booked", place: 0, startUs: world.nowUs() + 5e5 });
  });

  it("lets nobody stand back for a call that cannot start in time", async () => {
    await using world = await storeWorld(server());
    await open(world.store, { a: gateOf(60_000, { burstUs: 6e6 }) });
    const [few, many] = [world.storeOf("few"), world.storeOf("many")];
    await many.reserve(ask("fill", [{ a: 6000 }]));
    await few.reserve(ask("short", [{ a: 500 }], { horizonUs, startByUs: world.nowUs() }));
    await world.advance(1e6);
    await many.reserve(ask("more", [{ a: 1000 }]));

    await few.reserve(ask("large", [{ a: 5000 }], { horizonUs, startByUs: world.nowUs() + 1e6 }));
    await world.advance(1e6);

    expect(await many.reserve(ask("small", [{ a: 500 }], { horizonUs }))).toMatchObject({ kind: "booked" });
  });

  it("counts what is booked ahead for calls that would fit now", async () => {
    await using world = await storeWorld(server());
    await open(world.store, { a: gateOf(60, sliding) });
    await world.store.reserve(ask("first", [{ a: 50 }]));
    await world.advance(1e6);
    await world.store.reserve(ask("second", [{ a: 5 }]));
    await world.advance(58.5e6);

    const ahead = (await world.store.reserve(ask("ahead", [{ a: 55 }], { horizonUs }))) as Booked;
    const now = await world.store.reserve(ask("now", [{ a: 5 }]));

    expect(ahead.kind).toBe("booked");
    expect(ahead.startUs).toBeGreaterThan(world.nowUs());
    expect(now.kind).toBe("refused");
  });

  it("gives back what was booked ahead when it is not needed", async () => {
    await using world = await storeWorld(server());
    await open(world.store, { a: gateOf(60, sliding) });
    await world.store.reserve(ask("first", [{ a: 60 }]));
    await world.advance(59.5e6);
    const asked = ask("ahead", [{ a: 60 }], { horizonUs });
    const ahead = (await world.store.reserve(asked)) as Booked;
    await world.store.end(endingOf(asked, ahead, { a: 0 }));
    await world.setTime(ahead.startUs);

    expect(await world.store.reserve(ask("other", [{ a: 60 }]))).toMatchObject({ kind: "booked" });
  });

  it("lets a process above its fair share book only what fits now", async () => {
    await using world = await storeWorld(server());
    await open(world.store, { a: gateOf(60, { burstUs: 5e6 }) });
    const [greedy, modest] = [world.storeOf("greedy"), world.storeOf("modest")];
    await greedy.reserve(ask("fill", [{ a: 5 }]));
    await modest.reserve(ask("asks too", [{ a: 4 }], { horizonUs }));
    await greedy.reserve(ask("g1", [{ a: 1 }], { horizonUs }));

    const again = await greedy.reserve(ask("g2", [{ a: 1 }], { horizonUs }));
    const other = await modest.reserve(ask("m1", [{ a: 1 }], { horizonUs }));

    expect([again.kind, other.kind]).toEqual(["refused", "booked"]);
  });

  it("serves processes evenly under overload, whoever asks most", async () => {
    await using world = await storeWorld(server());
    await open(world.store, { a: gateOf(600, { burstUs: 3e6 }) });
    const stores = ["0", "1", "2", "3"].map((id) => world.storeOf(id));
    const served = [0, 0, 0, 0];
    let calls = 0;
    for (let step = 0; step < 240; step += 1) {
      // The first asks eight times as often as the last.
      for (const index of [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3]) {
        const answer = await stores[index]?.reserve(ask(`${step} ${(calls += 1)}`, [{ a: 5 }], { horizonUs }));
        if (answer?.kind === "booked") served[index] = (served[index] ?? 0) + 5;
      }
      await world.advance(250_000);
    }
    const fair = served.reduce((sum, units) => sum + units, 0) / 4;

    expect(Math.min(...served)).toBeGreaterThan(fair / 2);
  });

  it("lets only processes above their share stand back for a large call, and only until it could start", async () => {
    await using world = await storeWorld(server());
    await open(world.store, { a: gateOf(60_000, { burstUs: 6e6 }) });
    const [few, many, fresh] = [world.storeOf("few"), world.storeOf("many"), world.storeOf("fresh")];
    await many.reserve(ask("fill", [{ a: 6000 }]));
    await many.reserve(ask("short", [{ a: 5000 }], { horizonUs }));
    await world.advance(1e6);
    await many.reserve(ask("more", [{ a: 1000 }]));

    const large = (await few.reserve(ask("large", [{ a: 5000 }], { horizonUs }))) as Refused;
    await world.advance(1e6);
    const back = (await many.reserve(ask("back", [{ a: 500 }], { horizonUs }))) as Refused;
    const beside = await fresh.reserve(ask("beside", [{ a: 500 }], { horizonUs }));
    await world.setTime(large.startUs);
    const after = await many.reserve(ask("after", [{ a: 500 }], { horizonUs }));

    expect([large.kind, back.kind, beside.kind, after.kind]).toEqual(["refused", "refused", "booked", "booked"]);
    expect(back.startUs).toBe(large.startUs);
  });

  it.each([
    ["a bucket", 2000, {}],
    ["a bucket", 4000, {}],
    ["a bucket", 6000, {}],
    ["a bucket", 9000, {}],
    ["a sliding window", 9000, { window: "sliding", mayHold: 100_000, burstUs: minuteUs }],
    ["a fixed window", 9000, { window: { windowUs: minuteUs, fromUs: 0, widthUs: 1e5 }, mayHold: 100_000 }],
  ] as const)("serves calls of %s and %i beside those of 500 of another process", async (_, large, gate) => {
    await using world = await storeWorld(server());
    await open(world.store, { a: gateOf(100_000, { burstUs: 6e6, ...gate }) });
    const [few, many] = [world.storeOf("few"), world.storeOf("many")];
    const served = { few: 0, many: 0 };
    let calls = 0;
    const isBooked = async (store: typeof few, held: number): Promise<boolean> => {
      return (await store.reserve(ask(`${(calls += 1)}`, [{ a: held }], { horizonUs }))).kind === "booked";
    };
    for (let step = 0; step < 480; step += 1) {
      while (await isBooked(many, 500)) served.many += 500;
      if (await isBooked(few, large)) served.few += large;
      await world.advance(250_000);
    }
    const all = served.few + served.many;

    expect(served.few / all).toBeGreaterThan(0.25);
    expect(served.many / all).toBeGreaterThan(0.25);
    expect(all).toBeGreaterThan(0.9 * 2 * 100_000);
  });

  it.each([
    ["a bucket", { burstUs: 8e6 }],
    ["a sliding window", sliding],
    ["both", { ...sliding, burstUs: 8e6 }],
    ["a fixed window", { ...sliding, window: { windowUs: minuteUs, fromUs: 1e6, widthUs: 3e6 }, burstUs: 2e7 }],
    ["sixths", { ...sliding, mayHold: 10, window: { windowUs: minuteUs / 6, fromUs: 1e6, widthUs: 3e5 } }],
  ] as const)("never books more than the law allows, counted when calls start, for %s", async (_, gate) => {
    const step = fc.record({ waitUs: fc.integer({ min: 0, max: 3e6 }), held: fc.integer({ min: 1, max: 9 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 70 }), async (steps) => {
        await using world = await storeWorld(server());
        await open(world.store, { a: gateOf(60, gate) });
        const starts: Started[] = [];
        for (const [index, { waitUs, held }] of steps.entries()) {
          const answer = await world.store.reserve(ask(String(index), [{ a: held }], { horizonUs }));
          if (answer.kind === "booked") starts.push({ atUs: answer.startUs, held });
          await world.advance(waitUs);
        }
        lawHolds(starts, gateOf(60, gate));
      }),
      { numRuns: 8, seed: 11 },
    );
  });
});

interface Started {
  readonly atUs: number;
  readonly held: number;
}

/** Nothing but bookings: nothing was given back. */
function lawHolds(unsorted: readonly Started[], { burstUs, priceUs, window, mayHold }: StoredGate): void {
  const starts = unsorted.toSorted((one, other) => one.atUs - other.atUs);
  let levelUs = 0;
  for (const [index, { atUs, held }] of starts.entries()) {
    levelUs = Math.max(0, levelUs - (atUs - (starts[index - 1]?.atUs ?? atUs))) + held * priceUs;
    expect(levelUs).toBeLessThanOrEqual(Math.max(burstUs, held * priceUs) + 1e3);
    if (window === "sliding") expect(sumBetween(starts, atUs - minuteUs, atUs)).toBeLessThanOrEqual(mayHold);
    if (typeof window === "string") continue;
    // Wherever in its arc the window began.
    for (const share of [0, 0.3, 0.7, 1]) {
      const began = window.fromUs + share * window.widthUs;
      const from = atUs - ((atUs - began) % window.windowUs);
      expect(sumBetween(starts, from - 1, from + window.windowUs - 1)).toBeLessThanOrEqual(mayHold);
    }
  }
}

function sumBetween(starts: readonly Started[], afterUs: number, untilUs: number): number {
  const inside = starts.filter(({ atUs }) => atUs > afterUs && atUs <= untilUs);
  return inside.reduce((sum, { held }) => sum + held, 0);
}
