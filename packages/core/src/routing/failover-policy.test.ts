import { describe, expect, it } from "vitest";
import type { Target } from "../budget/target.ts";
import { moveOnWhenUnprocessed } from "./failover-policy.ts";

const target: Target = {
  id: "111111111111/us-east-1/runtime/m",
  accountId: "111111111111",
  region: "us-east-1",
  endpoint: "runtime",
  modelId: "m",
  destinationRegions: ["us-east-1"],
  weight: 1,
  quotas: [{ key: "tokens", unit: "tokens", windowMs: 60_000 }],
};
const throttled = {
  verdict: { kind: "throttled", scope: "unknown" },
  error: new Error("throttled"),
  attempts: 1,
  tried: [],
  candidates: [target],
} as const;

describe("a throttled call", () => {
  it("may come back to a target whose page of the book says when it has room", () => {
    expect(moveOnWhenUnprocessed.next({ ...throttled, target })).toEqual({ kind: "retry", exclude: [] });
  });

  it("does not come back to a target that has no page, where it would be sent again at once and for ever", () => {
    const free = { ...target, quotas: [] };

    expect(moveOnWhenUnprocessed.next({ ...throttled, target: free })).toEqual({ kind: "retry", exclude: [free] });
  });
});
