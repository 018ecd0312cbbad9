import { NoCapacityError } from "@shardrock/core";
import { expect } from "vitest";
import { attemptsAt, type FaultPromise, failures, scene, sickAccount, sickRegion } from "./promise.ts";

/** Kept by core alone, and by everything that replaces its policy. */
export const promisesOfCore: readonly FaultPromise[] = [
  {
    row: 2,
    says: "STS is down for one account: it serves on while its session lasts, then the others do",
    plan: scene({ episodes: [{ kind: "sts-down", accountId: sickAccount }] }),
    holds(trace) {
      expect(failures(trace)).toEqual([]);
      const served = attemptsAt(trace, { accountId: sickAccount, fromMs: 30_000, untilMs: 44_000 });
      expect(served.some(({ wasTaken }) => wasTaken)).toBe(true);
    },
  },
  {
    row: 4,
    says: "a role is denied: no call fails, and within a second nothing goes there",
    plan: scene({ episodes: [{ kind: "role-denied", accountId: sickAccount }] }),
    holds(trace) {
      expect(failures(trace)).toEqual([]);
      const sick = attemptsAt(trace, { accountId: sickAccount, fromMs: 30_000, untilMs: 90_000 });
      expect(sick.length).toBeGreaterThan(0);
      expect((sick.at(-1)?.atMs ?? 0) - (sick[0]?.atMs ?? 0)).toBeLessThan(1_000);
    },
  },
  {
    row: 9,
    says: "the process stands still for ten minutes: who waited longer than it may ends at once, and no quota is filled twice",
    plan: scene({
      accounts: 1,
      tokensPerMinute: 10_000,
      calls: 40,
      lengthMs: 20_000,
      happenings: [{ kind: "stall", atMs: 15_000, ms: 600_000 }],
    }),
    holds({ calls }) {
      const resumedMs = 615_000;
      const waiting = calls.filter(({ end, atMs }) => end?.error instanceof NoCapacityError && atMs < 15_000);
      expect(waiting.length).toBeGreaterThan(0);
      expect(waiting.every(({ end }) => (end?.atMs ?? 0) <= resumedMs)).toBe(true);
    },
  },
  {
    row: 14,
    says: "a throttle in a stream before content: another target, and one clean stream",
    plan: scene({ call: { isStream: true }, episodes: [{ kind: "stream-throttled-early", accountId: sickAccount }] }),
    holds(trace) {
      expect(failures(trace)).toEqual([]);
      expect(attemptsAt(trace, { accountId: sickAccount }).some(({ wasThrottled }) => wasThrottled)).toBe(true);
    },
  },
  {
    row: 15,
    says: "a throttle in a stream after content: a typed error, and no second target",
    plan: scene({ call: { isStream: true }, episodes: [{ kind: "stream-throttled-late", accountId: sickAccount }] }),
    holds(trace) {
      expect(failures(trace).length).toBeGreaterThan(0);
      expect(failures(trace).every(({ attempts }) => attempts.length === 1)).toBe(true);
    },
  },
  {
    row: 18,
    says: "a quota is cut to a tenth and nobody says so: throttles teach the book, and no call fails",
    plan: scene({
      happenings: [30_000].map((atMs) => ({
        kind: "quota",
        atMs,
        targetId: `${sickAccount}/${sickRegion}`,
        tokensPerMinute: 6_000,
        polledAfterMs: undefined,
      })),
    }),
    holds(trace) {
      expect(failures(trace)).toEqual([]);
      const { length } = attemptsAt(trace, { accountId: sickAccount }).filter(({ wasThrottled }) => wasThrottled);
      expect(length).toBeGreaterThan(0);
      expect(length).toBeLessThan(25);
    },
  },
  {
    row: 18,
    says: "an account is put on hold and the poll says so: nothing goes there any more",
    plan: scene({
      happenings: [
        {
          kind: "quota",
          atMs: 30_000,
          targetId: `${sickAccount}/${sickRegion}`,
          tokensPerMinute: 0,
          polledAfterMs: 0,
        },
      ],
    }),
    holds(trace) {
      expect(failures(trace)).toEqual([]);
      expect(attemptsAt(trace, { accountId: sickAccount, fromMs: 30_001, untilMs: 120_000 })).toEqual([]);
    },
  },
  {
    row: 30,
    says: "the waiting room overflows: refused at once, with the time to come again",
    plan: scene({ accounts: 1, tokensPerMinute: 10_000, bounds: { maxQueued: 3 }, call: { atMs: 1_000 }, calls: 60 }),
    holds(trace) {
      const refused = failures(trace).filter(({ end }) => end?.error instanceof NoCapacityError);
      const atOnce = refused.filter(({ end, atMs }) => end?.atMs === atMs);
      expect(atOnce.length).toBeGreaterThan(40);
      for (const { end } of atOnce) expect(end?.error).toMatchObject({ retryAfterMs: expect.any(Number) });
    },
  },
  {
    row: 31,
    says: "a caller gives up while waiting: it is gone in the same instant, and nothing was sent",
    plan: scene({
      accounts: 1,
      tokensPerMinute: 10_000,
      call: { atMs: 1_000, abortsAfterMs: 2_000 },
      calls: 30,
    }),
    holds(trace) {
      const gone = failures(trace).filter(({ end }) => end?.error instanceof Error && end.error.name === "GaveUp");
      expect(gone.length).toBeGreaterThan(5);
      expect(gone.every(({ end, attempts }) => end?.atMs === 3_000 && attempts.length === 0)).toBe(true);
    },
  },
  ...(["drain", "remove"] as const).map((kind): FaultPromise => ({
    row: 34,
    says: `an account goes while calls are under way there (${kind}): they finish, no new ones begin, and none fails`,
    plan: scene({
      accounts: 2,
      calls: 60,
      call: { outputTokens: 150 },
      happenings: [{ kind, atMs: 60_000, accountId: sickAccount, forMs: 30_000 }],
    }),
    holds(trace) {
      expect(failures(trace)).toEqual([]);
      expect(attemptsAt(trace, { accountId: sickAccount, fromMs: 60_000, untilMs: 90_000 })).toEqual([]);
      expect(attemptsAt(trace, { accountId: sickAccount, fromMs: 90_000 }).length).toBeGreaterThan(0);
    },
  })),
  {
    row: 42,
    says: "a Region cannot be reached: no call fails",
    plan: scene({
      regions: [sickRegion, "us-west-2"],
      episodes: [{ kind: "connect-refused", region: sickRegion }],
    }),
    holds(trace) {
      expect(failures(trace)).toEqual([]);
    },
  },
];
