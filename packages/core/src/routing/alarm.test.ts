import { describe, expect, it } from "vitest";
import { ManualClock } from "../bedrock/testing/manual-clock.test.kit.ts";
import { Alarm } from "./alarm.ts";

describe("the alarm", () => {
  it("rings once, at the earliest time it was set for", async () => {
    const clock = new ManualClock();
    const rings: number[] = [];
    const alarm = new Alarm(clock, () => rings.push(clock.monotonicMs()));
    for (const atMs of [300, 100, 200, Number.POSITIVE_INFINITY]) alarm.setFor(atMs);
    await clock.advance(1_000);

    expect(rings).toEqual([100]);
  });

  it("never rings in the instant it was set, however near a start is", async () => {
    const clock = new ManualClock();
    await clock.advance(60_000);
    const rings: number[] = [];
    const alarm = new Alarm(clock, () => rings.push(clock.monotonicMs()));
    alarm.setFor(clock.monotonicMs() + 1e-13);
    await clock.advance(0);

    expect(rings).toEqual([]);
    await clock.advance(1);
    expect(rings).toEqual([60_001]);
  });
});
