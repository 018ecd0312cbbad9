import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountTarget, outcome, routedWorld } from "../routing/routed-world.ts";

const limit = 60_000;
const windowMs = 60_000;
const rate = 1;
const burst = 0.1 * rate * limit;
const affinityKey = fc.constantFrom(undefined, "one", "two", "three");

const nothing = { inputTokens: 0, outputTokens: 0, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };

const call = fc.record({
  afterMs: fc.integer({ min: 0, max: 4_000 }),
  tokens: fc.integer({ min: 1, max: 20_000 }),
  lastsMs: fc.integer({ min: 1, max: 8_000 }),
  cachedTokens: fc.integer({ min: 0, max: 20_000 }),
  usedShare: fc.double({ min: 0, max: 1, noNaN: true }),
  affinityKey,
});

interface Booking {
  readonly target: string;
  readonly atMs: number;
  readonly held: number;
  stands: number;
}

describe("affinity keys", () => {
  it("keep the law of the book: no window and no interval takes more than without them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 40 }), async (calls) => {
        const { router, request, clock } = routedWorld([accountTarget("a"), accountTarget("b")]);
        const bookings: Booking[] = [];
        const inWindow: number[] = [];
        const changes: { readonly target: string; readonly atMs: number; readonly tokens: number }[] = [];
        for (const { afterMs, tokens, lastsMs, cachedTokens, usedShare, affinityKey: key } of calls) {
          await clock.advance(afterMs);
          const sending = router.run(request(tokens, { affinityKey: key }), async ({ id: target }, attempt) => {
            const booking = { target, atMs: clock.monotonicMs(), held: tokens, stands: tokens };
            bookings.push(booking);
            const current = bookings.filter((each) => each.target === target && each.atMs > booking.atMs - windowMs);
            inWindow.push(current.reduce((sum, { held, stands }) => sum + Math.min(held, stands), 0));
            changes.push({ target, atMs: booking.atMs, tokens });
            await clock.sleep(lastsMs);
            booking.stands = Math.round(tokens * usedShare);
            attempt.note({ usage: { ...nothing, cacheWriteInputTokens: cachedTokens } });
            attempt.settle({ tokens: booking.stands });
            changes.push({ target, atMs: clock.monotonicMs(), tokens: booking.stands - tokens });
          });
          void outcome(sending);
        }
        await clock.advance(120_000);

        expect(Math.max(0, ...inWindow)).toBeLessThanOrEqual(limit);
        for (const target of ["a", "b"]) expectLaw(changes.filter((change) => change.target === target));
      }),
      { numRuns: 100 },
    );
  });

  it("starve nobody: calls of one priority and size start in order of arrival, whatever their keys", async () => {
    const keys = fc.array(fc.record({ affinityKey }), { minLength: 2, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(keys, fc.integer({ min: 1, max: 20_000 }), async (calls, tokens) => {
        const targets = [accountTarget("a"), accountTarget("b")];
        const { router, request, clock } = routedWorld(targets, { maxWaitMs: 3_600_000 });
        const started: number[] = [];
        for (const [place, one] of calls.entries()) {
          void outcome(
            router.run(request(tokens, { affinityKey: one.affinityKey }), async (_, attempt) => {
              started.push(place);
              await clock.sleep(500);
              attempt.settle(undefined);
            }),
          );
        }

        await clock.advance(3_600_000);

        expect(started).toEqual(calls.map((_, place) => place));
      }),
      { numRuns: 100 },
    );
  });
});

describe("calls that wait for their home", () => {
  it("are all served there, and hold up nobody who could start where none of them is at home", async () => {
    const arrivals = fc.array(fc.record({ tokens: fc.integer({ min: 1, max: 5_000 }), affinityKey }), {
      minLength: 2,
      maxLength: 16,
    });
    await fc.assert(
      fc.asyncProperty(arrivals, async (calls) => {
        const targets = ["a", "b", "c", "d"].map((letter) => accountTarget(letter));
        const { router, request, clock } = routedWorld(targets, { maxWaitMs: 3_600_000 });
        const homeOf = new Map<string, string>();
        let waitingWithoutKey = 0;
        const send = (tokens: number, key: string | undefined): Promise<string> =>
          router.run(request(tokens, { affinityKey: key }), async ({ id }, attempt) => {
            if (key === undefined) waitingWithoutKey -= 1;
            attempt.note({ usage: { ...nothing, cacheWriteInputTokens: 1_000_000 } });
            attempt.settle({ tokens });
            return id;
          });
        for (const key of ["one", "two", "three"]) homeOf.set(key, await send(1, key));
        const homes = new Set(homeOf.values());
        const served: Promise<boolean>[] = [];
        for (const { tokens, affinityKey: key } of calls) {
          const isAhead = waitingWithoutKey > 0;
          const rows = router.explain(request(tokens));
          const hasRoom = rows.some(({ startsInMs, target }) => startsInMs <= 0 && !homes.has(target.id));
          if (key === undefined) waitingWithoutKey += 1;
          served.push(send(tokens, key).then((place) => key === undefined || place === homeOf.get(key)));
          await clock.advance(1);

          if (key === undefined && !isAhead && hasRoom) expect(waitingWithoutKey).toBe(0);
        }
        await clock.advance(400_000);

        expect(await Promise.all(served)).toEqual(calls.map(() => true));
      }),
      { numRuns: 100, examples: [[smallOneAhead]] },
    );
  });
});

/** The eighth call waits for four ms, the ninth passes it, and the tenth must not. */
const smallOneAhead = [
  { tokens: 1883, affinityKey: "two" },
  ...[3220, 1882, 4231, 1737, 862, 1488, 2790, 613, 1777].map((tokens) => ({ tokens, affinityKey: undefined })),
];

/** Bookings minus give-backs in any interval stay under burst or largest hold, plus rate × length. */
function expectLaw(changes: readonly { readonly atMs: number; readonly tokens: number }[]): void {
  for (const [first, from] of changes.entries()) {
    let net = 0;
    let largest = 0;
    for (const { atMs, tokens } of changes.slice(first)) {
      net += tokens;
      largest = Math.max(largest, tokens);
      const grown = (rate * limit * (atMs - from.atMs)) / windowMs;
      expect(net).toBeLessThanOrEqual(Math.max(burst, largest) + grown + changes.length);
    }
  }
}
