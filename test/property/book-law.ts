import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exact, type OpenLedger, openWorld, type Tolerance } from "../contract/ledger-world.ts";
import { limit, play, steps, type Trail, windowMs } from "./book-steps.ts";

/** The laws of the book, which hold for every ledger. @param runs - random plays of each law. @param seed - of the first law's. */
export function bookLaw(
  name: string,
  open: OpenLedger,
  {
    runs = 300,
    tolerance = exact,
    seed,
  }: { readonly runs?: number; readonly tolerance?: Tolerance; readonly seed?: number } = {},
): void {
  describe(`the law of the book, kept by ${name}`, () => {
    it("bookings minus give-backs in any interval stay under burst or largest hold, plus rate × length, plus shortfalls", async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (all) => {
          let trail: Trail = { changes: [], bookings: [], believed: { limit, burst: 0, isCautious: true } };
          await play(open, all, (now) => (trail = now));

          expect(excessOf(trail, tolerance)).toBeLessThanOrEqual(0);
        }),
        { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
      );
    });

    it("never has more than the limit booked in any sliding window while it does not know how AWS counts, shortfalls aside", async () => {
      await fc.assert(
        fc.asyncProperty(steps, (all) =>
          play(open, all, ({ bookings, believed }, nowMs) => {
            if (!believed.isCautious) return;
            const ends = [nowMs, ...bookings.flatMap(({ atMs }) => (atMs > nowMs ? atMs : []))];
            for (const endMs of ends) {
              const current = bookings.filter(({ atMs }) => atMs > endMs - windowMs && atMs <= endMs);
              const booked = current.reduce((sum, { held, stands }) => sum + Math.min(held, stands), 0);
              expect(booked).toBeLessThanOrEqual(limit);
            }
          }),
        ),
        { numRuns: runs },
      );
    });

    it("a refusal changes nothing", async () => {
      const sizes = fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 30 });
      await fc.assert(
        fc.asyncProperty(sizes, async (tokens) => {
          await using world = await openWorld(open, limit);
          const { reserve, ledger, call } = world;
          // More than the burst, so that nothing fits for longer than anybody books ahead.
          await reserve(20_000);
          const startsInMs = (): number[] => [1, 500, 60_000].map((size) => world.startsInMs(size));
          const before = startsInMs();

          const answers = await Promise.all(tokens.map((size) => ledger.reserve([call(size)])));

          expect(answers.every(({ kind }) => kind === "refused")).toBe(true);
          // Who keeps only a picture of the book may see better in a refusal: there it is what can be booked later that tells.
          if (tolerance === exact) expect(startsInMs()).toEqual(before);
          expect(world.learned()).toMatchObject({ booked: 20_000, open: 20_000 });
          await world.wait(20_000 + tolerance.roundingMs);
          expect((await reserve(6_000)).startsInMs ?? 0).toBe(0);
        }),
        { numRuns: Math.min(runs, 100) },
      );
    });

    it("every reservation ends once, whatever is called on it and in whatever order", async () => {
      const endings = fc.array(fc.constantFrom("settle", "release", "keep", "throttled"), {
        minLength: 2,
        maxLength: 6,
      });
      await fc.assert(
        fc.asyncProperty(endings, async ([first = "keep", ...more]) => {
          const once = await endedBy(open, [first]);
          const often = await endedBy(open, [first, ...more]);

          for (const [place, ms] of often.entries()) {
            expect(Math.abs(ms - (once[place] ?? 0))).toBeLessThanOrEqual(tolerance.roundingMs);
          }
        }),
        { numRuns: Math.min(runs, 100) },
      );
    });
  });
}

/** Tokens by which the worst interval goes beyond the law; 0 or less: none does. */
function excessOf({ changes, believed }: Trail, { roundingMs }: Tolerance): number {
  const inOrder = changes.toSorted((one, other) => one.atMs - other.atMs);
  let excess = 0;
  for (const [first, from] of inOrder.entries()) {
    let net = 0;
    let shortfalls = 0;
    let largest = 0;
    for (const change of inOrder.slice(first)) {
      net += change.tokens;
      if (change.isShortfall) shortfalls += change.tokens;
      else largest = Math.max(largest, change.tokens);
      const lengthMs = change.atMs - from.atMs + roundingMs;
      const rounding = changes.length;
      const most = Math.max(believed.burst, largest) + (believed.limit * lengthMs) / windowMs + shortfalls + rounding;
      excess = Math.max(excess, net - most);
    }
  }
  return excess;
}

async function endedBy(open: OpenLedger, endings: readonly string[]): Promise<number[]> {
  await using world = await openWorld(open, limit);
  const reservation = await world.reserve(3_000);
  for (const ending of endings) {
    if (ending === "settle") reservation.settle({ tokens: 1_000 });
    if (ending === "release") reservation.release();
    if (ending === "keep") reservation.keep("in doubt");
    if (ending === "throttled") reservation.throttled({ scope: "unknown" });
  }
  await world.written();
  return [1, 2_000, 6_000].map((size) => world.startsInMs(size));
}
