import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { driftRules } from "./drift-options.ts";
import { ForeignUse, type Observation } from "./foreign-use.ts";
import { minuteMs } from "./surplus.ts";

const quota = { limit: 1_000, windowMs: minuteMs };

/** Twenty minutes up to `untilMinute`, the same in each. */
function observed(counted: number, own: number, untilMinute = 20): Observation {
  const same = (units: number): ReadonlyMap<number, number> =>
    new Map(Array.from({ length: 20 }, (_, minute) => [(untilMinute - minute) * minuteMs, units] as const));
  return { counted: same(counted), own: same(own), isComplete: true };
}

function foreignUse(options: Parameters<typeof driftRules>[0] = {}) {
  const use = new ForeignUse(driftRules(options));
  let nowMs = 0;
  /** Another minute goes by, and AWS is asked again. */
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

    const falling = Array.from({ length: 8 }, () => observe(observed(300, 300)));

    expect(falling.slice(0, 4)).toEqual([500, 250, 125, 62.5]);
    expect(falling.at(-1)).toBe(0);
  });

  it("falls with the time that passes, however often AWS is asked", () => {
    const observe = foreignUse();
    observe(observed(800, 300));
    observe(observed(300, 300), 0);

    for (let asked = 0; asked < 6; asked += 1) observe(observed(300, 300), 10_000);

    expect(observe(observed(300, 300), 0)).toBeCloseTo(250, 0);
  });

  it.each([
    ["is not asked with success", undefined],
    ["tells nothing", { counted: new Map(), own: new Map(), isComplete: true }],
    ["is late with every minute we used something in", { ...observed(0, 300), counted: new Map() }],
    ["has counted less than we used ourselves", observed(100, 300)],
    ["says that more may come", { ...observed(300, 300), isComplete: false }],
  ] as const)("is kept when AWS %s, and hardly fades", (_, silence) => {
    const observe = foreignUse();
    observe(observed(800, 300));

    const later = Array.from({ length: 15 }, () => observe(silence));

    expect(Math.min(...later)).toBeGreaterThan(330);
    expect(observe(silence, 15 * minuteMs)).toBeCloseTo(250, -1);
    expect(observe(silence, 1e9)).toBe(0);
  });

  it("may grow while AWS says that more may come", () => {
    const observe = foreignUse();

    expect(observe({ ...observed(800, 300), isComplete: false })).toBe(500);
  });

  it("does not fall by a minute that AWS is still counting", () => {
    const observe = foreignUse();
    observe(observed(800, 300));
    observe(observed(800, 300));

    const growing = [310, 400, 500, 600, 700].map((units) => {
      const { counted, ...rest } = observed(800, 300);
      return observe({ ...rest, counted: new Map([...counted, [21 * minuteMs, units], [22 * minuteMs, units]]) });
    });

    expect(Math.min(...growing)).toBe(500);
  });

  it("does not tremble with noise of a few percent", () => {
    const observe = foreignUse();
    const noise = [1.03, 0.98, 1.01, 0.97, 1.02, 1, 0.99];

    const quiet = noise.map((factor) => observe(observed(900 * factor, 900)));
    const busy = noise.map((factor) => observe(observed(800 * (1 + (factor - 1) / 2), 300)));

    expect(new Set(quiet.slice(1)).size).toBeLessThanOrEqual(2);
    expect(Math.max(...quiet)).toBeLessThanOrEqual(30);
    expect(new Set(busy).size).toBe(1);
  });

  it("is told in units of shorter windows", () => {
    const use = new ForeignUse(driftRules({}));

    expect(use.observe(observed(800, 300), { limit: 100, windowMs: 6_000 }, 0)).toBe(50);
  });

  it("is never more than a limit that was lowered since", () => {
    const use = new ForeignUse(driftRules({}));
    use.observe(observed(800, 300), quota, 0);

    expect(use.observe(undefined, { ...quota, limit: 200 }, 1)).toBe(200);
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
          const observation = told && { ...observed(told.counted, told.own), isComplete: told.isComplete };
          const units = observe(observation, sinceMs);

          expect(units).toBeGreaterThanOrEqual(0);
          expect(units).toBeLessThanOrEqual(quota.limit);
        }
      }),
    );
  });

  it("nobody is found where nobody is", () => {
    fc.assert(
      fc.property(tellings, (all) => {
        const observe = foreignUse();
        for (const [told, sinceMs] of all) {
          const observation = told && {
            ...observed(Math.min(told.counted, told.own), told.own),
            isComplete: told.isComplete,
          };
          expect(observe(observation, sinceMs)).toBe(0);
        }
      }),
    );
  });
});
