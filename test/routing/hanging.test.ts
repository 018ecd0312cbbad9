import { describe, expect, it } from "vitest";
import { manneredWorld, never } from "./mannered-world.ts";
import { accountTarget } from "./routed-world.ts";

const [a, b] = [accountTarget("a"), accountTarget("b")];
const anywhere = { affinityKey: undefined };

/** Calls five times a second; from the tenth second on `a` answers nobody. */
async function withBlackHole(options: Parameters<typeof manneredWorld>[1] = {}) {
  const world = manneredWorld([a, b], options);
  const { clock, run, manners, sent } = world;
  const calls: ReturnType<typeof run>[] = [];
  const send = async (seconds: number): Promise<void> => {
    for (let call = 0; call < seconds * 5; call += 1) {
      calls.push(run(anywhere));
      await clock.advance(200);
    }
  };
  await send(10);
  manners.set(a, never);
  const fromMs = clock.monotonicMs();
  const before = sent.length;
  return { ...world, calls, send, fromMs, metIt: () => sent.slice(before).filter(({ id }) => id === a.id) };
}

describe("calls in a black hole", () => {
  it("are made again elsewhere as soon as it is found, once each, and long before their timers", async () => {
    const { calls, send, clock, sent, fromMs, metIt, attempts, router } = await withBlackHole();
    await send(8);
    await clock.advance(2_000);

    expect((await Promise.all(calls)).every((end) => "value" in end)).toBe(true);
    const met = metIt();
    expect(met.length).toBeGreaterThanOrEqual(3);
    expect(met.at(-1)?.atMs).toBeLessThan(fromMs + 8_000);
    const lost = attempts().filter(({ targetId, verdict }) => targetId === a.id && verdict !== undefined);
    expect(lost).toHaveLength(met.length);
    expect(lost.every(({ booking, possiblyBilled }) => booking === "kept" && possiblyBilled)).toBe(true);
    expect(sent).toHaveLength(calls.length + met.length);
    expect(router.load.inFlight).toBe(0);
  });

  it("are left to their timers where they may not be made again", async () => {
    const { send, clock, metIt, attempts } = await withBlackHole({ ambiguousRetries: 0 });
    await send(8);
    await clock.advance(2_000);

    expect(metIt().length).toBeGreaterThanOrEqual(3);
    expect(attempts().filter(({ verdict }) => verdict !== undefined)).toEqual([]);
  });

  it("are broken off no more often than the budget can make them again; the others hang on", async () => {
    const { calls, send, clock, metIt, attempts, router } = await withBlackHole({
      retryBudget: { share: 0, floor: 2 },
    });
    await send(8);
    await clock.advance(2_000);

    expect(attempts().filter(({ verdict }) => verdict !== undefined)).toHaveLength(2);
    expect(router.load.inFlight).toBe(metIt().length - 2);
    const ended = await Promise.all(calls.map((call) => Promise.race([call, Promise.resolve("hangs")])));
    expect(ended.filter((end) => end !== "hangs").every((end) => typeof end !== "string" && "value" in end)).toBe(true);
  });

  it("keep what has begun to answer", async () => {
    const { manners, run, send, clock, attempts, calls, sent } = await withBlackHole();
    const stream = { afterMs: 500, isStream: true };
    manners.set(a, stream);
    const streams = Array.from({ length: 6 }, () => run(anywhere));
    await clock.advance(600);
    const streaming = sent.slice(-6);
    manners.set(a, never);
    await send(8);
    await clock.advance(2_000);

    expect((await Promise.all([...streams, ...calls])).every((end) => "value" in end)).toBe(true);
    for (const { call } of streaming) call.settle({ requests: 1, tokens: 100 });
    const ends = attempts().filter(({ isCommitted }) => isCommitted);
    expect(ends.map(({ booking }) => booking)).toEqual(streaming.filter(({ id }) => id === a.id).map(() => "settled"));
  });

  it("are few once it is found: one that tries it, now and then, and gives up when an answer would be late", async () => {
    const { calls, send, clock, metIt, fromMs, events } = await withBlackHole();
    await send(60);
    await clock.advance(10_000);

    expect((await Promise.all(calls)).every((end) => "value" in end)).toBe(true);
    const tries = metIt().filter(({ atMs }) => atMs > fromMs + 8_000);
    expect(tries.length).toBeGreaterThanOrEqual(1);
    expect(tries.length).toBeLessThanOrEqual(3);
    const slowest = events.reduce(
      (most, event) => (event.kind === "call-end" ? Math.max(most, event.totalMs) : most),
      0,
    );
    expect(slowest).toBeLessThan(7_000);
  });
});
