import { describe, expect, it } from "vitest";
import { MemoryLimits } from "../budget/memory-limits.ts";
import { dayWindowMs, type Quota } from "../budget/quota.ts";
import type { Target } from "../budget/target.ts";
import { CarriedCosts } from "./carried-costs.ts";

const tokens: Quota = { key: "tokens", unit: "tokens", windowMs: 60_000 };
const requests: Quota = { key: "requests", unit: "requests", windowMs: 60_000 };
const day: Quota = { key: "day", unit: "tokens", windowMs: dayWindowMs };

function world() {
  const limits = new MemoryLimits();
  limits.set("tokens", 1_000, "config");
  limits.set("requests", 10, "config");
  return { limits, carried: new CarriedCosts(limits) };
}

function at(...quotas: Quota[]): Target {
  const place = { accountId: "111111111111", region: "us-east-1", endpoint: "runtime", modelId: "m" } as const;
  return { ...place, id: "t", destinationRegions: ["us-east-1"], weight: 1, quotas };
}

describe("what a target carries", () => {
  it("is what the smallest limit of each unit carries, and day quotas do not count", () => {
    const { carried } = world();
    const target = at(tokens, requests, day);

    expect(carried.carryAll([{ target, cost: { requests: 1, tokens: 1_000 } }])).toBe(true);
    expect(carried.carryAll([{ target, cost: { requests: 1, tokens: 1_001 } }])).toBe(false);
    expect(carried.carryAll([{ target, cost: { requests: 11, tokens: 1 } }])).toBe(false);
    expect(carried.carryAll([{ target: at(requests), cost: { requests: 1, tokens: 1e9 } }])).toBe(true);
  });

  it("is nothing where a limit is 0 or unknown, even for a call that takes nothing of it", () => {
    const { carried, limits } = world();
    limits.set("requests", 0, "config");

    expect(carried.carryAll([{ target: at(tokens, requests), cost: { tokens: 1 } }])).toBe(false);
    expect(carried.carryAll([{ target: at({ ...tokens, key: "unheard of" }), cost: {} }])).toBe(false);
  });

  it("never is a cost that is no number", () => {
    expect(world().carried.carryAll([{ target: at(tokens), cost: { tokens: Number.NaN } }])).toBe(false);
  });

  it("follows a limit as soon as it changes", () => {
    const { carried, limits } = world();
    const target = at(tokens);
    expect(carried.carryAll([{ target, cost: { tokens: 5_000 } }])).toBe(false);

    limits.set("tokens", 5_000, "service-quotas");
    expect(carried.carryAll([{ target, cost: { tokens: 5_000 } }])).toBe(true);

    limits.set("tokens", 0, "service-quotas");
    expect(carried.carryAll([{ target, cost: { tokens: 1 } }])).toBe(false);
  });
});

describe("what many targets carry", () => {
  const small: Quota = { key: "small", unit: "tokens", windowMs: 60_000 };

  it("is judged for each by its own cost and limit, the first time as later", () => {
    const { carried, limits } = world();
    limits.set("small", 100, "config");
    const [large, little] = [at(tokens), at(small)];
    const both = (ofLarge: number, ofLittle: number) =>
      carried.carryAll([
        { target: large, cost: { tokens: ofLarge } },
        { target: little, cost: { tokens: ofLittle } },
      ]);

    expect([both(50, 50), both(50, 50)]).toEqual([true, true]);
    // More than the smaller one carries, but not asked of it.
    expect([both(900, 50), both(900, 50)]).toEqual([true, true]);
    expect([both(900, 101), both(50, 101), both(1_001, 50)]).toEqual([false, false, false]);
  });

  it("follows which targets are asked for, though the first is the same", () => {
    const { carried, limits } = world();
    limits.set("small", 100, "config");
    const [large, little, other] = [at(tokens), at(small), at(tokens, requests)];
    const carry = (...targets: Target[]) =>
      carried.carryAll(targets.map((target) => ({ target, cost: { tokens: 500, requests: 1 } })));

    expect([carry(large, other), carry(large, little), carry(large), carry(large, other)]).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});
