import { describe, expect, it } from "vitest";
import type { Target } from "../budget/target.ts";
import { ManualClock } from "../bedrock/testing/manual-clock.test.kit.ts";
import { BlockingHealth } from "./blocking-health.ts";

const target: Target = {
  id: "",
  accountId: "111111111111",
  region: "us-east-1",
  endpoint: "runtime",
  modelId: "",
  destinationRegions: ["us-east-1"],
  profileType: "single",
  quotas: [],
  weight: 1,
};

describe("what is remembered of failures", () => {
  it("is bounded, for callers may name guardrails without end that do not exist", () => {
    const health = new BlockingHealth({ clock: new ManualClock() });
    const denied = Array.from({ length: 10_001 }, (_, index) => ({ ...target, id: `guardrail ${index}` }));
    for (const each of denied) {
      for (const callId of [1, 2]) {
        health.observe({ callId, attempt: 1, operation: undefined, target: each, verdict: { kind: "target-denied" } });
      }
    }

    const blocked = denied.filter((each) => health.blocked(each) !== undefined);

    expect(blocked).toEqual(denied.slice(1));
  });

  it("says that nothing is blocked only until something has failed", () => {
    const health = new BlockingHealth({ clock: new ManualClock() });
    expect(health.isClear).toBe(true);

    health.observe({ callId: 1, attempt: 1, operation: "Converse", target, verdict: { kind: "account-failed" } });

    expect(health.isClear).toBe(false);
  });
});
