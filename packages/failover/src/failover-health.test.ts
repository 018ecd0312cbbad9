import type { HealthChange, Target, Verdict } from "@shardrock/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FailoverHealth } from "./failover-health.ts";
import { targetAt } from "./target.test.kit.ts";

const accounts = ["a", "b"];
const regions = ["us-east-1", "us-west-2"];
const models = ["m", "n"];
const fleet = accounts.flatMap((account) =>
  regions.flatMap((region) => models.map((model) => targetAt(account, region, model))),
);
const [target] = fleet as [Target];
const dayQuota = { key: "day", unit: "tokens", windowMs: 86_400_000 } as const;

function world() {
  let nowMs = 0;
  let calls = 0;
  const changes: HealthChange[] = [];
  const health = new FailoverHealth({
    clock: {
      monotonicMs: () => nowMs,
      epochMs: () => 0,
      sleep: async () => undefined,
      timer: () => ({ [Symbol.dispose]() {} }),
    },
  });
  health.onChange((change) => changes.push(change));
  /** One attempt of a call of its own. */
  const call = (at: Target, verdict?: Verdict, operation = "Converse"): void => {
    calls += 1;
    health.starts({ callId: calls, attempt: 1, operation, target: at });
    health.observe({ callId: calls, attempt: 1, operation, target: at, verdict });
  };
  const out = (operation = "Converse"): readonly string[] =>
    fleet.filter((each) => health.blocked(each, operation, 0) !== undefined).map(({ id }) => id);
  return { health, call, out, changes, pass: (ms: number) => void (nowMs += ms), now: () => nowMs };
}

const idsWhere = (test: (each: Target) => boolean): readonly string[] => fleet.filter(test).map(({ id }) => id);

describe("what a failure takes out, and nothing more", () => {
  it.each<readonly [string, Verdict, (each: Target) => boolean]>([
    ["the account", { kind: "account-failed" }, ({ accountId }) => accountId === "a"],
    ["the account", { kind: "session-refused" }, ({ accountId }) => accountId === "a"],
    ["the target", { kind: "unreachable" }, ({ id }) => id === target.id],
    ["the target", { kind: "not-ready" }, ({ id }) => id === target.id],
    ["the target", { kind: "throttled", scope: "unknown", retryAfterMs: 500 }, ({ id }) => id === target.id],
    [
      "the account's Region",
      { kind: "throttled", scope: "tokens-per-day" },
      ({ accountId, region }) => accountId === "a" && region === "us-east-1",
    ],
    [
      "the model in the Region",
      { kind: "overloaded", retryAfterMs: 500 },
      ({ region, modelId }) => region === "us-east-1" && modelId === "m",
    ],
    ["nothing", { kind: "throttled", scope: "tokens-per-minute" }, () => false],
    ["nothing", { kind: "overloaded" }, () => false],
    ["nothing", { kind: "target-denied" }, () => false],
    ["nothing", { kind: "ambiguous" }, () => false],
    ["nothing", { kind: "invalid" }, () => false],
    ["nothing", { kind: "aborted" }, () => false],
  ])("is %s after %j", (_what, verdict, isOut) => {
    const { call, out } = world();

    call(target, verdict);

    expect(out()).toEqual(idsWhere(isOut));
  });

  it("is one operation of one target when two calls in a row are denied", () => {
    const { call, out } = world();

    call(target, { kind: "target-denied" });
    call(target, { kind: "target-denied" });

    expect([out("Converse"), out("CountTokens")]).toEqual([[target.id], []]);
  });

  it("is the model in the Region when capacity is short three times in a row, softly", () => {
    const { call, out, health } = world();
    for (const each of ["a", "b", "a"]) call(targetAt(each), { kind: "overloaded" });

    expect(out()).toEqual(idsWhere(({ region, modelId }) => region === "us-east-1" && modelId === "m"));
    expect(health.blocked(target)?.isSoft).toBe(true);
  });

  it("is nothing when a call was served between", () => {
    const { call, out } = world();
    for (const verdict of [
      { kind: "overloaded" },
      { kind: "overloaded" },
      undefined,
      { kind: "overloaded" },
    ] as const) {
      call(target, verdict);
    }

    expect(out()).toEqual([]);
  });

  it("is left to the book when a day's tokens are used up and the book has a page for them", () => {
    const { call, health } = world();
    const withDay = { ...target, quotas: [dayQuota] };

    call(withDay, { kind: "throttled", scope: "tokens-per-day" });

    expect(health.blocked(withDay)).toBeUndefined();
  });

  it("is never wider than what failed, whatever happens", () => {
    const verdicts = fc.constantFrom<Verdict | undefined>(
      undefined,
      { kind: "account-failed" },
      { kind: "target-denied" },
      { kind: "unreachable" },
      { kind: "overloaded" },
      { kind: "overloaded", retryAfterMs: 9_000 },
      { kind: "throttled", scope: "unknown", retryAfterMs: 100 },
      { kind: "ambiguous" },
    );
    const step = fc.record({ place: fc.nat(3), verdict: verdicts, waitMs: fc.nat(20_000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { call, out, pass } = world();
        // Only model m of account a fails, in either Region.
        const failing = fleet.filter(({ accountId, modelId }) => accountId === "a" && modelId === "m");
        for (const { place, verdict, waitMs } of steps) {
          call(failing[place % failing.length] ?? target, verdict);
          pass(waitMs);
        }
        const untouched = ({ accountId, modelId }: Target): boolean => accountId === "b" && modelId === "n";

        expect(out().filter((id) => idsWhere(untouched).includes(id))).toEqual([]);
      }),
    );
  });
});

describe("coming back", () => {
  it("is one call's try, then a share that grows, then all, and says each step with scope and reason", () => {
    const { health, call, changes, pass } = world();
    call(target, { kind: "account-failed" });
    pass(60_000);
    const probe = { callId: 900, attempt: 1, operation: "Converse", target };
    health.starts(probe);

    expect(health.blocked(fleet[2] as Target, "Converse", 901)?.reason).toMatch(/one call tries it/);
    health.observe({ ...probe, verdict: undefined });
    pass(30_000);
    expect(health.blocked(target, "Converse", 902)).toBeUndefined();
    expect(changes.map(({ state, scope, forMs }) => [state, scope, forMs])).toEqual([
      ["blocked", "account a", 60_000],
      ["probing", "account a", 120_000],
      ["recovering", "account a", 30_000],
    ]);
  });

  it("is said to be nowhere only while nothing is left alone anywhere", () => {
    const { health, call, pass } = world();
    expect(health.isClear).toBe(true);

    call(target, { kind: "unreachable" });
    expect(health.isClear).toBe(false);
    pass(1_000);

    expect(health.isClear).toBe(false); // one call tries it first
  });

  it("is proven by a stream's first content, not by its end", () => {
    const { health, call, changes, pass } = world();
    call(target, { kind: "unreachable" });
    pass(1_000);
    const probe = { callId: 900, attempt: 1, operation: "ConverseStream", target };
    health.starts(probe);
    health.answers(probe);

    expect(changes.at(-1)?.state).toBe("recovering");
  });

  it("is not proven by a call that ends otherwise than by the same fault: the next one tries", () => {
    const { call, changes, pass, out } = world();
    call(target, { kind: "unreachable" });
    pass(1_000);
    call(target, { kind: "aborted" });

    expect([changes.at(-1)?.state, out()]).toEqual(["unproved", []]);
  });

  it("takes twice as long when the try fails", () => {
    const { call, changes, pass } = world();
    call(target, { kind: "unreachable" });
    pass(1_000);
    call(target, { kind: "unreachable" });

    expect(changes.map(({ state, forMs }) => [state, forMs])).toEqual([
      ["blocked", 1_000],
      ["probing", 120_000],
      ["blocked", 2_000],
    ]);
  });

  it.each<readonly [string, Verdict, number, number]>([
    ["a target that failed often", { kind: "ambiguous" }, 5, 10_000],
    ["capacity that was short several times", { kind: "overloaded" }, 3, 2_000],
  ])("takes one try that fails, not several, for %s", (_, verdict, failures, outMs) => {
    const { health, call, changes, pass } = world();
    const underWay = { callId: 900, attempt: 1, operation: "Converse", target };
    health.starts(underWay);
    for (let failed = 0; failed < failures; failed += 1) call(target, verdict);
    health.observe({ ...underWay, verdict: undefined });
    pass(outMs);
    call(target, verdict);

    expect(changes.map(({ state, forMs }) => [state, forMs])).toEqual([
      ["blocked", outMs],
      ["probing", 120_000],
      ["blocked", 2 * outMs],
    ]);
  });

  it("is not undone by calls that hung since before", () => {
    const { health, call, out, pass } = world();
    const hung = { callId: 900, attempt: 1, operation: "Converse", target };
    health.starts(hung);
    call(target, { kind: "unreachable" });
    pass(1_000);
    call(target);
    pass(30_000);
    health.observe({ ...hung, verdict: { kind: "unreachable" } });

    expect(out()).toEqual([]);
  });

  it("always comes when the fault has gone, whatever happened", () => {
    const kinds = fc.constantFrom(
      "account-failed",
      "unreachable",
      "target-denied",
      "overloaded",
      "ambiguous",
      "aborted",
    );
    const step = fc.record({ kind: kinds, waitMs: fc.nat(100_000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { call, out, pass } = world();
        for (const { kind, waitMs } of steps) {
          call(target, { kind });
          pass(waitMs);
        }
        pass(900_000);
        expect(out()).toEqual([]);
        call(target);
        pass(30_000);

        expect(out()).toEqual([]);
      }),
    );
  });
});

describe("a Region that browns out", () => {
  /** One call that takes its time, of a call of its own. */
  const slowCall = (
    { health, pass }: ReturnType<typeof world>,
    callId: number,
    ms: number,
    verdict?: Verdict,
  ): void => {
    const attempt = { callId, attempt: 1, operation: "Converse", target };
    health.starts(attempt);
    pass(ms);
    health.observe({ ...attempt, verdict });
  };

  /** Ejected, and the time has come to try it. */
  function ejected() {
    const made = world();
    for (let callId = 1_000; callId < 1_020; callId += 1) slowCall(made, callId, 100);
    for (let n = 0; n < 20; n += 1) made.call(targetAt(n % 2 === 0 ? "a" : "b"), { kind: "ambiguous" });
    expect(made.out()).not.toEqual([]);
    made.pass(10_000);
    expect(made.out()).toEqual([]);
    made.changes.length = 0;
    return made;
  }

  it.each<readonly [string, number, Verdict | undefined]>([
    ["fails", 100, { kind: "ambiguous" }],
    ["is refused", 100, { kind: "overloaded" }],
    ["is served much later than is usual", 5_000, undefined],
    ["is outrun by a hedge", 2_000, { kind: "outrun" }],
  ])("stays ejected for twice as long when the one call that tries it %s", (_how, tookMs, verdict) => {
    const made = ejected();

    slowCall(made, 2_000, tookMs, verdict);

    expect(made.out()).not.toEqual([]);
    made.pass(19_999);
    expect(made.out()).not.toEqual([]);
    made.pass(1);
    expect(made.out()).toEqual([]);
    expect(made.changes.map(({ state }) => state)).not.toContain("recovering");
  });

  it("is tried by the next call at once when the one call that tries it told nothing", () => {
    const made = ejected();

    slowCall(made, 2_000, 100, { kind: "aborted" });

    expect(made.out()).toEqual([]);
    expect(new Set(made.changes.map(({ state }) => state))).toEqual(new Set(["probing", "unproved"]));
  });

  it("recovers when the one call that tries it is served in time, though not as fast as is usual", () => {
    const made = ejected();

    slowCall(made, 2_000, 900);

    expect(new Set(made.changes.map(({ state }) => state))).toEqual(new Set(["probing", "recovering"]));
  });

  it("is ejected for the model that fails there, in all accounts, softly", () => {
    const { call, out, health } = world();
    for (let n = 0; n < 20; n += 1) {
      call(targetAt(n % 2 === 0 ? "a" : "b"), n % 3 === 0 ? { kind: "ambiguous" } : undefined);
    }

    expect(out()).toEqual(idsWhere(({ region, modelId }) => region === "us-east-1" && modelId === "m"));
    expect(health.blocked(target)).toMatchObject({ isSoft: true, scope: "us-east-1/runtime/m" });
  });

  it("is not ejected for what one account does there: that account's target is", () => {
    const { call, out } = world();
    for (let n = 0; n < 20; n += 1) {
      call(target, { kind: "ambiguous" });
      call(targetAt("b"));
    }

    expect(out()).toEqual([target.id]);
  });
});
