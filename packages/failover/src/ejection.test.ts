import { seededRandom } from "@shardrock/core";
import { beforeEach, describe, expect, it } from "vitest";
import { Ejection } from "./ejection.ts";
import { Watched } from "./watched.ts";

let attempts = new Map<string, Watched>();
beforeEach(() => {
  attempts = new Map();
});

/** The attempt of a call, the same one each time. */
function at(call: number, scope = "east", part = "a"): Watched {
  const name = `${call} ${scope} ${part}`;
  const watched = attempts.get(name) ?? new Watched({ callId: call, attempt: 1 }, { scope, part, kind: "m" });
  attempts.set(name, watched);
  return watched;
}

/** Calls that answer after `tookMs`, one every 100 ms; returns the first reason to eject, and when. */
function play(ejection: Ejection, { calls = 100, scope = "east", tookMs = 500, failsEach = 0, fromMs = 0 } = {}) {
  for (let call = 1; call <= calls; call += 1) {
    const [beginMs, endMs] = [fromMs + call * 1_000, fromMs + call * 1_000 + tookMs];
    const silent = ejection.starts(at(call, scope), beginMs);
    const isFailing = failsEach > 0 && call % failsEach === 0;
    const reason = isFailing
      ? ejection.fails(at(call, scope), { kind: "ambiguous" }, endMs)
      : ejection.answers(at(call, scope), endMs);
    if (silent !== undefined || reason !== undefined) return { reason: silent ?? reason, afterMs: endMs - fromMs };
  }
  return undefined;
}

/** Calls whose answers take half a second to twenty, 4.8 in the mean, as chat in one piece does. */
function chat() {
  const ejection = new Ejection({ hasParts: false });
  const random = seededRandom(7);
  let [calls, nowMs] = [0, 0];
  let underWay: { readonly call: number; readonly endsAtMs: number }[] = [];
  /** @returns when the scope was first ejected. @param run - from `deadAtMs` on AWS takes calls and never answers. */
  const play = (run: { perS: number; forMs: number; deadAtMs?: number; alwaysMs?: number }): number | undefined => {
    const { perS, forMs, deadAtMs = Number.POSITIVE_INFINITY, alwaysMs } = run;
    for (const untilMs = nowMs + forMs; nowMs < untilMs; nowMs += (-Math.log(1 - random()) * 1_000) / perS) {
      const ended = underWay.filter(({ endsAtMs }) => endsAtMs <= nowMs).sort((a, b) => a.endsAtMs - b.endsAtMs);
      underWay = underWay.filter(({ endsAtMs }) => endsAtMs > nowMs);
      for (const { call, endsAtMs } of ended) ejection.answers(at(call), endsAtMs);
      calls += 1;
      if (ejection.starts(at(calls), nowMs) !== undefined) return nowMs;
      const tookMs = alwaysMs ?? Math.min(20_000, 500 - Math.log(1 - random()) * 4_300);
      if (nowMs < deadAtMs) underWay.push({ call: calls, endsAtMs: nowMs + tookMs });
    }
    return undefined;
  };
  return { play };
}

describe("ejection", () => {
  it("leaves alone what answers as usual, and what fails now and then", () => {
    expect(play(new Ejection({ hasParts: false }))).toBeUndefined();
    expect(play(new Ejection({ hasParts: false }), { failsEach: 10, calls: 1_000 })).toBeUndefined();
  });

  it("finds what fails often", () => {
    expect(play(new Ejection({ hasParts: false }), { failsEach: 1 })).toMatchObject({
      reason: "100 % of its calls failed",
    });
  });

  it("finds streams that break after their content, and counts each once", () => {
    const ejection = new Ejection({ hasParts: false });
    const reasons = Array.from({ length: 8 }, (_, call) => {
      ejection.starts(at(call), call * 100);
      ejection.streams(at(call), call * 100 + 10);
      return ejection.fails(at(call), { kind: "ambiguous" }, call * 100 + 50);
    });

    expect(reasons.filter((reason) => reason !== undefined)).toEqual(["100 % of its calls failed"]);
  });

  it("leaves alone streams that end well, or that their readers leave", () => {
    const ejection = new Ejection({ hasParts: false });
    const reasons = Array.from({ length: 40 }, (_, call) => {
      ejection.starts(at(call), call * 100);
      ejection.streams(at(call), call * 100 + 10);
      return call % 2 === 0
        ? ejection.answers(at(call), call * 100 + 50)
        : ejection.fails(at(call), { kind: "aborted" }, call * 100 + 50);
    });

    expect(reasons.every((reason) => reason === undefined)).toBe(true);
  });

  it("finds a brownout of three failures in ten within ten seconds", () => {
    const ejection = new Ejection({ hasParts: false });
    let foundMs: number | undefined;
    for (let call = 0; call < 1_000 && foundMs === undefined; call += 1) {
      ejection.starts(at(call), call * 20);
      const isFailing = call % 10 < 3;
      const reason = isFailing
        ? ejection.fails(at(call), { kind: "overloaded" }, call * 20)
        : ejection.answers(at(call), call * 20);
      if (reason !== undefined) foundMs = call * 20;
    }

    expect(foundMs).toBeLessThan(10_000);
  });

  it("finds answers that come ten times as late as elsewhere", () => {
    const ejection = new Ejection({ hasParts: false });
    play(ejection, { scope: "west", tookMs: 500, calls: 20 });

    expect(play(ejection, { scope: "east", tookMs: 5_000, fromMs: 20_000 })).toMatchObject({
      reason: "most of its answers came late",
    });
  });

  it.each([1_500, 3_000, 5_000])("finds within ten seconds that answers take %i ms instead of 200", (tookMs) => {
    const ejection = new Ejection({ hasParts: false });
    play(ejection, { tookMs: 200, calls: 20 });
    const lateAtMs = 30_000;
    let foundMs: number | undefined;
    for (let ms = 0; ms < 60_000 && foundMs === undefined; ms += 500) {
      const silent = ejection.starts(at(1_000 + ms), lateAtMs + ms);
      const late = ms < tookMs ? undefined : ejection.answers(at(1_000 + ms - tookMs), lateAtMs + ms);
      if ((silent ?? late) !== undefined) foundMs = ms;
    }

    expect(foundMs).toBeLessThan(10_000);
  });

  it("gets used to answers that are late everywhere", () => {
    const ejection = new Ejection({ hasParts: false });
    play(ejection, { tookMs: 500, calls: 20 });
    const reasons = Array.from({ length: 40 }, (_, run) =>
      play(ejection, { tookMs: 5_000, fromMs: 100_000 * (run + 1) }),
    );

    expect(reasons.at(-1)).toBeUndefined();
  });

  it("finds that nobody answers at all before any timer does, within ten seconds", () => {
    const ejection = new Ejection({ hasParts: false });
    play(ejection, { tookMs: 2_000, calls: 20 });
    let foundMs: number | undefined;
    for (let ms = 0; ms < 60_000 && foundMs === undefined; ms += 250) {
      if (ejection.starts(at(1_000 + ms), 30_000 + ms) !== undefined) foundMs = ms;
    }

    expect(foundMs).toBeLessThan(10_000);
  });

  it("finds it too while calls that were under way before are still answered, and answers usually take long", () => {
    const { play } = chat();
    const deadAtMs = 60_000;

    const foundMs = play({ perS: 4, forMs: 120_000, deadAtMs });

    expect(foundMs && foundMs - deadAtMs).toBeLessThan(10_000);
  });

  it("names whom nobody will answer, the attempt that found it too, and not who was there before the last answer", () => {
    const hung: number[] = [];
    const onSilence = (silent: readonly Watched[]) => hung.push(...silent.map(({ attempt }) => attempt.callId));
    const ejection = new Ejection({ hasParts: false, onSilence });
    play(ejection, { calls: 20 });
    ejection.starts(at(901), 30_000);
    ejection.starts(at(902), 30_100);
    ejection.answers(at(902), 30_600); // begun after 901, which may still end well
    const found = Array.from({ length: 40 }, (_, call) => call + 1_000).find(
      (call) => ejection.starts(at(call), 30_000 + (call - 999) * 1_000) !== undefined,
    );

    expect(found).toBeDefined();
    expect(hung).toEqual(Array.from({ length: (found ?? 0) - 999 }, (_, call) => call + 1_000));
  });

  it.each([0.2, 1, 5, 50])(
    "does not take chance for silence: %s calls a second whose answers differ widely",
    (perS) => {
      expect(chat().play({ perS, forMs: 4_000_000 / Math.max(1, perS) })).toBeUndefined();
    },
  );

  it("does not take for silence that every answer takes a third longer from now on", () => {
    const { play } = chat();
    play({ perS: 10, forMs: 60_000, alwaysMs: 4_000 });

    expect(play({ perS: 10, forMs: 60_000, alwaysMs: 5_300 })).toBeUndefined();
  });

  it("does not take for silence that a few calls wait while others are answered", () => {
    const ejection = new Ejection({ hasParts: false });
    play(ejection, { tookMs: 500, calls: 20 });
    for (const callId of [901, 902, 903, 904]) ejection.starts(at(callId), 30_000);

    expect(play(ejection, { tookMs: 500, calls: 60, fromMs: 30_000 })).toBeUndefined();
  });

  it("knows nothing of lateness before it knows what is usual", () => {
    const ejection = new Ejection({ hasParts: false });
    for (let callId = 0; callId < 9; callId += 1) expect(ejection.starts(at(callId), callId * 10_000)).toBeUndefined();
  });

  it("judges what comes after an ejection by itself, not by calls from before", () => {
    const ejection = new Ejection({ hasParts: false });
    for (let callId = 0; callId < 20; callId += 1) ejection.starts(at(callId), 0);
    const fail = (callId: number) => ejection.fails(at(callId), { kind: "ambiguous" }, 100);
    const reasons = Array.from({ length: 20 }, (_, callId) => fail(callId));

    expect(reasons.filter((reason) => reason !== undefined)).toHaveLength(1);
  });

  it.each(["throttled", "invalid", "target-denied", "account-failed", "aborted"] as const)(
    "blames no Region for what is %s",
    (kind) => {
      const ejection = new Ejection({ hasParts: false });
      const verdict = kind === "throttled" ? ({ kind, scope: "unknown" } as const) : { kind };
      for (let callId = 0; callId < 100; callId += 1) {
        ejection.starts(at(callId), callId);
        expect(ejection.fails(at(callId), verdict, callId)).toBeUndefined();
      }
    },
  );
});

describe("ejection of a scope that has parts", () => {
  const failing = (parts: readonly string[], share: number) => {
    const ejection = new Ejection({ hasParts: true });
    const reasons = Array.from({ length: 100 }, (_, callId) => {
      const watched = at(callId, "east", parts[callId % parts.length]);
      ejection.starts(watched, callId);
      return callId % parts.length < share
        ? ejection.fails(watched, { kind: "ambiguous" }, callId)
        : ejection.answers(watched, callId);
    });
    return reasons.some((reason) => reason !== undefined);
  };

  it("needs more than one part that fails", () => {
    expect([failing(["a", "b", "c"], 1), failing(["a", "b", "c"], 2), failing(["a"], 1)]).toEqual([false, true, false]);
  });

  it("needs more than one part that is silent", () => {
    const silentIn = (parts: readonly string[]): boolean => {
      const ejection = new Ejection({ hasParts: true });
      play(ejection, { calls: 20 });
      const reasons = Array.from({ length: 100 }, (_, call) =>
        ejection.starts(at(1_000 + call, "east", parts[call % parts.length]), 30_000 + call * 100),
      );
      return reasons.some((reason) => reason !== undefined);
    };

    expect([silentIn(["a"]), silentIn(["a", "b"])]).toEqual([false, true]);
  });
});
