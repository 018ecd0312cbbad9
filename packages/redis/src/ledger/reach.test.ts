import { describe, expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.test.kit.ts";
import { Reach } from "./reach.ts";

function setUp() {
  const clock = new ManualClock();
  const reach = new Reach(clock, 50, () => undefined);
  /** It fails, and answers beats from then on. @returns how many it takes until calls may ask it again. */
  const goAndReturn = (): number => {
    reach.failed(new Error("gone"));
    for (let beats = 1; ; beats += 1) {
      if (!reach.beatInTime()) continue;
      reach.back();
      return beats;
    }
  };
  return { clock, reach, goAndReturn };
}

describe("a store that comes and goes", () => {
  it("is waited for twice as long each time that it does not stay, but not for ever", () => {
    const { goAndReturn } = setUp();

    expect(Array.from({ length: 8 }, goAndReturn)).toEqual([2, 4, 8, 16, 32, 64, 64, 64]);
  });

  it("is as good as ever after a hundred answers", () => {
    const { reach, goAndReturn } = setUp();
    goAndReturn();
    goAndReturn();
    for (let answer = 0; answer < 100; answer += 1) reach.inTime();

    expect(goAndReturn()).toBe(2);
  });

  it("is as good as ever after a few seconds for a process that hardly asks it", async () => {
    const { clock, reach, goAndReturn } = setUp();
    goAndReturn();
    goAndReturn();
    for (let beat = 0; beat < 10; beat += 1) {
      await clock.advance(500);
      reach.beatInTime();
    }

    expect(goAndReturn()).toBe(2);
  });
});
