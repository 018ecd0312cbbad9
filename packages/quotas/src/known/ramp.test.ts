import { describe, expect, it } from "vitest";
import { nextRamp, rampedAt } from "./ramp.ts";

const at = (limit: number) => nextRamp(undefined, limit, 0);

describe("a limit that AWS changes", () => {
  it("is in force at once when it is the first there is", () => {
    expect(rampedAt(at(1_000), 0)).toBe(1_000);
  });

  it("is in force at once when it is lower", () => {
    expect(rampedAt(nextRamp(at(1_000), 100, 5), 5)).toBe(100);
  });

  it("comes bit by bit when it is higher: a quarter of it more each minute", () => {
    const ramp = nextRamp(at(400), 1_000, 0);

    expect([0, 60_000, 120_000, 180_000, 1e9].map((ms) => rampedAt(ramp, ms))).toEqual([400, 650, 900, 1_000, 1_000]);
  });

  it("begins at a tenth when it was next to nothing", () => {
    const ramp = nextRamp(at(0), 1_000, 0);

    expect([0, 60_000].map((ms) => rampedAt(ramp, ms))).toEqual([100, 350]);
  });

  it("goes on from where it was when it is raised again on the way, and does not begin anew when it is not", () => {
    const half = nextRamp(at(0), 1_000, 0);

    expect(nextRamp(half, 1_000, 60_000)).toBe(half);
    expect(rampedAt(nextRamp(half, 2_000, 60_000), 60_000)).toBe(350);
  });

  it("stops where it is when it is lowered to that on the way", () => {
    const half = nextRamp(at(0), 1_000, 0);

    expect(rampedAt(nextRamp(half, 300, 60_000), 1e9)).toBe(300);
    expect(rampedAt(nextRamp(half, 400, 60_000), 60_000)).toBe(350);
  });

  it("does not fall when the clock is asked for a time before it was read", () => {
    expect(rampedAt(nextRamp(at(400), 1_000, 50), 0)).toBe(400);
  });
});
