import { describe, expect, it } from "vitest";
import { MemoryLimits } from "../budget/memory-limits.ts";
import type { Target } from "../budget/target.ts";
import { workMs } from "./lane-forecast.ts";

const limits = new MemoryLimits();
limits.set("a", 60_000, "config");
limits.set("b", 60_000, "config");
limits.set("requests", 6, "config");

function target(...keys: readonly string[]): Target {
  return {
    id: keys.join(),
    accountId: "111111111111",
    region: "us-east-1",
    endpoint: "runtime",
    modelId: "m",
    destinationRegions: undefined,
    weight: 1,
    quotas: [
      ...keys.map((key) => ({ key, unit: key === "requests" ? "requests" : "tokens", windowMs: 60_000 }) as const),
      { key: "day", unit: "tokens", windowMs: 86_400_000 },
    ],
  };
}

const callsAt = (...targets: readonly Target[]) =>
  targets.map((one) => ({ target: one, cost: { requests: 1, tokens: 1_000 } }));

describe("the time that one call takes of all its targets", () => {
  it.each([
    ["one quota's", callsAt(target("a")), 1_000],
    ["half of it, when two share the work", callsAt(target("a"), target("b")), 500],
    ["one quota's, when two targets share it", callsAt(target("a"), target("a")), 1_000],
    ["the tightest quota's", callsAt(target("a", "requests")), 10_000],
    ["little, when only one target has a tight quota", callsAt(target("a", "requests"), target("b")), 909.1],
    ["nothing, when there is no target", [], 0],
  ])("is %s", (_, candidates, ms) => {
    expect(workMs(candidates, limits)).toBeCloseTo(ms, 0);
  });
});
