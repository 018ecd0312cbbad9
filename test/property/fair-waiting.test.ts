import type { CallRequest } from "@shardrock/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountTarget, outcome, routedWorld } from "../routing/routed-world.ts";

const tenant = fc.constantFrom("one", "two", "three");
const burst = 5_820;
const targets = ["a", "b", "c"].map((letter) => accountTarget(letter));

const call = fc.record({
  afterMs: fc.integer({ min: 0, max: 1_500 }),
  tenant,
  priority: fc.integer({ min: 0, max: 2 }),
  lastsMs: fc.integer({ min: 1, max: 4_000 }),
  usedShare: fc.double({ min: 0, max: 1, noNaN: true }),
  bytes: fc.integer({ min: 0, max: 400 }),
  abortsAfterMs: fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: undefined }),
  newLimit: fc.option(fc.integer({ min: 30_000, max: 90_000 }), { nil: undefined, freq: 8 }),
});

type World = ReturnType<typeof routedWorld>;

/** Runs a call that takes a share of its hold; the name of the error that ended it. */
async function run(
  { router, request, clock }: World,
  tokens: number,
  {
    lastsMs,
    usedShare,
    ...change
  }: { lastsMs: number; usedShare: number; onStart?: () => void } & Partial<CallRequest>,
): Promise<unknown> {
  const result = await outcome(
    router.run(request(tokens, change), async (_, attempt) => {
      change.onStart?.();
      await clock.sleep(lastsMs, attempt.signal);
      attempt.settle({ requests: 1, tokens: Math.round(tokens * usedShare) });
    }),
  );
  return "error" in result ? result.error : undefined;
}

describe("a shared waiting room", () => {
  it("keeps its bounds, wakes each call once, sheds only lower classes, and lets nothing wait that fits", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 5, maxLength: 60 }), async (calls) => {
        const bounds = { maxInFlight: 12, maxQueued: 8, maxQueuedBytes: 1_500 };
        const world = routedWorld(targets, { bounds, maxWaitMs: 20_000 });
        const { router, request, clock, limits } = world;
        const starts = new Map<number, number>();
        const ended: Promise<unknown>[] = [];
        const look = (): void => {
          const { queued, inFlight } = router.load;
          expect(queued).toBeLessThanOrEqual(bounds.maxQueued);
          expect(inFlight).toBeLessThanOrEqual(bounds.maxInFlight);
          if (queued === 0 || inFlight === bounds.maxInFlight) return;
          expect(router.explain(request(2_000)).map(({ reason }) => reason)).not.toContain("has room now");
        };
        for (const [place, { afterMs, abortsAfterMs, newLimit, priority, ...rest }] of calls.entries()) {
          for (let step = 0; step < 4; step += 1) {
            await clock.advance(afterMs / 4);
            look();
          }
          if (newLimit !== undefined) limits.set(`${targets[place % 3]?.id}/tokens`, newLimit, "config");
          const caller = new AbortController();
          if (abortsAfterMs !== undefined) clock.timer(abortsAfterMs, () => caller.abort(new Error("enough")));
          const onStart = (): void => void starts.set(place, (starts.get(place) ?? 0) + 1);
          const running = run(world, 2_000, { ...rest, priority, signal: caller.signal, onStart });
          ended.push(
            running.then((error) => {
              const by = /shed for a call of priority (\d)/.exec(error instanceof Error ? error.message : "")?.[1];
              if (by !== undefined) expect(priority).toBeLessThan(Number(by));
            }),
          );
        }

        await clock.advance(120_000);

        expect(await Promise.all(ended)).toHaveLength(calls.length);
        expect(router.load).toEqual({ queued: 0, inFlight: 0 });
        expect([...starts.values()].every((times) => times === 1)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("starts a tenant's calls of one size and class in order of arrival", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 2, maxLength: 40 }), async (calls) => {
        const world = routedWorld(targets, { maxWaitMs: 3_600_000 });
        const started = new Map<string, number[]>();
        for (const [place, { tenant: name, priority, lastsMs, usedShare }] of calls.entries()) {
          const key = `${name} ${priority}`;
          const onStart = (): void => void started.set(key, [...(started.get(key) ?? []), place]);
          void run(world, 3_000, { tenant: name, priority, lastsMs, usedShare, onStart });
          await world.clock.advance(calls[place]?.afterMs ?? 0);
        }

        await world.clock.advance(600_000);

        const orders = [...started.values()];
        expect(orders.flat()).toHaveLength(calls.length);
        for (const order of orders) expect(order).toEqual(order.toSorted((one, other) => one - other));
      }),
      { numRuns: 60 },
    );
  });

  it("starts the first in line by its date, whoever comes behind it", async () => {
    const follower = fc.record({
      afterMs: fc.integer({ min: 0, max: 200 }),
      tokens: fc.integer({ min: 1, max: 8_000 }),
      lastsMs: fc.integer({ min: 1, max: 3_000 }),
      usedShare: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const fillers = fc.array(follower, { minLength: 3, maxLength: 12 });
    const size = fc.integer({ min: burst / 2, max: 30_000 });
    await fc.assert(
      fc.asyncProperty(fillers, size, fc.array(follower, { maxLength: 60 }), async (before, tokens, behind) => {
        const world = routedWorld(targets, { maxWaitMs: 3_600_000 });
        const { router, request, clock } = world;
        for (const { afterMs, ...filler } of before) {
          const held = Math.min(filler.tokens, 2_000);
          const hasRoom = router.explain(request(held)).some(({ reason }) => reason === "has room now");
          if (hasRoom) void run(world, held, filler);
          await clock.advance(afterMs / 10);
        }
        const inMs = Math.min(...router.explain(request(tokens)).map(({ startsInMs }) => startsInMs));
        const dateMs = clock.monotonicMs() + Math.max(0, inMs);
        let startedAtMs = Number.POSITIVE_INFINITY;
        const onStart = (): void => void (startedAtMs = clock.monotonicMs());
        void run(world, tokens, { lastsMs: 1_000, usedShare: 1, onStart });
        for (const { afterMs, ...one } of behind) {
          await clock.advance(afterMs);
          void run(world, one.tokens, one);
        }
        await clock.advance(120_000);

        expect(startedAtMs).toBeLessThanOrEqual(dateMs + 1);
      }),
      { numRuns: 150 },
    );
  });

  it("gives tenants that wait tokens by their weights", async () => {
    const weight = fc.integer({ min: 1, max: 6 });
    const takes = fc.double({ min: 0.2, max: 1, noNaN: true });
    const crowd = fc.tuple(fc.record({ weight, takes }), fc.record({ weight, takes }), fc.record({ weight, takes }));
    await fc.assert(
      fc.asyncProperty(crowd, fc.integer({ min: 1, max: 400 }), async (tenants, oddity) => {
        const shares = Object.fromEntries(tenants.map((share, place) => [`t${place}`, { weight: share.weight }]));
        const bounds = { maxInFlight: 1_000, maxQueued: 10_000, maxQueuedBytes: 1e9 };
        const world = routedWorld(targets, { tenants: shares, bounds, limit: 120_000, maxWaitMs: 3_600_000 });
        const rounds = 600;
        const served = tenants.map(() => 0);
        const left = tenants.map(() => rounds);
        for (let round = 0; round < rounds; round += 1) {
          for (const [place, { takes: usedShare }] of tenants.entries()) {
            const tokens = 200 + ((round * oddity) % 900);
            const onStart = (): void => {
              const doAllWait = Math.min(...left) > 10;
              left[place] = (left[place] ?? 0) - 1;
              // The first burst is taken before anybody waits.
              if (doAllWait && world.clock.monotonicMs() > 1_000) {
                served[place] = (served[place] ?? 0) + tokens * usedShare;
              }
            };
            void run(world, tokens, { tenant: `t${place}`, lastsMs: 300, usedShare, onStart });
          }
        }
        await world.clock.advance(120_000);

        const perWeight = served.map((tokens, place) => tokens / (tenants[place]?.weight ?? 1));
        expect(Math.max(...perWeight) / Math.min(...perWeight)).toBeLessThan(1.2);
      }),
      { numRuns: 8 },
    );
  });
});
