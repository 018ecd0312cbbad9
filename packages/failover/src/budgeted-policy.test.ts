import type { FailedAttempt, NextStep, Target, Verdict } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { BudgetedPolicy } from "./budgeted-policy.ts";
import { RetryBudget } from "./retry-budget.ts";
import { targetAt } from "./target.test.kit.ts";

const [a, aWest, b, bWest] = [targetAt("a"), targetAt("a", "us-west-2"), targetAt("b"), targetAt("b", "us-west-2")];
const aGlobal = targetAt("a", "us-east-1", "global.m");
const all = [a, aWest, b, bWest];

const clock = {
  monotonicMs: () => 0,
  epochMs: () => 0,
  sleep: async () => undefined,
  timer: () => ({ [Symbol.dispose]() {} }),
};

function policyWith({ floor = 10, ambiguousRetries = 1 } = {}): BudgetedPolicy {
  const budget = new RetryBudget("retryBudget", { share: 0.2, floor });
  return new BudgetedPolicy({ clock, random: () => 0.5, budget, ambiguousRetries });
}

function failed(verdict: Verdict, candidates: readonly Target[] = all, before: readonly Verdict[] = []): FailedAttempt {
  const tried = [...before, verdict].map((each) => ({ target: a, verdict: each }));
  return { target: a, verdict, error: new Error("m"), attempts: tried.length, tried, candidates };
}

const avoided = (step: NextStep): readonly string[] | undefined =>
  step.kind === "retry" ? step.avoid?.map(({ id }) => id) : undefined;

const excluded = (step: NextStep): readonly string[] | undefined =>
  step.kind === "retry" ? step.exclude.map(({ id }) => id) : undefined;

describe("what AWS did not process", () => {
  it.each<readonly [Verdict, readonly Target[]]>([
    [{ kind: "throttled", scope: "unknown" }, []],
    [{ kind: "account-failed" }, [a, aWest]],
    [{ kind: "session-refused" }, [a, aWest]],
    [{ kind: "target-denied" }, [a]],
    [{ kind: "unreachable" }, []],
    [{ kind: "not-ready" }, []],
  ])("moves on after %j without spending the budget, and leaves out what failed", (verdict, exclude) => {
    const policy = policyWith({ floor: 0 });

    expect(excluded(policy.next(failed(verdict)))).toEqual(exclude.map(({ id }) => id));
  });

  it.each<Verdict>([{ kind: "not-ready" }, { kind: "unreachable" }])("comes back once after %j", (verdict) => {
    const again = failed(verdict, all, [verdict]);

    expect(excluded(policyWith().next(again))).toEqual([a.id]);
  });

  it("does not come back to a throttled target that has no page in the book", () => {
    const free = { ...a, quotas: [] };
    const attempt = { ...failed({ kind: "throttled", scope: "unknown" }), target: free };

    expect(policyWith().next(attempt)).toEqual({ kind: "retry", exclude: [free] });
  });
});

describe("a call that is wrong, or nobody's any more", () => {
  it.each<Verdict>([{ kind: "invalid" }, { kind: "aborted" }])("is not made again: %j", (verdict) => {
    expect(policyWith().next(failed(verdict))).toEqual({ kind: "stop" });
  });
});

describe("shared capacity that is short", () => {
  it("sends the call to another Region, never to another account of the same", () => {
    const step = policyWith().next(failed({ kind: "overloaded" }));

    expect([excluded(step), avoided(step)]).toEqual([[a.id], [a.id, b.id]]);
  });

  it("sends the call to another profile of the same Region too, which draws on other capacity", () => {
    expect(avoided(policyWith().next(failed({ kind: "overloaded" }, [a, b, aGlobal])))).toEqual([a.id, b.id]);
  });

  it("is still avoided when the other Region fails in its own way", () => {
    const step = policyWith().next(failed({ kind: "unreachable" }, all, [{ kind: "overloaded" }]));

    expect(avoided(step)).toEqual([a.id, b.id]);
  });

  it("is asked again after a while where there is no other, longer each time and as long as AWS asked", () => {
    const verdict = { kind: "overloaded" } as const;
    const policy = policyWith();

    expect(policy.next(failed(verdict, [a, b]))).toMatchObject({ kind: "retry", exclude: [], afterMs: 125 });
    expect(policy.next(failed(verdict, [a, b], [verdict]))).toMatchObject({ afterMs: 250 });
    expect(policy.next(failed({ ...verdict, retryAfterMs: 3_000 }, [a, b]))).toMatchObject({ afterMs: 3_000 });
  });

  it("is asked no more when the budget is spent", () => {
    const policy = policyWith({ floor: 1 });
    policy.next(failed({ kind: "overloaded" }));

    expect(policy.next(failed({ kind: "overloaded" }))).toEqual({ kind: "stop" });
  });
});

describe("what may have been billed", () => {
  const doubt: Verdict = { kind: "ambiguous" };

  it.each([
    [0, [], undefined],
    [1, [], [a.id]],
    [1, [doubt], undefined],
    [2, [doubt], [a.id]],
    [1, [{ kind: "overloaded" } as const], [a.id]],
  ])("is made again at most %d times, after %j", (ambiguousRetries, before, exclude) => {
    expect(excluded(policyWith({ ambiguousRetries }).next(failed(doubt, all, before)))).toEqual(exclude);
  });

  it.each([
    ["another account and Region", [a, aWest, b, bWest], [bWest]],
    ["another Region", [a, aWest, b], [aWest]],
    ["another account", [a, b], [b]],
    ["another profile", [a, aGlobal], [aGlobal]],
  ])("is made again in %s, where there is one", (_where, candidates, left) => {
    const avoid = avoided(policyWith().next(failed(doubt, candidates)));

    expect(candidates.filter(({ id }) => avoid?.includes(id) === false)).toEqual(left);
  });

  it("spends no budget where there is no other target", () => {
    const policy = policyWith({ floor: 1 });

    expect(policy.next(failed(doubt, [a]))).toEqual({ kind: "stop" });
    expect(policy.next(failed(doubt))).toMatchObject({ kind: "retry" });
  });

  it("is made again only within the budget, which calls refill", () => {
    const policy = policyWith({ floor: 0 });
    expect(policy.next(failed(doubt))).toEqual({ kind: "stop" });
    for (let call = 0; call < 5; call += 1) policy.begins();

    expect([policy.next(failed(doubt)).kind, policy.next(failed(doubt)).kind]).toEqual(["retry", "stop"]);
  });
});

describe("an attempt that hangs", () => {
  it("is broken off for one retry of the budget, which its failure does not take again", () => {
    const policy = policyWith({ floor: 1 });
    const hung = failed({ kind: "ambiguous" });

    expect([policy.breaksOff(hung), policy.breaksOff(hung)]).toEqual([true, false]);
    expect([policy.next(hung).kind, policy.next(hung).kind]).toEqual(["retry", "stop"]);
  });

  it("goes on where its call may not be made again", () => {
    const twice = failed({ kind: "ambiguous" }, all, [{ kind: "ambiguous" }]);

    expect(policyWith({ ambiguousRetries: 0 }).breaksOff(failed({ kind: "ambiguous" }))).toBe(false);
    expect(policyWith().breaksOff(twice)).toBe(false);
    expect(policyWith().breaksOff(failed({ kind: "ambiguous" }, [a]))).toBe(false);
  });
});
