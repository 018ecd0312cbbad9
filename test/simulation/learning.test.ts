import { limiterKinds, type LimiterKind } from "@shardrock/simulator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runOneQuota, runTold } from "./learning/one-quota.ts";

const usual = { limit: 400_000, minutes: 20, learningMinutes: 8 };

const found: Record<LimiterKind, string> = {
  bucket100: "bucket",
  bucket25: "bucket",
  bucket12: "bucket",
  fixed60: "fixed",
  sliding60: "sliding",
  fixed10: "sixths",
};

describe("a quota that is always short", () => {
  it.each(limiterKinds)("is used like one that tells its limiter, when AWS counts by %s", async (limiter) => {
    const told = await runTold({ ...usual, limiter });
    const { goodput, throttledLearning, throttled, attempts, learned } = await runOneQuota({ ...usual, limiter });

    expect(learned).toMatchObject({ enforcement: found[limiter], limit: usual.limit, learnedLimit: usual.limit });
    expect(goodput).toBeGreaterThan(told * (limiter === "fixed10" ? 0.95 : 0.98));
    expect(throttledLearning).toBeLessThanOrEqual(20);
    expect(throttled / attempts).toBeLessThan(limiter === "fixed10" ? 0.005 : 0.002);
  });

  it.each(["bucket25", "fixed60", "sliding60"] as const)(
    "keeps its promise with holds far above what calls use (%s)",
    async (limiter) => {
      const greedy = { ...usual, limiter, maxTokens: 4_096, burndown: 5 };
      const told = await runTold(greedy);
      const { goodput, throttled, attempts } = await runOneQuota(greedy);

      expect(goodput).toBeGreaterThan(told * 0.98);
      expect(throttled / attempts).toBeLessThan(0.003);
    },
  );

  it.each(
    (["bucket100", "bucket25", "bucket12", "fixed60", "sliding60"] as const).flatMap((limiter) =>
      [0.5, 2].map((share) => [share, limiter] as const),
    ),
  )("finds that the limit is %d of what was believed, when AWS counts by %s", async (share, limiter) => {
    const limit = 1_000_000;
    const shape = { limiter, limit, believed: limit / share, minutes: 25, learningMinutes: 10 };
    const told = await runTold(shape);
    const { goodput, throttled, attempts, learned } = await runOneQuota(shape);

    expect(goodput).toBeGreaterThan(told * 0.93);
    expect(throttled / attempts).toBeLessThan(0.005);
    expect(learned.learnedLimit / limit).toBeGreaterThan(0.9);
    expect(learned.learnedLimit / limit).toBeLessThan(1.3);
  });

  it.each(["bucket25", "fixed60", "sliding60"] as const)(
    "is not taken for a larger one because AWS does not hold what comes out of a cache (%s)",
    async (limiter) => {
      const { throttled, attempts, learned } = await runOneQuota({ ...usual, limiter, cachedTokens: 8_000 });

      expect(learned.learnedLimit).toBeLessThanOrEqual(usual.limit);
      expect(throttled / attempts).toBeLessThan(0.01);
    },
  );

  it("is learned whatever the phase of the windows and the order of sizes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...limiterKinds), fc.nat({ max: 10_000 }), async (limiter, seed) => {
        const told = await runTold({ ...usual, limiter, seed });
        const { goodput, throttled, attempts } = await runOneQuota({ ...usual, limiter, seed });

        expect(goodput).toBeGreaterThan(told * 0.95);
        expect(throttled / attempts).toBeLessThan(0.005);
      }),
      { numRuns: 12 },
    );
  });
});

describe("a quota that is never short", () => {
  // fixed10 has no room for so much without knowing its windows.
  it.each(limiterKinds.slice(0, -1))("learns nothing from quiet, and is refused nothing (%s)", async (limiter) => {
    const { throttled, throttledLearning, learned } = await runOneQuota({
      ...usual,
      limiter,
      callsPerMs: (usual.limit * 0.6) / 1_375 / 60_000,
    });

    expect(learned).toMatchObject({ enforcement: "unknown", learnedLimit: usual.limit });
    expect(throttled + throttledLearning).toBe(0);
  });
});
