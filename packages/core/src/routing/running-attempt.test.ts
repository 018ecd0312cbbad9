import { describe, expect, it } from "vitest";
import type { Cost } from "../budget/quota.ts";
import type { Target } from "../budget/target.ts";
import { NotSentError } from "../errors.ts";
import { neverAborts } from "./call.ts";
import { type Ending, RunningAttempt } from "./running-attempt.ts";
import type { Verdict } from "./verdict.ts";

const target: Target = {
  id: "a/us-east-1",
  accountId: "a",
  region: "us-east-1",
  endpoint: "runtime",
  modelId: "m",
  destinationRegions: ["us-east-1"],
  weight: 1,
  quotas: [],
};

/** An attempt whose transport throws what it means, and what its reservation and everybody else is told. */
function begin(isHedge = false) {
  const booked: unknown[] = [];
  const endings: Ending[] = [];
  let commits = 0;
  const attempt = new RunningAttempt({
    start: {
      callId: 7,
      attempt: 2,
      waitedMs: 30,
      target,
      reserved: { tokens: 100 },
      sinceMs: 0,
      isAffine: false,
      isHedge,
      decision: undefined,
    },
    reservation: {
      kind: "reserved",
      target,
      settle: (actual) => booked.push(["settle", actual]),
      release: () => booked.push("release"),
      keep: (reason) => booked.push(["keep", reason]),
      throttled: (evidence) => booked.push(["throttled", evidence]),
    },
    signal: neverAborts,
    classify: (error) => {
      if (error instanceof Error) throw error;
      return error as Verdict;
    },
    onCommit: () => (commits += 1),
    onEnd: (_attempt, ending) => endings.push(ending),
  });
  return { attempt, booked, endings, commits: () => commits };
}

const scope = "tokens-per-minute";

/** What the events say of a reservation that was ended so. */
function toldOf(booked: unknown): string {
  if (booked === "release") return "released";
  return Array.isArray(booked) && booked[0] === "keep" ? "kept" : "throttled";
}

describe("the reservation of an attempt", () => {
  it.each<readonly [string, unknown, Verdict]>([
    ["is told of a throttle", ["throttled", { scope }], { kind: "throttled", scope }],
    ["comes back", "release", { kind: "account-failed" }],
    ["comes back", "release", { kind: "session-refused" }],
    ["comes back", "release", { kind: "target-denied" }],
    ["comes back", "release", { kind: "unreachable" }],
    ["comes back", "release", { kind: "not-ready" }],
    ["comes back", "release", { kind: "invalid" }],
    ["stays spent", ["keep", "overloaded"], { kind: "overloaded" }],
    ["stays spent", ["keep", "ambiguous"], { kind: "ambiguous" }],
    ["stays spent", ["keep", "aborted"], { kind: "aborted" }],
    ["stays spent", ["keep", "outrun"], { kind: "outrun" }],
  ])("%s by %j after %j, and all of it comes back when nothing was sent", (_what, expected, verdict) => {
    const [sent, notSent] = [begin(), begin()];

    expect(sent.attempt.fail(verdict)).toEqual(verdict);
    expect(notSent.attempt.fail(new NotSentError(verdict))).toEqual(verdict);

    expect(sent.booked).toEqual([expected]);
    expect(sent.endings).toMatchObject([{ booking: toldOf(expected), verdict, error: verdict }]);
    expect(notSent.booked).toEqual(["release"]);
    expect(notSent.endings).toMatchObject([{ booking: "released", verdict, error: verdict }]);
  });

  it.each<readonly [string, unknown, Verdict]>([
    ["stays spent", ["keep", "invalid"], { kind: "invalid" }],
    ["stays spent", ["keep", "unreachable"], { kind: "unreachable" }],
    ["is told of a throttle", ["throttled", { scope }], { kind: "throttled", scope }],
  ])("%s once content was handed out: by %j after %j", (_what, expected, verdict) => {
    const { attempt, booked, endings } = begin();

    attempt.commit();
    attempt.fail(verdict);

    expect(booked).toEqual([expected]);
    expect(endings).toMatchObject([{ booking: toldOf(expected), verdict }]);
  });

  it.each<readonly [Cost | undefined, unknown, string]>([
    [{ tokens: 40 }, ["settle", { tokens: 40 }], "settled"],
    [undefined, ["keep", "usage unknown"], "kept"],
  ])("is settled for what AWS charged, and stays spent when that is unknown: %j", (actual, expected, booking) => {
    const { attempt, booked, endings } = begin();

    attempt.settle(actual);

    expect(booked).toEqual([expected]);
    expect(endings).toMatchObject([{ booking, verdict: undefined, error: undefined, actual }]);
  });

  it("ends once, by what came first", () => {
    const { attempt, booked, endings } = begin();
    expect(attempt.ending).toBeUndefined();

    attempt.settle({ tokens: 40 });
    attempt.fail({ kind: "invalid" });
    attempt.settle({ tokens: 50 });
    attempt.lose();

    expect(booked).toEqual([["settle", { tokens: 40 }]]);
    expect(endings).toEqual([attempt.ending]);
  });

  it("stays spent after an error that nobody can read", () => {
    const { attempt, booked } = begin();

    expect(attempt.fail(new Error("even its getters throw"))).toEqual({ kind: "ambiguous" });
    expect(booked).toEqual([["keep", "ambiguous"]]);
  });
});

describe("content of an attempt", () => {
  it("is handed out once, and not after its end", () => {
    const [going, over] = [begin(), begin()];
    expect(going.attempt.isCommitted).toBe(false);

    going.attempt.commit();
    going.attempt.commit();
    over.attempt.fail({ kind: "ambiguous" });
    over.attempt.commit();

    expect([going.commits(), over.commits()]).toEqual([1, 0]);
    expect([going.attempt.isCommitted, over.attempt.isCommitted]).toEqual([true, false]);
  });
});

describe("what is known of an attempt", () => {
  it("is its call, its number and how long it waited, and the latest of each fact", () => {
    const { attempt, endings } = begin();

    attempt.note({ requestId: "one", httpStatus: 200 });
    attempt.note({ requestId: "two" });
    attempt.settle(undefined);

    expect(attempt).toMatchObject({ callId: 7, attempt: 2, waitedMs: 30, signal: neverAborts });
    expect(endings).toMatchObject([{ facts: { requestId: "two", httpStatus: 200 } }]);
  });

  it.each<readonly [Verdict, number | undefined, Verdict]>([
    [{ kind: "throttled", scope }, 500, { kind: "throttled", scope, retryAfterMs: 500 }],
    [{ kind: "overloaded", isRefusal: true }, 500, { kind: "overloaded", isRefusal: true, retryAfterMs: 500 }],
    [{ kind: "overloaded" }, undefined, { kind: "overloaded" }],
    [{ kind: "ambiguous" }, 500, { kind: "ambiguous" }],
  ])("is how long AWS asked to wait, where a wait helps: %j with %j ms", (verdict, retryAfterMs, expected) => {
    const { attempt } = begin();
    if (retryAfterMs !== undefined) attempt.note({ retryAfterMs });

    expect(attempt.fail(verdict)).toStrictEqual(expected);
  });
});

describe("an attempt that another one of its call outran", () => {
  it.each([
    [false, "outrun"],
    [true, "aborted"],
  ])("is broken off with its booking kept; that it was slow is said of the first only (hedge: %s)", (isHedge, kind) => {
    const { attempt, booked, endings } = begin(isHedge);
    const reasons: Error[] = [];
    attempt.onStop((reason) => reasons.push(reason));

    attempt.lose();

    expect(booked).toEqual([["keep", kind]]);
    expect(endings).toMatchObject([{ booking: "kept", verdict: { kind }, error: undefined }]);
    expect(reasons).toMatchObject([{ code: "timeout", message: "another attempt of the call answered first" }]);
  });

  it("ends all the same when its transport cannot be broken off", () => {
    const { attempt, booked } = begin();

    attempt.lose();

    expect(booked).toEqual([["keep", "outrun"]]);
  });
});
