import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RetryBudget } from "./retry-budget.ts";

describe("a retry budget", () => {
  it("gives a fifth of the calls, and the floor", () => {
    const budget = new RetryBudget("retryBudget", { share: 0.2, floor: 3 });
    for (let call = 0; call < 100; call += 1) budget.deposit(0);

    const given = Array.from({ length: 100 }, () => budget.withdraw(0)).filter(Boolean);

    expect(given).toHaveLength(23);
  });

  it("has its floor again when the past has faded", () => {
    const budget = new RetryBudget("retryBudget", { share: 0.2, floor: 1 });

    expect([0, 0, 1_000, 60_000].map((atMs) => budget.withdraw(atMs))).toEqual([true, false, false, true]);
  });

  it("never gives more than the share of all calls and the floor for each ten seconds", () => {
    const step = fc.record({ isCall: fc.boolean(), waitMs: fc.integer({ min: 0, max: 5_000 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.integer({ min: 0, max: 5 }), (steps, floor) => {
        const budget = new RetryBudget("retryBudget", { share: 0.2, floor });
        let [nowMs, calls, retries] = [0, 0, 0];
        for (const { isCall, waitMs } of steps) {
          nowMs += waitMs;
          if (isCall) {
            calls += 1;
            budget.deposit(nowMs);
          } else if (budget.withdraw(nowMs)) retries += 1;
        }

        expect(retries).toBeLessThanOrEqual(calls * 0.2 + floor * (1 + nowMs / 10_000) + 1e-9);
      }),
    );
  });

  it.each([
    [{ share: -0.1, floor: 0 }, /retryBudget.share must be a number from 0 to 1, got -0.1/],
    [{ share: 1.1, floor: 0 }, /share/],
    [{ share: Number.NaN, floor: 0 }, /share/],
    [{ share: 0, floor: -1 }, /floor/],
    [{ share: 0, floor: Number.POSITIVE_INFINITY }, /floor/],
  ])("refuses %j", (options, message) => {
    expect(() => new RetryBudget("retryBudget", options)).toThrow(message);
  });
});
