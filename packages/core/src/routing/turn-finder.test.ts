import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../bedrock/testing/manual-clock.test.kit.ts";
import { FinderWorld, type WorldEvent, worldTargets } from "./finder-world.test.kit.ts";
import type { Walk } from "./line-walk.ts";
import type { Place } from "./place.ts";
import { PlainFinder } from "./plain-finder.test.kit.ts";
import { TurnFinder } from "./turn-finder.ts";

const which = fc.nat({ max: 30 });
const from = fc.nat({ max: worldTargets.length - 1 });

const events: fc.Arbitrary<WorldEvent> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("time" as const), ms: fc.integer({ min: 1, max: 3_000 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("time" as const), ms: fc.integer({ min: 1, max: 90_000 }) }) },
  {
    weight: 14,
    arbitrary: fc.record({
      kind: fc.constant("arrives" as const),
      tokens: fc.oneof(fc.constantFrom(0, 200, 200, 1_000, 14_000), fc.integer({ min: 1, max: 20_000 })),
      from: fc.oneof(fc.constantFrom(0, worldTargets.length - 1), from),
      home: fc.option(which, { nil: undefined, freq: 8 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("settles" as const),
      which,
      share: fc.double({ min: 0, max: 2, noNaN: true }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("ends" as const),
      which,
      how: fc.constantFrom("release" as const, "keep" as const, "throttled" as const, "day" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("limit" as const),
      which,
      tokens: fc.constantFrom(0, 20_000, 40_000, 60_000, 90_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("blocks" as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("gives up" as const), which }) },
);

describe("TurnFinder", () => {
  it("starts the same calls at the same times as one that remembers nothing and asks the book for everything", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(events, { minLength: 20, maxLength: 120 }), async (all) => {
        const remembering = new FinderWorld(new ManualClock(), (options) => {
          const finder = new TurnFinder(options);
          return {
            find: (line, look, nowMs) => finder.find(walkOf(line), look, nowMs),
            starts: (turn) => finder.starts(turn),
          };
        });
        const plain = new FinderWorld(new ManualClock(), (options) => {
          const finder = new PlainFinder({ ...options, choose: options.chooser(options.ledger) });
          return {
            find: (line, _look, nowMs) => finder.find(line, nowMs),
            starts: (turn) => finder.starts(turn),
          };
        });

        for (const event of all) {
          await remembering.happens(event);
          await plain.happens(event);
        }

        expect(remembering.log).toEqual(plain.log);
      }),
      { numRuns: 300, seed: 11 },
    );
  }, 60_000);
});

function walkOf(line: readonly Place[]): Walk {
  let at = 0;
  const stepAt = (place: number): Walk["current"] => line[place] && { tag: 0, place: line[place] };
  return {
    get current() {
      return stepAt(at);
    },
    advance: () => void (at += 1),
  };
}
