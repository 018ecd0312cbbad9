import { describe, expect, it } from "vitest";
import { VirtualClock } from "./virtual-clock.ts";

describe("virtual time", () => {
  it("rings alarms in order of time, then of setting, and lets promises move in between", async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    clock.timer(20, () => seen.push(`late ${clock.monotonicMs()}`));
    clock.timer(10, () => void Promise.resolve().then(() => seen.push("after first")));
    clock.timer(10, () => seen.push(`second ${clock.monotonicMs()}`));

    await clock.advance(20);

    expect(seen).toEqual(["after first", "second 10", "late 20"]);
  });

  it.each([
    [
      "promises",
      async (move: () => void) => {
        for (let turn = 0; turn < 1_000; turn += 1) await Promise.resolve();
        move();
      },
    ],
    [
      "a promise behind a tick",
      async (move: () => void) => {
        await new Promise<void>((resolve) => process.nextTick(resolve));
        for (let turn = 0; turn < 1_000; turn += 1) await Promise.resolve();
        move();
      },
    ],
  ])(
    "lets a long chain of %s move before the next alarm, also when the event loop seldom turns",
    async (_what, chain) => {
      const clock = new VirtualClock({ alarmsPerTurn: 1_000_000 });
      const seen: string[] = [];
      clock.timer(10, () => void chain(() => seen.push(`moved at ${clock.monotonicMs()}`)));
      clock.timer(11, () => seen.push("next alarm"));

      await clock.advance(20);

      expect(seen).toEqual(["moved at 10", "next alarm"]);
    },
  );

  it("does not pass what it was told to let pass", async () => {
    const clock = new VirtualClock();
    let rang = false;
    clock.timer(11, () => (rang = true));

    await clock.advance(10);

    expect([rang, clock.monotonicMs()]).toEqual([false, 10]);
    expect(clock.epochMs()).toBe(Date.UTC(2026, 0, 1) + 10);
  });

  it("forgets a disposed timer", async () => {
    const clock = new VirtualClock();
    let rang = false;
    clock.timer(1, () => (rang = true))[Symbol.dispose]();

    await clock.advance(1);

    expect(rang).toBe(false);
  });

  it("ends a sleep when its signal aborts", async () => {
    const clock = new VirtualClock();
    const caller = new AbortController();
    const sleeping = clock.sleep(1_000, caller.signal);

    caller.abort(new Error("enough"));

    await expect(sleeping).rejects.toThrow("enough");
    await expect(clock.sleep(1_000, caller.signal)).rejects.toThrow("enough");
  });

  it("rings late what came due while the process stood still, and never runs back", async () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    clock.timer(10, () => clock.stall(1_000));
    clock.timer(20, () => seen.push(clock.monotonicMs()));

    await clock.advance(100);

    expect(seen).toEqual([1_010]);
    expect(clock.monotonicMs()).toBe(1_010);
  });

  it("lets the time of day jump, and nothing else", () => {
    const clock = new VirtualClock();
    const before = clock.epochMs();

    clock.shiftEpoch(-3_600_000);

    expect(clock.epochMs() - before).toBe(-3_600_000);
    expect(clock.monotonicMs()).toBe(0);
  });

  it("draws the order of what rings at one instant, when it is told by what", async () => {
    const draws = [0.9, 0.1, 0.5];
    const clock = new VirtualClock({ tieBreak: () => draws.shift() ?? 0 });
    const seen: string[] = [];
    for (const name of ["first", "second", "third"]) clock.timer(10, () => seen.push(name));

    await clock.advance(10);

    expect(seen).toEqual(["second", "third", "first"]);
  });
});

describe("steps that somebody else takes", () => {
  it("ring one alarm each, and say when the next one rings", () => {
    const clock = new VirtualClock();
    const rung: number[] = [];
    for (const ms of [30, 10, 20]) clock.timer(ms, () => rung.push(clock.monotonicMs()));
    clock.timer(5, () => rung.push(5))[Symbol.dispose]();

    expect(clock.nextAlarmMs).toBe(10);
    clock.step(25);
    expect([rung, clock.monotonicMs(), clock.nextAlarmMs]).toEqual([[10], 10, 20]);
    clock.step(25);
    clock.step(25);

    expect([rung, clock.monotonicMs(), clock.nextAlarmMs]).toEqual([[10, 20], 25, 30]);
  });

  it("never go back, and end where no alarm is set", () => {
    const clock = new VirtualClock();
    clock.step(50);
    clock.step(10);

    expect([clock.monotonicMs(), clock.nextAlarmMs]).toEqual([50, Number.POSITIVE_INFINITY]);
  });
});
