import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountTarget, outcome, routedWorld } from "../routing/routed-world.ts";

const limit = 60_000;
const windowMs = 60_000;
const rate = 1;
const burst = 0.1 * rate * limit;
const affinityKey = fc.constantFrom(undefined, "one", "two", "three");

const call = fc.record({
  afterMs: fc.integer({ min: 0, max: 4_000 }),
  tokens: fc.integer({ min: 1, max: 20_000 }),
  lastsMs: fc.integer({ min: 1, max: 8_000 }),
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
        for (const { afterMs, tokens, lastsMs, usedShare, affinityKey: key } of calls) {
          await clock.advance(afterMs);
          const sending = router.run(request(tokens, { affinityKey: key }), async ({ id: target }, attempt) => {
            const booking = { target, atMs: clock.monotonicMs(), held: tokens, stands: tokens };
            bookings.push(booking);
            const current = bookings.filter((each) => each.target === target && each.atMs > booking.atMs - windowMs);
            inWindow.push(current.reduce((sum, { held, stands }) => sum + Math.min(held, stands), 0));
            changes.push({ target, atMs: booking.atMs, tokens });
            await clock.sleep(lastsMs);
            booking.stands = Math.round(tokens * usedShare);
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

  it("starve nobody: calls of one priority start in order of arrival, whatever their keys and sizes", async () => {
    const sizes = fc.array(fc.record({ tokens: fc.integer({ min: 1, max: 20_000 }), affinityKey }), {
      minLength: 2,
      maxLength: 25,
    });
    await fc.assert(
      fc.asyncProperty(sizes, async (calls) => {
        const targets = [accountTarget("a"), accountTarget("b")];
        const { router, request, clock } = routedWorld(targets, { maxWaitMs: 3_600_000 });
        const started: number[] = [];
        for (const [place, one] of calls.entries()) {
          void outcome(
            router.run(request(one.tokens, { affinityKey: one.affinityKey }), async (_, attempt) => {
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
