import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyPhase, beganBetween, firstHalf, meet, nextRollUs, oldestStartUs, type PhaseArc } from "./phase-arc.ts";

const windowUs = 60;
const arc: fc.Arbitrary<PhaseArc> = fc
  .tuple(fc.integer({ min: -120, max: 120 }), fc.integer({ min: 0, max: 70 }))
  .map(([fromUs, widthUs]) => beganBetween(windowUs, fromUs, fromUs + widthUs));
const phases = Array.from({ length: windowUs }, (_, phase) => phase);

/** Whether a window may begin at a phase, the plain way. */
function has({ fromUs, widthUs }: PhaseArc, phase: number): boolean {
  return widthUs >= windowUs || (phase - fromUs + windowUs) % windowUs <= widthUs;
}

describe("when windows may begin", () => {
  it("is what two findings have in common, or more where that is two pieces, never less", () => {
    fc.assert(
      fc.property(arc, arc, (one, other) => {
        const common = meet(one, other);
        const both = phases.filter((phase) => has(one, phase) && has(other, phase));

        expect(both.filter((phase) => common === undefined || !has(common, phase))).toEqual([]);
        for (const phase of phases) if (common !== undefined && has(common, phase)) expect(has(one, phase)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is nothing when two findings exclude each other", () => {
    expect(meet(beganBetween(windowUs, 0, 10), beganBetween(windowUs, 20, 30))).toBeUndefined();
    expect(meet(beganBetween(windowUs, 50, 65), beganBetween(windowUs, 3, 10))).toMatchObject({
      fromUs: 3,
      widthUs: 2,
    });
    expect(meet(anyPhase(windowUs), beganBetween(windowUs, 20, 30))).toMatchObject({ fromUs: 20, widthUs: 10 });
  });

  it("tells since when the current window may have run, and when the next has surely begun", () => {
    fc.assert(
      fc.property(arc, fc.integer({ min: 200, max: 400 }), (one, nowUs) => {
        const ages = phases
          .filter((phase) => has(one, phase))
          .map((phase) => (((nowUs - phase) % windowUs) + windowUs) % windowUs);
        const oldest = nowUs - oldestStartUs(one, nowUs);

        for (const age of ages) expect(oldest).toBeGreaterThanOrEqual(age);
        expect(oldest).toBeLessThanOrEqual(windowUs);
        const rolls = nextRollUs(one, nowUs);
        expect(rolls).toBeGreaterThan(nowUs);
        expect(rolls).toBeLessThanOrEqual(nowUs + windowUs);
        if (one.widthUs < windowUs) expect(rolls - oldestStartUs(one, rolls)).toBe(one.widthUs);
      }),
      { numRuns: 2_000 },
    );
  });

  it("halves", () => {
    expect(firstHalf(beganBetween(windowUs, 50, 70))).toEqual({ windowUs, fromUs: 50, widthUs: 10 });
  });
});
