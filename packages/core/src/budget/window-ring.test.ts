import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ringSlots, WindowRing } from "./window-ring.ts";

/** A window of 1 000 µs in 10 slots of 100. */
const ring = () => new WindowRing(1_000, 10);

describe("the ring of a window", () => {
  it("keeps a booking for its window, the rest of its slot, and one slot to spare", () => {
    const window = ring();
    window.add(5, 50);

    expect([window.sumAt(1_050), window.sumAt(1_199), window.sumAt(1_200)]).toEqual([5, 5, 0]);
  });

  it("is never below what the last window really holds", () => {
    const booking = fc.record({ afterUs: fc.integer({ min: 0, max: 700 }), units: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(fc.array(booking, { maxLength: 60 }), (bookings) => {
        const window = ring();
        const booked: { atUs: number; units: number }[] = [];
        let nowUs = 0;
        for (const { afterUs, units } of bookings) {
          nowUs += afterUs;
          booked.push({ atUs: nowUs, units });
          window.add(units, nowUs);
          const inWindow = booked.filter(({ atUs }) => atUs > nowUs - 1_000);
          const since = booked.filter(({ atUs }) => atUs > nowUs - 1_200);
          const sumOf = (some: typeof booked): number => some.reduce((sum, one) => sum + one.units, 0);
          expect(window.sumAt(nowUs)).toBeGreaterThanOrEqual(sumOf(inWindow));
          expect(window.sumAt(nowUs)).toBeLessThanOrEqual(sumOf(since));
        }
      }),
    );
  });

  it("changes a booking in its own slot while that is in the window", () => {
    const window = ring();
    const slot = window.add(5, 50);
    window.correct(slot, -3, 900);

    expect([window.sumAt(1_199), window.sumAt(1_200)]).toEqual([2, 0]);
  });

  it("charges a shortfall now, and loses a surplus, once the booking has left the window", () => {
    const window = ring();
    const slot = window.add(5, 50);
    window.correct(slot, -3, 2_000);
    const afterSurplus = window.sumAt(2_000);
    window.correct(slot, 3, 2_000);

    expect([afterSurplus, window.sumAt(2_000), window.sumAt(3_300)]).toEqual([0, 3, 0]);
  });

  it.each([
    [9, 1_200],
    [6, 1_200],
    [5, 1_500],
    [0, 1_900],
  ])("says from when at most %d units are left", (room, fromUs) => {
    const window = ring();
    window.add(4, 50);
    window.add(1, 350);
    window.add(5, 750);

    expect(window.sumIsAtMostFromUs(room, 800)).toBe(fromUs);
  });

  it("starts empty after any idle time", () => {
    const window = ring();
    window.add(5, 50);

    expect(window.sumAt(10 ** 12)).toBe(0);
  });

  it("is the same as one that is kept elsewhere, by slot", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 40_000_000 }), fc.nat({ max: 100 })), { maxLength: 40 }), (all) => {
        const startUs = 1_763_894_400_000_000;
        const kept = new Map<number, number>();
        const ring = new WindowRing(60_000_000, ringSlots);
        let atUs = startUs;
        for (const [waitUs, units] of all) {
          atUs += waitUs;
          const slot = ring.add(units, atUs);
          kept.set(slot, (kept.get(slot) ?? 0) + units);
        }

        const other = WindowRing.of(60_000_000, ringSlots, kept);

        expect(other.sumAt(atUs)).toBe(ring.sumAt(atUs));
        expect(other.least).toBe(ring.least);
        expect(other.sumIsAtMostFromUs(150, atUs)).toBe(ring.sumIsAtMostFromUs(150, atUs));
        expect(other.sumAt(atUs + 45_000_000)).toBe(ring.sumAt(atUs + 45_000_000));
        expect(other.least).toBe(ring.least);
      }),
    );
  });
});
