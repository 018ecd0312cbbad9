import { describe, expect, it } from "vitest";
import { generated } from "../../benchmarks/ceiling/arrivals.ts";
import type { Contender } from "../../benchmarks/ceiling/contenders/contender.ts";
import { defaultSize } from "../../benchmarks/ceiling/size.ts";
import { runVirtual } from "../../benchmarks/ceiling/virtual-run.ts";
import type { LimiterKind } from "@shardrock/simulator";

const run = async (contender: Contender, limiter: LimiterKind, load: number, seed = 1) => {
  const streams = [{ name: "chat", workload: "chat", load }] as const;
  const shape = { contender, limiter, streams, seed, minutes: 4, learningMinutes: 2, size: defaultSize };
  return (await runVirtual(shape, generated)).after;
};

describe("the production router in virtual time", () => {
  it("repeats bit for bit from a seed, and differs with another", async () => {
    const first = await run("shardrock", "sliding60", 0.9);

    expect(await run("shardrock", "sliding60", 0.9)).toEqual(first);
    expect(await run("shardrock", "sliding60", 0.9, 2)).not.toEqual(first);
  });

  it.each(["bucket12", "sliding60"] as const)(
    "comes near what can be had of an overloaded %s, with at most 0.5 %% throttled",
    async (limiter) => {
      const [ours, told] = [await run("shardrock", limiter, 3), await run("told", limiter, 3)];

      // The bar is 95 % over half an hour, and the bench holds it; two minutes scatter by half a percent.
      expect(ours.goodput / told.goodput).toBeGreaterThanOrEqual(0.94);
      expect(ours.throttled).toBeLessThanOrEqual(0.005);
      expect(told.throttled, "a told call always fits").toBe(0);
    },
    30_000,
  );

  it("serves 99 % at 0.9 of uneven quotas, where round-robin loses a fifth or more", async () => {
    const [ours, other] = [await run("shardrock", "fixed60", 0.9), await run("round-robin", "fixed60", 0.9)];

    expect(ours.served).toBeGreaterThanOrEqual(0.99);
    expect(ours.throttled).toBeLessThanOrEqual(0.001);
    expect(other.served).toBeLessThan(0.8);
  });
});
