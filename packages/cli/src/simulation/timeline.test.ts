import { expect, it } from "vitest";
import { mostBuckets, Timeline } from "./timeline.ts";

it("loses nothing when buckets are merged: sums stay sums, and peaks peaks", () => {
  const timeline = new Timeline(1_000);
  const [sum, peak] = [timeline.series("sum"), timeline.series("largest")];

  for (let atMs = 0; atMs < 3_600_000; atMs += 500) {
    const bucket = timeline.bucketOf(atMs);
    sum.add(bucket, 1);
    peak.raise(bucket, atMs === 1_800_000 ? 9 : 1);
  }

  expect(timeline.bucketMs).toBe(16_000);
  expect(timeline.reached).toBeLessThanOrEqual(mostBuckets);
  const sums = sum.upTo(timeline.reached);
  expect(sums.reduce((total, value) => total + value, 0)).toBe(7_200);
  expect(sums.slice(0, -1).every((value) => value === 32)).toBe(true);
  const peaks = peak.upTo(timeline.reached);
  expect(peaks.indexOf(9)).toBe(Math.floor(1_800_000 / 16_000));
  expect(peaks.filter((value) => value === 9)).toHaveLength(1);
});
