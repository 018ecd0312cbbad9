import { describe, expect, it } from "vitest";
import { type LimiterKind, limiterKinds, limiterOf } from "./limiter-kind.ts";

const minute = { limit: 60_000, windowMs: 60_000, phaseMs: 0 };

describe("every limiter", () => {
  it.each(limiterKinds)("%s never carries a hold above what it can ever hold, and says so", (kind) => {
    const limiter = limiterOf(kind, minute);

    expect(limiter.fits(60_001, 0)).toBe(false);
    expect(limiter.fitsInMs(60_001, 0)).toBe(Number.POSITIVE_INFINITY);
  });

  it.each(limiterKinds)("%s fits again exactly when it says", (kind) => {
    const limiter = limiterOf(kind, minute);
    for (let nowMs = 0; nowMs <= 119_000; nowMs += 100) if (limiter.fits(1_000, nowMs)) limiter.take(1_000, nowMs);

    const waitMs = limiter.fitsInMs(5_000, 119_000);

    expect(waitMs).toBeGreaterThan(0);
    expect(limiter.fits(5_000, 119_000 + waitMs - 0.5)).toBe(false);
    expect(limiter.fits(5_000, 119_000 + waitMs + 0.001)).toBe(true);
  });

  it.each<[LimiterKind, number]>([
    ["bucket100", 120_000],
    ["bucket25", 75_000],
    ["bucket12", 67_500],
    ["fixed60", 120_000],
    ["sliding60", 120_000],
    ["fixed10", 70_000],
  ])("%s lets a client that takes all it gets take %d in the first minute and an instant", (kind, most) => {
    const limiter = limiterOf(kind, minute);
    let taken = 0;
    for (let nowMs = 0; nowMs <= 60_000; nowMs += 10) {
      for (; limiter.fits(100, nowMs); taken += 100) limiter.take(100, nowMs);
    }

    expect(Math.abs(taken - most)).toBeLessThanOrEqual(1_000);
  });
});

describe("a call that ends", () => {
  it.each<[LimiterKind, number]>([
    ["bucket100", 50_000],
    ["fixed60", 50_000],
    ["sliding60", 50_000],
  ])("gives its surplus back to %s while its window is current", (kind, free) => {
    const limiter = limiterOf(kind, minute);
    const entry = limiter.take(60_000, 0);

    limiter.end(entry, 10_000, 1);

    expect(limiter.fits(free, 1)).toBe(true);
    expect(limiter.fits(free + 2, 1)).toBe(false);
  });

  it.each<[LimiterKind, number]>([
    ["fixed60", 60_000],
    ["sliding60", 60_000],
  ])("returns no surplus to %s once its window has gone, and charges a shortfall to the current one", (kind, limit) => {
    const surplus = limiterOf(kind, minute);
    surplus.end(surplus.take(60_000, 0), 10_000, 60_001);
    const shortfall = limiterOf(kind, minute);
    shortfall.end(shortfall.take(10_000, 0), 30_000, 60_001);

    expect(surplus.fits(limit, 60_001)).toBe(true);
    expect(surplus.fits(limit + 1, 60_001)).toBe(false);
    expect(shortfall.fits(limit - 20_000, 60_001)).toBe(true);
    expect(shortfall.fits(limit - 20_000 + 1, 60_001)).toBe(false);
  });

  it("puts a bucket into debt when it took more than it held", () => {
    const limiter = limiterOf("bucket25", minute);
    limiter.end(limiter.take(15_000, 0), 20_000, 0);

    expect(limiter.fitsInMs(1, 0)).toBeCloseTo(5_001);
  });

  it("never fills a bucket beyond its size", () => {
    const limiter = limiterOf("bucket25", minute);
    limiter.end(limiter.take(15_000, 0), 0, 50_000);

    expect(limiter.fits(15_000, 50_000)).toBe(true);
    expect(limiter.fits(15_001, 50_000)).toBe(false);
  });
});

describe("a limit that is changed", () => {
  it.each(limiterKinds)("%s carries at most the lower limit from now on", (kind) => {
    const limiter = limiterOf(kind, minute);

    limiter.limitTo(6_000, 0);

    expect(limiter.fits(6_001, 0)).toBe(false);
    expect(limiter.fitsInMs(6_001, 0)).toBe(Number.POSITIVE_INFINITY);
    let taken = 0;
    for (let nowMs = 0; nowMs < 120_000; nowMs += 10) {
      for (; limiter.fits(10, nowMs); taken += 10) limiter.take(10, nowMs);
    }
    expect(taken).toBeGreaterThan(12_000 * 0.98);
    expect(taken).toBeLessThanOrEqual(18_000);
  });

  it.each(limiterKinds)("%s carries the higher limit within a minute", (kind) => {
    const limiter = limiterOf(kind, minute);
    for (; limiter.fits(100, 0);) limiter.take(100, 0);

    limiter.limitTo(120_000, 0);

    let taken = 0;
    for (let nowMs = 60_000; nowMs < 180_000; nowMs += 10) {
      for (; limiter.fits(100, nowMs); taken += 100) limiter.take(100, nowMs);
    }
    expect(taken).toBeGreaterThan(240_000 * 0.98);
    expect(taken).toBeLessThanOrEqual(360_000);
  });

  it.each(limiterKinds)("%s takes nothing at 0, and again when it is raised", (kind) => {
    const limiter = limiterOf(kind, minute);

    limiter.limitTo(0, 0);
    expect(limiter.fits(1, 30_000)).toBe(false);
    expect(limiter.fitsInMs(1, 30_000)).toBe(Number.POSITIVE_INFINITY);

    limiter.limitTo(60_000, 30_000);
    expect(limiter.fits(5_000, 90_000)).toBe(true);
  });
});
