import { beforeAll, describe, expect, it } from "vitest";
import { type DriftResult, runDrift } from "../../../benchmarks/drift/drift-run.ts";
import { figuresOf } from "../../../benchmarks/drift/figures.ts";
import { sharedTpm } from "../../../benchmarks/drift/minute-record.ts";
import { timeline } from "../../../benchmarks/drift/scene.ts";

/** An hour in which somebody else takes half of an account from minute 3 to minute 33, with a third of the bench's traffic. */
describe("a router beside a consumer it does not know", () => {
  let result: DriftResult;
  beforeAll(async () => {
    result = await runDrift({ contender: "drift", limiter: "bucket25", load: "fits", seed: 1, scale: 0.3 });
  });

  const figure = (title: string): number =>
    figuresOf("drift", "fits", { drift: [result], learning: [], truth: [], told: [] }).find(
      (each) => each.title === title,
    )?.values[0] ?? Number.NaN;

  it("is throttled little once it has met it, and uses what is free", () => {
    expect(figure("throttled after")).toBeLessThan(0.01);
    expect(figure("goodput of free")).toBeGreaterThan(0.95);
  });

  it("plans on what the consumer leaves, and never on more than is published", () => {
    const planned = result.minutes.map((minute) => minute.planned / sharedTpm);

    expect(Math.max(...planned)).toBeLessThanOrEqual(1.0001);
    for (const share of planned.slice(20, timeline.leaves)) expect(Math.abs(share - 0.5)).toBeLessThan(0.15);
  });

  it("uses all of the account again when the consumer has left", () => {
    expect(figure("full again")).toBeLessThanOrEqual(20 * 60_000);
  });

  it("tells of the consumer in each Region once, and once of its leaving", () => {
    const keys = [...new Set(result.news.map(({ key }) => key))];

    expect(keys).toHaveLength(2);
    for (const key of keys) {
      const told = result.news.filter((each) => each.key === key);
      expect(told).toHaveLength(2);
      expect(told[0]?.share).toBeGreaterThanOrEqual(0.1);
      expect(told[0]?.atMinute).toBeLessThan(20);
      expect(told[1]?.share).toBeLessThan(0.05);
      expect(told[1]?.atMinute).toBeGreaterThan(timeline.leaves);
    }
  });
});
