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

    expect(carried.carries(target, { requests: 1, tokens: 1_000 })).toBe(true);
    expect(carried.carries(target, { requests: 1, tokens: 1_001 })).toBe(false);
    expect(carried.carries(target, { requests: 11, tokens: 1 })).toBe(false);
    expect(carried.carries(at(requests), { requests: 1, tokens: 1e9 })).toBe(true);
  });

  it("is nothing where a limit is 0 or unknown, even for a call that takes nothing of it", () => {
    const { carried, limits } = world();
    limits.set("requests", 0, "config");

    expect(carried.carries(at(tokens, requests), { tokens: 1 })).toBe(false);
    expect(carried.carries(at({ ...tokens, key: "unheard of" }), {})).toBe(false);
  });

  it("never is a cost that is no number", () => {
    expect(world().carried.carries(at(tokens), { tokens: Number.NaN })).toBe(false);
  });

  it("follows a limit as soon as it changes", () => {
    const { carried, limits } = world();
    const target = at(tokens);
    expect(carried.carries(target, { tokens: 5_000 })).toBe(false);

    limits.set("tokens", 5_000, "service-quotas");
    expect(carried.carries(target, { tokens: 5_000 })).toBe(true);

    limits.set("tokens", 0, "service-quotas");
    expect(carried.carries(target, { tokens: 1 })).toBe(false);
  });
});
