import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SettledUnits } from "./settled-units.ts";

const second = 1_000_000;
const minute = 60 * second;

describe("units settled by the minute", () => {
  it("belong to the minute on the wall that the call ended in", () => {
    const settled = new SettledUnits();

    settled.add(5, 30 * second);
    settled.add(7, 75 * second);

    // The book's clock began 15 s before a full minute.
    expect([...settled.byMinute(45 * second, 90 * second)]).toEqual([
      [60_000, 5],
      [120_000, 7],
    ]);
  });

  it("are decided by the clock on the wall as it is when asked", () => {
    const settled = new SettledUnits();
    settled.add(5, 30 * second);

    expect([...settled.byMinute(0, minute).keys()]).toEqual([0]);
    expect([...settled.byMinute(600 * second, minute).keys()]).toEqual([600_000]);
  });

  it("are forgotten after a while, also when nothing was settled since", () => {
    const settled = new SettledUnits();
    settled.add(5, 30 * second);

    expect(settled.byMinute(0, 41 * minute).size).toBe(1);
    expect(settled.byMinute(0, 60 * minute).size).toBe(0);
    settled.add(1, 75 * minute + 30 * second);
    expect([...settled.byMinute(0, 76 * minute).values()]).toEqual([1]);
  });

  it("add up to all that was settled in the last forty minutes, whenever that was", () => {
    const ends = fc.array(fc.tuple(fc.nat(20 * 60), fc.nat(1_000)), { maxLength: 50 });
    fc.assert(
      fc.property(ends, fc.nat(86_400), (steps, epochSeconds) => {
        const settled = new SettledUnits();
        let nowUs = 0;
        const all = steps.map(([gap, units]) => {
          nowUs += gap * second;
          settled.add(units, nowUs);
          return { atUs: nowUs, units };
        });
        const young = all.filter(({ atUs }) => atUs > nowUs - 40 * minute);
        const sum = [...settled.byMinute(epochSeconds * second, nowUs).values()].reduce((a, b) => a + b, 0);

        expect(sum).toBeGreaterThanOrEqual(young.reduce((total, { units }) => total + units, 0));
        expect(sum).toBeLessThanOrEqual(all.reduce((total, { units }) => total + units, 0));
      }),
    );
  });
});
