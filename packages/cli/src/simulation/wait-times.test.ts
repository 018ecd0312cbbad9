import { expect, it } from "vitest";
import { WaitTimes } from "./wait-times.ts";

it("finds each percentile within 1 %, those that did not wait among them", () => {
  const waits = new WaitTimes();
  for (let call = 0; call < 500; call += 1) waits.add(0);
  for (let ms = 100; ms <= 50_000; ms += 100) waits.add(ms);

  const { p50Ms, p90Ms, p95Ms, p99Ms, longestMs, meanMs } = waits.report();

  expect(p50Ms).toBe(0);
  expect(Math.abs(p90Ms / 40_000 - 1)).toBeLessThan(0.011);
  expect(Math.abs(p95Ms / 45_000 - 1)).toBeLessThan(0.011);
  expect(Math.abs(p99Ms / 49_000 - 1)).toBeLessThan(0.011);
  expect(longestMs).toBe(50_000);
  expect(meanMs).toBe(12_525);
});

it("adds up what several counted as if one had", () => {
  const [one, other, both] = [new WaitTimes(), new WaitTimes(), new WaitTimes()];
  for (let ms = 0; ms < 1_000; ms += 7) {
    (ms % 2 === 0 ? one : other).add(ms);
    both.add(ms);
  }

  one.addAll(other);

  expect(one.report()).toEqual(both.report());
});
