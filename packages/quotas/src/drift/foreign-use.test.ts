import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { driftRules } from "./drift-options.ts";
import { ForeignUse, type Observation } from "./foreign-use.ts";
import { minuteMs } from "./surplus.ts";

const quota = { limit: 1_000, windowMs: minuteMs };

/** Every minute from 0 on the same; one that is asked for the last twenty gets them. */
function observed(counted: number, own: number, change: Partial<Observation> = {}): Observation {
  return { counted: lastTwenty(20, () => counted), own: always(() => own), isComplete: true, ...change };
}

function lastTwenty(until: number, unitsIn: (minute: number) => number | undefined): ReadonlyMap<number, number> {
  const minutes = Array.from({ length: 20 }, (_, ago) => until - 1 - ago);
  return new Map(
    minutes.flatMap((minute) => {
      const units = unitsIn(minute);
      return units === undefined ? [] : [[minute * minuteMs, units] as const];
    }),
  );
}

/** What our own book knows: more than was asked for. */
function always(unitsIn: (minute: number) => number): ReadonlyMap<number, number> {
  return new Map(Array.from({ length: 120 }, (_, minute) => [(minute - 5) * minuteMs, unitsIn(minute - 5)]));
}

function foreignUse() {
  const use = new ForeignUse(driftRules({ fallHalfLifeMs: minuteMs }));
  let nowMs = 0;
  /** A minute goes by, and AWS is asked again. */
  return (observation: Observation | undefined, sinceMs: number = minuteMs): number => {
    nowMs += sinceMs;
    return use.observe(observation, quota, nowMs);
  };
}

describe("what others use", () => {
  it("is believed at once when it is more", () => {
    const observe = foreignUse();

    expect(observe(observed(300, 300))).toBe(0);
    expect(observe(observed(800, 300))).toBe(500);
  });

  it("is believed by halves when it is less, down to nothing", () => {
    const observe = foreignUse();
    observe(observed(800, 300));
    observe(observed(300, 300), 0);

    const falling = Array.from({ length: 6 }, () => observe(observed(300, 300)));

    expect(falling).toEqual([250, 125, 62.5, 31.25, 0, 0]);
  });

  it("falls with the time that passes, however often AWS is asked", () => {
    const observe = foreignUse();
    observe(observed(800, 300));
    observe(observed(300, 300), 0);

    const falling = Array.from({ length: 6 }, () => observe(observed(300, 300), 10_000));

    expect(falling.at(-1)).toBeGreaterThan(240);
    expect(falling.at(-1)).toBeLessThan(275);
  });

  it.each([
    ["is not asked with success", undefined],
    ["tells nothing", { counted: new Map(), own: new Map(), isComplete: true }],
    ["is late with every minute we used something in", observed(0, 300, { counted: new Map() })],
    ["has counted less than we used ourselves", observed(100, 300)],
    ["says that more may come", observed(300, 300, { isComplete: false })],
  ] as const)("is kept when AWS %s, and hardly fades", (_, silence) => {
    const observe = foreignUse();
    observe(observed(800, 300));

    const later = Array.from({ length: 15 }, () => observe(silence));

    expect(Math.min(...later)).toBeGreaterThan(340);
    expect(observe(silence, 15 * minuteMs)).toBeCloseTo(250, -1);
    expect(observe(silence, 300 * minuteMs)).toBe(0);
  });

  it("may grow while AWS says that more may come", () => {
    const observe = foreignUse();

    expect(observe(observed(800, 300, { isComplete: false }))).toBe(500);
  });

  it("does not fall by minutes that AWS is still counting", () => {
    const observe = foreignUse();
    const ages = [310, 450, 600, 800]; // what a minute has come to when it is 0, 1, 2, 3 minutes old

    const told = Array.from({ length: 10 }, (_, poll) => {
      const until = 20 + poll;
      const counted = lastTwenty(until, (minute) => ages[until - 1 - minute] ?? 800);
      return observe({ counted, own: always(() => 300), isComplete: true });
    });

    expect(Math.min(...told.slice(1))).toBeGreaterThan(440);
  });

  it("does not tremble with noise of a few percent", () => {
    const noise = [1.03, 0.98, 1.01, 0.97, 1.02, 1, 0.99];
    const tellings = (counted: number, own: number): Set<number> => {
      const observe = foreignUse();
      const told = Array.from({ length: 60 }, (_, poll) => {
        const noisy = lastTwenty(20 + poll, (minute) => counted * (noise[minute % noise.length] ?? 1));
        return observe({ counted: noisy, own: always(() => own), isComplete: true });
      });
      return new Set(told);
    };

    expect([...tellings(900, 900)]).toEqual([0]);
    expect(tellings(800, 300).size).toBe(1);
  });

  it("is told in units of shorter windows", () => {
    const use = new ForeignUse(driftRules({}));

    expect(use.observe(observed(800, 300), { limit: 100, windowMs: 6_000 }, 0)).toBe(50);
  });

  it("is never more than a limit that was lowered since", () => {
    const use = new ForeignUse(driftRules({}));
    use.observe(observed(800, 300), quota, 0);

    expect(use.observe(undefined, { ...quota, limit: 200 }, 1)).toBe(200);
    expect(use.observe(undefined, { ...quota, limit: 199 }, 1)).toBe(199);
    expect(use.observe(undefined, { ...quota, limit: 0 }, 2)).toBe(0);
  });
});

describe("whatever AWS tells, in whatever order", () => {
  const telling = fc.option(
    fc.record({ counted: fc.nat({ max: 5_000 }), own: fc.nat({ max: 2_000 }), isComplete: fc.boolean() }),
    { nil: undefined },
  );
  const tellings = fc.array(fc.tuple(telling, fc.nat({ max: 600_000 })), { maxLength: 30 });

  it("others' use stays between nothing and the limit", () => {
    fc.assert(
      fc.property(tellings, (all) => {
        const observe = foreignUse();
        for (const [told, sinceMs] of all) {
          const units = observe(told && observed(told.counted, told.own, { isComplete: told.isComplete }), sinceMs);

          expect(units).toBeGreaterThanOrEqual(0);
          expect(units).toBeLessThanOrEqual(quota.limit);
        }
      }),
    );
  });

  it("nobody is found where nobody is", () => {
    const use = fc.array(fc.nat({ max: 2_000 }), { minLength: 40, maxLength: 40 });
    const lateness = fc.array(fc.integer({ min: 0, max: 16 }), { minLength: 40, maxLength: 40 });

    fc.assert(
      fc.property(use, lateness, fc.constantFrom(-1, 0, 1), (own, late, shift) => {
        const observe = foreignUse();
        for (let until = 20; until < 40; until += 1) {
          const counted = lastTwenty(until, (minute) =>
            until - 1 - minute < (late[minute] ?? 0) ? undefined : (own[minute + shift] ?? 0),
          );

          expect(observe({ counted, own: always((minute) => own[minute] ?? 0), isComplete: true })).toBe(0);
        }
      }),
    );
  });
});
