import { expect } from "vitest";
import { timeouts } from "./faulty-aws.ts";
import { attemptsAt, type FaultPromise, failures, scene, sickAccount, sickRegion } from "./promise.ts";

const twoRegions = [sickRegion, "us-west-2"];
const fourRegions = [...twoRegions, "us-east-2", "eu-west-1"];

/** Core alone does not keep these: it moves on only what AWS surely did not process, and leaves nothing alone for being slow. */
export const promisesOfFailover: readonly FaultPromise[] = [
  {
    row: 10,
    says: "a Region answers 503: no call fails while another has room, and from ten seconds on less than a twentieth goes there",
    plan: scene({ regions: twoRegions, episodes: [{ kind: "overloaded", region: sickRegion }] }),
    holds(trace) {
      expect(failures(trace)).toEqual([]);
      const later = { fromMs: 40_000, untilMs: 90_000 };
      const share = attemptsAt(trace, { ...later, region: sickRegion }).length / attemptsAt(trace, later).length;
      expect(share).toBeLessThan(0.05);
    },
  },
  {
    row: 10,
    says: "a Region browns out: from ten seconds after it can be known on, less than a twentieth goes there",
    plan: scene({
      regions: twoRegions,
      calls: 600,
      episodes: [{ kind: "brownout", region: sickRegion }],
    }),
    holds(trace) {
      const later = { fromMs: 55_000, untilMs: 90_000 };
      const share = attemptsAt(trace, { ...later, region: sickRegion }).length / attemptsAt(trace, later).length;
      expect(share).toBeLessThan(0.05);
    },
  },
  ...[true, false].map((isStream): FaultPromise => ({
    row: 12,
    says: `an account answers nothing any more (${isStream ? "streams" : "answers in one piece"}): no call fails, none waits for its timer, and ten seconds later it is left alone`,
    plan: scene({ calls: 480, call: { isStream }, episodes: [{ kind: "black-hole", accountId: sickAccount }] }),
    holds(trace) {
      expect(failures(trace)).toEqual([]);
      const longestMs = Math.max(...trace.calls.map(({ end, atMs }) => (end?.atMs ?? Number.POSITIVE_INFINITY) - atMs));
      expect(longestMs).toBeLessThan(timeouts.firstEventMs);
      const later = { fromMs: 40_000, untilMs: 90_000 };
      expect(attemptsAt(trace, { ...later, accountId: sickAccount }).length).toBeLessThan(5);
    },
  })),
  {
    row: 16,
    says: "connections to one account are lost: each call is tried once more, and none fails",
    plan: scene({ episodes: [{ kind: "reset", accountId: sickAccount }] }),
    holds(trace) {
      expect(failures(trace)).toEqual([]);
      const most = Math.max(...trace.calls.map(({ attempts }) => attempts.length));
      expect(most).toBe(2);
    },
  },
];

/** Core keeps these by doing nothing, so only failover has to show them. */
export const boundsOfFailover: readonly FaultPromise[] = [
  {
    row: 11,
    says: "everything answers 500: calls still go out, and at most a fifth more than there are, and a floor",
    plan: scene({ episodes: [{ kind: "failed-after" }], calls: 400 }),
    holds(trace) {
      const sick = trace.calls.filter(({ atMs }) => atMs >= 30_000 && atMs < 90_000);
      const attempts = sick.reduce((sum, call) => sum + call.attempts.length, 0);
      expect(attempts).toBeGreaterThan(sick.length * 0.5);
      // What was not used up in the ten seconds before is there too.
      const before = trace.calls.filter(({ atMs }) => atMs >= 20_000 && atMs < 30_000);
      expect(attempts).toBeLessThanOrEqual(sick.length * 1.2 + before.length * 0.2 + 70);
    },
  },
  {
    row: 10,
    says: "a Region comes back: it takes its share again within five minutes",
    plan: scene({
      regions: twoRegions,
      lengthMs: 480_000,
      calls: 480,
      episodes: [{ kind: "overloaded", region: sickRegion }],
    }),
    holds(trace) {
      const later = { fromMs: 390_000, untilMs: 480_000 };
      const share = attemptsAt(trace, { ...later, region: sickRegion }).length / attemptsAt(trace, later).length;
      expect(share).toBeGreaterThan(0.3);
    },
  },
  ...[
    { sick: 2, says: "half of what could serve fails: it is left alone", isLeftAlone: true },
    { sick: 3, says: "more than half of what could serve fails: all of it goes on being tried", isLeftAlone: false },
  ].map(({ sick, says, isLeftAlone }): FaultPromise => {
    const sickRegions = fourRegions.slice(0, sick);
    return {
      row: 11,
      says,
      plan: scene({
        accounts: 1,
        regions: fourRegions,
        calls: 480,
        episodes: sickRegions.map((region) => ({ kind: "failed-after", region })),
      }),
      holds(trace) {
        const later = attemptsAt(trace, { fromMs: 45_000, untilMs: 90_000 });
        const there = later.filter(({ target }) => sickRegions.includes(target.region));
        const share = there.length / later.length;
        if (isLeftAlone) expect(share).toBeLessThan(0.1);
        else expect(share).toBeGreaterThan(0.3);
      },
    };
  }),
];
