import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  awaitsProbe,
  blockOf,
  cooled,
  type Cooldown,
  type Failure,
  isForgotten,
  isOver,
  probed,
  probeMs,
  recovered,
  unproved,
} from "./cooldown.ts";

const backoff = { firstMs: 1_000, longestMs: 60_000 };
const failure = (startedMs: number, change: Partial<Failure> = {}): Failure => ({
  kind: "unreachable",
  scope: "s",
  reason: "r",
  isSoft: false,
  backoff,
  startedMs,
  ...change,
});

describe("a cooldown", () => {
  it("doubles with each failure in a row, up to the longest", () => {
    let cooldown: Cooldown | undefined;
    let nowMs = 0;
    const waits = Array.from({ length: 8 }, () => {
      cooldown = cooled(cooldown, failure(nowMs), nowMs);
      const waitMs = cooldown.untilMs - nowMs;
      nowMs = cooldown.untilMs;
      return waitMs;
    });

    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it("is as long as AWS asked, when that is longer", () => {
    expect(cooled(undefined, failure(0, { retryAfterMs: 7_000 }), 0).untilMs).toBe(7_000);
    expect(cooled(undefined, failure(0, { retryAfterMs: 7 }), 0).untilMs).toBe(1_000);
  });

  it("learns nothing new from calls that were under way, but a longer wait that AWS asked for", () => {
    const first = cooled(undefined, failure(0), 10);

    expect(cooled(first, failure(5), 500)).toBe(first);
    expect(cooled(first, failure(5), 5_000)).toBe(first);
    expect(cooled(first, failure(5, { retryAfterMs: 9_000 }), 500).untilMs).toBe(9_500);
    expect(cooled(recovered(first, 2_000), failure(5), 2_001).recovery).toBeDefined();
  });

  it("lets one call try, and blocks the others while it does", () => {
    const out = cooled(undefined, failure(0), 0);
    const trying = probed(out, 7, 1_000);

    expect([awaitsProbe(out, 999), awaitsProbe(out, 1_000), awaitsProbe(trying, 1_001)]).toEqual([false, true, false]);
    expect(blockOf(trying, 7, 1_001)).toBeUndefined();
    expect(blockOf(trying, 8, 1_001)).toMatchObject({ untilMs: 2_001, reason: "r; one call tries it" });
    expect(blockOf(unproved(trying), 8, 1_001)).toBeUndefined();
  });

  it("lets another call try when the first is never heard of again", () => {
    expect(awaitsProbe(probed(cooled(undefined, failure(0), 0), 7, 1_000), 1_000 + probeMs)).toBe(true);
  });

  it("begins slowly: the share of calls grows from a tenth to all, as long as it was out and 30 s at most", () => {
    const back = recovered({ ...cooled(undefined, failure(0), 0), sinceMs: 0 }, 60_000);
    const shareAt = (nowMs: number): number => {
      const calls = Array.from({ length: 10_000 }, (_, callId) => blockOf(back, callId, nowMs));
      return calls.filter((block) => block === undefined).length / calls.length;
    };

    expect([0, 15_000, 29_000, 30_000].map((ms) => Math.round(shareAt(60_000 + ms) * 100))).toEqual([10, 55, 97, 100]);
    expect([isOver(back, 89_999), isOver(back, 90_000)]).toEqual([false, true]);
  });

  it("starts slowly for as long as it was out, when that was short", () => {
    const out = cooled(undefined, failure(100_000), 100_000);
    const back = recovered(probed(out, 7, 101_000), 105_000);

    expect([isOver(back, 109_999), isOver(back, 110_000)]).toEqual([false, true]);
  });

  it("says to those that wait for their share when it is their turn, and that it is only likely to fail", () => {
    const back = recovered(cooled(undefined, failure(0), 0), 10_000);
    const blocks = Array.from({ length: 20 }, (_, callId) => blockOf(back, callId, 10_000));
    const turns = blocks.filter((block) => block !== undefined);

    expect(turns.length).toBeGreaterThan(10);
    for (const turn of turns) expect(turn).toMatchObject({ scope: "s", reason: "r; it recovers", isSoft: true });
    expect(Math.max(...turns.map(({ untilMs }) => untilMs))).toBeLessThanOrEqual(20_000);
    expect(blockOf(back, undefined, 10_000), "nobody has asked yet").toBeUndefined();
    expect(awaitsProbe(back, 10_000)).toBe(false);
  });

  it("spreads a recovery evenly over calls that follow each other, not only over many", () => {
    const back = recovered(cooled(undefined, failure(0), 0), 10_000);
    for (let first = 1; first < 200; first += 1) {
      const calls = Array.from({ length: 13 }, (_, at) => blockOf(back, first + at, 14_500));
      const { length } = calls.filter((block) => block === undefined);

      expect(length, `from call ${first} on`).toBeGreaterThanOrEqual(6);
      expect(length, `from call ${first} on`).toBeLessThanOrEqual(8);
    }
  });

  it("is a first one again after the last has passed, however many failed in a row then", () => {
    const second = cooled(cooled(undefined, failure(0), 0), failure(1_000), 1_000);
    const passed = recovered(probed(second, 7, 3_000), 3_000);

    expect(cooled(passed, failure(6_000), 6_000)).toMatchObject({ failures: 1, sinceMs: 6_000, untilMs: 7_000 });
    expect(cooled(passed, failure(5_999), 5_999)).toMatchObject({ failures: 3, sinceMs: 0, untilMs: 9_999 });
  });

  it("lets the next call try in the very moment when the first counts as lost", () => {
    const trying = probed(cooled(undefined, failure(0), 0), 7, 1_000);

    expect(blockOf(trying, 8, 1_000 + probeMs - 1)).toMatchObject({ untilMs: 1_000 + probeMs });
    expect(blockOf(trying, 8, 1_000 + probeMs)).toBeUndefined();
  });

  it("is remembered until no call from before it can end any more", () => {
    const out = cooled(undefined, failure(0), 0);
    const back = recovered(out, 10_000);
    const pause = cooled(undefined, failure(0, { kind: "pause", retryAfterMs: 2_000 }), 0);

    expect([out, back, pause].map((cooldown) => isForgotten(cooldown, 100_000_000))).toEqual([false, true, true]);
    expect([isForgotten(back, 909_999), isForgotten(back, 910_000)]).toEqual([false, true]);
    expect([isForgotten(pause, 901_999), isForgotten(pause, 902_000)]).toEqual([false, true]);
  });

  it("takes a wait that AWS asks for from a call that began before the last one was over", () => {
    const pause = (startedMs: number): Failure => failure(startedMs, { kind: "pause", retryAfterMs: 2_000 });
    const first = cooled(undefined, pause(0), 0);

    expect(cooled(first, pause(100), 5_000).untilMs).toBe(7_000);
  });

  it("pauses without a probe and without a slow start when AWS only asked to wait", () => {
    const pause = cooled(
      undefined,
      failure(0, { kind: "pause", backoff: { firstMs: 0, longestMs: 0 }, retryAfterMs: 50 }),
      0,
    );

    expect([blockOf(pause, 1, 49)?.untilMs, blockOf(pause, 1, 50), awaitsProbe(pause, 50), isOver(pause, 50)]).toEqual([
      50,
      undefined,
      false,
      true,
    ]);
  });
});

const step = fc.record({
  what: fc.constantFrom("fail", "probe", "serve", "nothing"),
  waitMs: fc.integer({ min: 0, max: 100_000 }),
  ageMs: fc.integer({ min: 0, max: 200_000 }),
});

it("always ends, and never has two probes, whatever happens to it", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let [nowMs, probes] = [0, 0];
      let cooldown = cooled(undefined, failure(0), 0);
      for (const { what, waitMs, ageMs } of steps) {
        nowMs += waitMs;
        const isProbing = cooldown.probe !== undefined && cooldown.probe.untilMs > nowMs;
        if (what === "fail") cooldown = cooled(cooldown, failure(nowMs - ageMs), nowMs);
        if (what === "probe" && awaitsProbe(cooldown, nowMs)) {
          expect(isProbing).toBe(false);
          probes += 1;
          cooldown = probed(cooldown, probes, nowMs);
        }
        if (what === "serve" && cooldown.probe !== undefined) cooldown = recovered(cooldown, nowMs);
        if (what === "nothing" && cooldown.probe !== undefined) cooldown = unproved(cooldown);

        expect(cooldown.untilMs - nowMs).toBeLessThanOrEqual(backoff.longestMs);
      }
      nowMs += backoff.longestMs + probeMs;

      expect(blockOf(cooldown, -1, nowMs)).toBeUndefined();
    }),
  );
});
