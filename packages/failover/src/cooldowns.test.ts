import type { HealthChange, Verdict } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import type { Failure } from "./cooldown.ts";
import { Cooldowns, keyOf } from "./cooldowns.ts";

const key = keyOf("unreachable", "s");
const failed: Verdict = { kind: "unreachable" };

/** Seconds are enough here. */
function world() {
  const told: HealthChange[] = [];
  const cooldowns = new Cooldowns((change) => told.push(change));
  const cool = (nowMs: number, change: Partial<Failure> = {}): void =>
    cooldowns.cool(
      {
        kind: "unreachable",
        scope: "s",
        reason: "it could not be reached",
        isSoft: false,
        backoff: { firstMs: 1_000, longestMs: 60_000 },
        startedMs: nowMs,
        ...change,
      },
      nowMs,
    );
  const proves = (callId: number, verdict: Verdict | undefined, nowMs: number) =>
    cooldowns.proves([key], { callId }, { verdict, nowMs });
  const isOut = (nowMs: number, callId?: number): boolean => cooldowns.blockOf([key], callId, nowMs) !== undefined;
  const states = (): readonly (readonly [string, number])[] => told.map(({ state, forMs }) => [state, forMs]);
  return { cooldowns, told, cool, proves, isOut, states };
}

describe("what is told of scopes that failed", () => {
  it("is each outage once, however many calls fall into it", () => {
    const { cool, states, told } = world();

    cool(0);
    cool(10);
    cool(20, { retryAfterMs: 9_000 });

    expect(states()).toEqual([["blocked", 1_000]]);
    expect(told[0]).toMatchObject({ scope: "s", reason: "it could not be reached", isSoft: false });
  });

  it("is the next outage too, after the last one has fully passed", () => {
    const { cooldowns, cool, proves, states } = world();
    cool(0);
    cooldowns.starts([key], 1, 1_000);
    proves(1, undefined, 1_000);

    cool(50_000);

    expect(states().at(-1)).toEqual(["blocked", 1_000]);
    expect(states()).toHaveLength(4);
  });

  it("is nothing more of a call that hung since before the recovery", () => {
    const { cooldowns, cool, proves, states, isOut } = world();
    cool(0);
    cooldowns.starts([key], 1, 1_000);
    proves(1, undefined, 2_000);

    cool(60_000, { startedMs: 500 });

    expect(states().map(([state]) => state)).toEqual(["blocked", "probing", "recovering"]);
    expect(isOut(60_000)).toBe(false);
  });
});

describe("who may use scopes that failed", () => {
  it.each([
    [["ejection s", "account s"], "account s"],
    [["account s", "ejection s"], "account s"],
    [["ejection s"], "ejection s"],
    [["ejection s", "capacity s"], "ejection s"],
    [[], undefined],
  ])("is told by a hard block before a soft one: of %j by %j", (keys, expected) => {
    const { cooldowns, cool } = world();
    cool(0, { kind: "ejection", reason: "ejection s", isSoft: true });
    cool(0, { kind: "capacity", reason: "capacity s", isSoft: true });
    cool(0, { kind: "account", reason: "account s" });

    expect(cooldowns.blockOf(keys, 1, 500)?.reason).toBe(expected);
  });

  it("is only the call that tries it, and no other takes its place while it lasts", () => {
    const { cooldowns, cool, proves, isOut, states } = world();
    cool(0);
    cooldowns.starts([key], 1, 1_000);
    cooldowns.starts([key], 2, 1_500);

    proves(2, undefined, 2_000);

    expect([isOut(2_000, 1), isOut(2_000, 3)]).toEqual([false, true]);
    expect(states().map(([state]) => state)).toEqual(["blocked", "probing"]);
  });

  it("is nobody while it is out: a call that goes there all the same tries nothing", () => {
    const { cooldowns, cool, states } = world();
    cool(0);

    cooldowns.starts([key], 1, 999);

    expect(states()).toEqual([["blocked", 1_000]]);
  });

  it("is nobody for twice as long when the call that tried it failed after a while", () => {
    const { cooldowns, cool, proves, isOut } = world();
    cool(0);
    cooldowns.starts([key], 1, 1_000);
    proves(1, failed, 5_000);
    cool(5_000, { startedMs: 1_000 });

    expect([isOut(6_999, 2), isOut(7_000, 2)]).toEqual([true, false]);
  });

  it.each(["ejection", "region-ejection", "capacity"] as const)(
    "says enough alone of what it took many to find: %s",
    (kind) => {
      const { cooldowns, cool, isOut, states } = world();
      const ofKind = keyOf(kind, "s");
      cool(0, { kind });
      cooldowns.starts([ofKind], 1, 1_000);

      cooldowns.proves([ofKind], { callId: 1 }, { verdict: { kind: "overloaded" }, nowMs: 1_500 });

      expect(states()).toEqual([
        ["blocked", 1_000],
        ["probing", 120_000],
        ["blocked", 2_000],
      ]);
      expect(isOut(1_500)).toBe(false); // only its own kind is out
    },
  );

  it("is the next call, when the one that tried it told nothing", () => {
    const { cooldowns, cool, proves, isOut, states } = world();
    cool(0);
    cooldowns.starts([key], 1, 1_000);
    proves(1, { kind: "aborted" }, 1_500);

    expect(isOut(1_500, 2)).toBe(false);
    cooldowns.starts([key], 2, 1_500);
    proves(2, undefined, 1_600);
    expect(states().map(([state]) => state)).toEqual(["blocked", "probing", "unproved", "probing", "recovering"]);
  });
});

describe("the memory of scopes that failed", () => {
  it("is empty at first, and again when a call starts after no older one can hang any more", () => {
    const { cooldowns, cool, proves } = world();
    expect(cooldowns.isEmpty).toBe(true);
    cool(0);
    cooldowns.starts([key], 1, 1_000);
    proves(1, undefined, 1_000);

    cooldowns.starts([key], 2, 900_999);
    expect(cooldowns.isEmpty).toBe(false);
    cooldowns.starts([key], 3, 901_000);
    expect(cooldowns.isEmpty).toBe(true);
  });

  it("keeps a scope that nobody has tried, however long ago it failed", () => {
    const { cooldowns, cool } = world();
    cool(0);

    cooldowns.starts([key], 1, 10_000_000);

    expect(cooldowns.isEmpty).toBe(false);
  });
});
