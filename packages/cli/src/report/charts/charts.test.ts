import { expect, it } from "vitest";
import { perMinute } from "../per-minute.ts";
import { timeTicks, valueTicks } from "./axis.ts";
import { columnsPath, linePath } from "./path.ts";

it.each([
  [0, 1, 4],
  [1, 1, 4],
  [37, 40, 4],
  [60_001, 80_000, 4],
  [0.03, 0.03, 3],
])("marks an axis that reaches %d in round steps up to %d", (largest, end, steps) => {
  const axis = valueTicks(largest, String);

  expect(axis.end).toBeCloseTo(end);
  expect(axis.ticks.length).toBe(steps + 1);
  expect(axis.ticks.map(({ share }) => share)).toEqual(axis.ticks.map((_, place) => place / steps));
});

it.each([
  [600_000, "0,120000,240000,360000,480000"],
  [86_400_000, "0,21600000,43200000,64800000"],
  [1, "0"],
])("marks %d ms in steps that clocks have", (spanMs, marks) => {
  expect(
    timeTicks(spanMs, String)
      .map(({ label }) => label)
      .join(),
  ).toBe(marks);
});

it("draws points from below, and what is beyond the end at the end", () => {
  const points = [
    { x: 0, y: 0 },
    { x: 0.5, y: 1 },
    { x: 1, y: 2 },
  ];

  expect(linePath(points, { width: 100, height: 10 })).toBe("M0 10L50 0L100 0");
  expect(columnsPath(points, { width: 100, height: 10 })).toBe("M0 10H50V0H100V0");
  expect([linePath([], { width: 1, height: 1 }), columnsPath([], { width: 1, height: 1 })]).toEqual(["", ""]);
});

it.each([
  ["of seconds", 1_000, Array.from({ length: 90 }, () => 2), 120],
  ["that does not divide a minute", 8_000, Array.from({ length: 20 }, () => 16), 120],
  ["longer than a minute", 128_000, [256, 256], 120],
])("counts what came within a minute, whatever the stretches: %s", (_name, bucketMs, amounts, rate) => {
  expect(perMinute(amounts, bucketMs).at(-1)).toBeCloseTo(rate);
});

it("counts only what has come, at the start of a run", () => {
  expect(perMinute([5, 5, 5], 1_000)).toEqual([5, 10, 15]);
});
