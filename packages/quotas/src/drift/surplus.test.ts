import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { minuteMs, surplusPerMinute } from "./surplus.ts";

const limit = 1_000;

/** Units of minute after minute, from the first one on; undefined: no point. */
function minutes(...units: readonly (number | undefined)[]): ReadonlyMap<number, number> {
  return new Map(units.flatMap((each, minute) => (each === undefined ? [] : [[minute * minuteMs, each] as const])));
}

function steady(units: number, count = 20): ReadonlyMap<number, number> {
  return minutes(...Array.from({ length: count }, () => units));
}

describe("what AWS counted beyond our own use", () => {
  it("is what others use", () => {
    expect(surplusPerMinute({ counted: steady(900), own: steady(400) }, limit)).toBe(500);
  });

  it("is not known where AWS has told nothing, or of one minute only", () => {
    expect(surplusPerMinute({ counted: new Map(), own: steady(400) }, limit)).toBeUndefined();
    expect(surplusPerMinute({ counted: minutes(900), own: steady(400) }, limit)).toBeUndefined();
  });

  it("takes no late minute for one in which nobody used anything", () => {
    const counted = minutes(900, 900, undefined, 900, undefined, 900);

    expect(surplusPerMinute({ counted, own: steady(400) }, limit)).toBe(500);
  });

  it("leaves out minutes in which AWS has counted less than we used ourselves", () => {
    const counted = minutes(900, 900, 900, 900, 250, 10);

    expect(surplusPerMinute({ counted, own: steady(400) }, limit)).toBe(500);
  });

  it("is nothing where AWS counts the same calls one minute off", () => {
    const own = minutes(0, 800, 0, 0, 500, 100, 0, 300, 0);

    for (const shift of [-minuteMs, minuteMs]) {
      const counted = new Map([...own].map(([minute, units]) => [minute + shift, units]));
      expect(surplusPerMinute({ counted, own }, limit)).toBe(0);
    }
  });

  it("follows a step of use within three minutes, and noise by a little only", () => {
    const own = steady(400, 20);
    const stepped = minutes(...Array.from({ length: 17 }, () => 400), 900, 900, 900);
    const noisy = minutes(...Array.from({ length: 17 }, () => 400), 460, 460, 460);

    expect(surplusPerMinute({ counted: stepped, own }, limit)).toBe(400);
    expect(surplusPerMinute({ counted: noisy, own }, limit)).toBe(18);
  });

  it("is never more than the limit", () => {
    expect(surplusPerMinute({ counted: steady(5_000), own: steady(100) }, limit)).toBe(limit);
  });
});

describe("whatever AWS counts", () => {
  const use = fc.array(fc.nat({ max: 2_000 }), { minLength: 20, maxLength: 20 });
  const gaps = fc.array(fc.boolean(), { minLength: 20, maxLength: 20 });
  const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 20, maxLength: 20 });

  it("the surplus stays between nothing and the limit", () => {
    fc.assert(
      fc.property(use, use, gaps, (counted, own, isThere) => {
        const there = counted.map((units, minute) => (isThere[minute] ? units : undefined));
        const surplus = surplusPerMinute({ counted: minutes(...there), own: minutes(...own) }, limit) ?? 0;

        expect(surplus).toBeGreaterThanOrEqual(0);
        expect(surplus).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it("nobody else's use is found where there is none, whatever is late, missing, partial or one minute off", () => {
    fc.assert(
      fc.property(use, gaps, shares, fc.constantFrom(-1, 0, 1), (own, isThere, share, shift) => {
        const counted = own.flatMap((units, minute) =>
          isThere[minute] ? [[(minute + shift) * minuteMs, Math.floor(units * (share[minute] ?? 1))] as const] : [],
        );

        expect(surplusPerMinute({ counted: new Map(counted), own: minutes(...own) }, limit) ?? 0).toBe(0);
      }),
    );
  });

  it("more in a minute that counts never makes it less", () => {
    fc.assert(
      fc.property(use, use, fc.nat({ max: 19 }), fc.nat({ max: 1_000 }), (others, own, minute, more) => {
        const most = Math.max(...own); // so that no minute is taken for a partial one
        const counted = minutes(...others.map((units) => units + most));
        const higher = new Map(counted).set(minute * minuteMs, (counted.get(minute * minuteMs) ?? 0) + more);
        const before = surplusPerMinute({ counted, own: minutes(...own) }, limit) ?? 0;

        expect(surplusPerMinute({ counted: higher, own: minutes(...own) }, limit)).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});
