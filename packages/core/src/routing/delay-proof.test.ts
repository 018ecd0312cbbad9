import { describe, expect, it } from "vitest";
import { ManualClock } from "../bedrock/testing/manual-clock.test.kit.ts";
import { MemoryLedger } from "../budget/memory-ledger.ts";
import { MemoryLimits } from "../budget/memory-limits.ts";
import type { Target } from "../budget/target.ts";
import type { Claim } from "./claim.ts";
import { DelayProof } from "./delay-proof.ts";
import type { Ticket } from "./ticket.ts";

const clock = new ManualClock();
const limits = new MemoryLimits();
for (const key of ["a", "b", "c", "shared"]) limits.set(key, 60_000, "config");
const ledger = new MemoryLedger({ limits, clock });
const proof = new DelayProof({ ledger, limits });

function target(...keys: readonly string[]): Target {
  return {
    id: keys.join(),
    accountId: "111111111111",
    region: "us-east-1",
    endpoint: "runtime",
    modelId: "m",
    destinationRegions: undefined,
    weight: 1,
    quotas: keys.map((key) => ({ key, unit: "tokens", windowMs: 60_000 }) as const),
  };
}

const claimOn = (at: Target, tokens: number, dateMs: number): Claim => ({
  ticket: {} as Ticket,
  candidate: { target: at, cost: { tokens } },
  dateMs,
  startMs: 0,
  passes: 0,
});

describe("the proof that a call delays no claim", () => {
  const a = target("a");

  it.each([
    ["small, and there is time to refill", 970, 5_820, 10_000, true],
    ["small, and there is no time to refill", 970, 5_820, 900, false],
    ["before a claim larger than the burst, which needs the quota idle", 970, 20_000, 900, false],
    ["before such a claim, with time", 970, 20_000, 10_000, true],
    ["too large to tell together", 970, 40_000, 59_000, false],
  ])("is %s: %d before %d in %d ms", (_, tokens, claimed, dateMs, isHarmless) => {
    expect(proof.isHarmless({ target: a, cost: { tokens } }, claimOn(a, claimed, dateMs), 0)).toBe(isHarmless);
  });

  it("adds the refill to what the claim waits for anyway", async () => {
    const c = target("c");
    await ledger.reserve([{ target: c, cost: { tokens: 2_910 } }]); // drained in 3 s

    expect(proof.isHarmless({ target: c, cost: { tokens: 970 } }, claimOn(c, 20_000, 4_000), 0)).toBe(false);
    expect(proof.isHarmless({ target: c, cost: { tokens: 970 } }, claimOn(c, 20_000, 6_000), 0)).toBe(true);
  });

  it("looks at the quotas that both use, and at no others", async () => {
    const [one, other] = [target("b", "shared"), target("shared")];
    await ledger.reserve([{ target: target("b"), cost: { tokens: 5_820 } }]);
    const claim = claimOn(one, 5_820, 5_000);

    expect(proof.isHarmless({ target: other, cost: { tokens: 970 } }, claim, 0)).toBe(true);
    expect(proof.isHarmless({ target: target("b"), cost: { tokens: 970 } }, claim, 0)).toBe(false);
  });
});
