import { describe, expect, it } from "vitest";
import type { Clock } from "../../clock.ts";
import { ShardrockError } from "../../errors.ts";
import { ManualClock, settleDown } from "../testing/manual-clock.test.kit.ts";
import type { SessionCredentials } from "./role-identity.ts";
import { RoleSession } from "./role-session.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

interface Sts {
  asked: number;
  /** What it does instead of giving a session. */
  instead: (() => Promise<never>) | undefined;
  /** AWS's clock minus ours. */
  offsetMs: number;
  /** What the SDK took for that. */
  seenOffsetMs: number | undefined;
}

/** A session of an hour, on a wall clock that can be set; `chance` is 0 up to 1. */
function open(chance = 0) {
  const manual = new ManualClock();
  const wall = { jumpMs: 0 };
  const clock: Clock = {
    monotonicMs: () => manual.monotonicMs(),
    epochMs: () => manual.epochMs() + wall.jumpMs,
    sleep: (ms, signal) => manual.sleep(ms, signal),
    timer: (ms, callback) => manual.timer(ms, callback),
  };
  const sts: Sts = { asked: 0, instead: undefined, offsetMs: 0, seenOffsetMs: undefined };
  const mismatches: ShardrockError[] = [];
  const session = new RoleSession({
    accountId: "111111111111",
    roleArn: "arn:aws:iam::111111111111:role/shardrock",
    durationSeconds: 3600,
    assumeRole: async (): Promise<SessionCredentials> => {
      sts.asked += 1;
      const number = sts.asked;
      if (sts.instead !== undefined) return sts.instead();
      const expiration = new Date(clock.epochMs() + sts.offsetMs + hourMs);
      const clockOffsetMs = sts.seenOffsetMs ?? sts.offsetMs;
      return { accessKeyId: `A${number}`, secretAccessKey: "s", sessionToken: "t", expiration, clockOffsetMs };
    },
    onMismatch: (error) => mismatches.push(error),
    credentialsMs: 10_000,
    clock,
    random: () => chance,
  });
  return { clock: manual, wall, sts, session, mismatches };
}

const mismatch = () => Promise.reject(new ShardrockError("account-mismatch", "it is 222222222222's"));
const down = () => Promise.reject(new Error("STS is down"));

describe("a session AWS has refused", () => {
  it("is replaced by one new session for all calls that were refused", async () => {
    const { sts, session } = open();
    const used = await session.resolve();

    const renewed = await Promise.all(Array.from({ length: 50 }, () => session.renew(used)));

    expect(new Set(renewed).size).toBe(1);
    expect(renewed[0]).not.toBe(used);
    expect(session.current).toBe(renewed[0]);
    expect(sts.asked).toBe(2);
  });

  it("is not handed out while the new one is on its way, nor when it does not come", async () => {
    const { sts, session } = open();
    const used = await session.resolve();
    sts.instead = down;

    const renewing = session.renew(used).catch((error: unknown) => error);

    expect(session.current).toBeUndefined();
    expect(await renewing).toMatchObject({ code: "credentials-unavailable", cause: new Error("STS is down") });
    await expect(session.resolve()).rejects.toMatchObject({ code: "credentials-unavailable" });
  });

  it("that was replaced meanwhile costs no question to STS", async () => {
    const { sts, session } = open();
    const used = await session.resolve();
    const renewed = await session.renew(used);

    expect(await session.renew(used)).toBe(renewed);
    expect(sts.asked).toBe(2);
  });

  it("makes no storm at STS when AWS refuses every new one too", async () => {
    const { clock, sts, session } = open();

    for (let call = 0; call < 600; call++) {
      const used = await session.resolve().catch(() => undefined);
      if (used !== undefined) await session.renew(used).catch(() => undefined);
      await clock.advance(100);
    }

    expect(sts.asked).toBeLessThanOrEqual(13);
  });

  it("says so to a call that meets the second refusal within seconds, and serves again after that", async () => {
    const { clock, sts, session } = open();
    const second = await session.renew(await session.resolve());

    await expect(session.renew(second)).rejects.toMatchObject({ code: "credentials-unavailable" });
    await expect(session.resolve()).rejects.toMatchObject({ code: "credentials-unavailable" });
    expect(sts.asked).toBe(2);
    await clock.advance(10_000);

    await expect(session.resolve()).resolves.toMatchObject({ accessKeyId: "A3" });
  });

  it("is waited for no longer than the caller likes, and than credentials may take", async () => {
    const { clock, sts, session } = open();
    const used = await session.resolve();
    sts.instead = () => new Promise(() => undefined);
    const impatient = new AbortController();
    const left = session.renew(used, impatient.signal).catch((error: unknown) => error);
    const stayed = session.renew(used).catch((error: unknown) => error);

    impatient.abort(new Error("enough"));
    expect(await left).toEqual(new Error("enough"));
    await clock.advance(10_000);

    expect(await stayed).toMatchObject({ code: "credentials-unavailable" });
    expect(sts.asked).toBe(2);
    expect(clock.pending).toBe(0);
  });
});

describe("a session of another account", () => {
  it("is never used, and STS is never asked again", async () => {
    const { clock, sts, session, mismatches } = open();
    sts.instead = mismatch;

    for (let hour = 0; hour < 3; hour++) {
      await expect(session.resolve()).rejects.toMatchObject({ code: "account-mismatch" });
      await clock.advance(hourMs);
    }

    expect(sts.asked).toBe(1);
    expect(session.current).toBeUndefined();
    expect(mismatches).toMatchObject([{ code: "account-mismatch" }]);
  });

  it("takes the credentials from before with it", async () => {
    const { clock, sts, session } = open();
    const first = await session.resolve();
    sts.instead = mismatch;
    await clock.advance(31 * minuteMs);

    await session.resolve();
    await settleDown();

    expect(session.current).toBeUndefined();
    expect(() => first.secretAccessKey).toThrow("wiped");
    await expect(session.resolve()).rejects.toMatchObject({ code: "account-mismatch" });
    await expect(session.renew(first)).rejects.toMatchObject({ code: "account-mismatch" });
    expect(sts.asked).toBe(2);
  });

  it("stays out when the client closes", async () => {
    const { sts, session } = open();
    sts.instead = mismatch;
    await session.resolve().catch(() => undefined);

    session.wipe();

    await expect(session.resolve()).rejects.toMatchObject({ code: "account-mismatch" });
  });
});

describe("a wall clock that is wrong", () => {
  it("does not prolong a session by being set back", async () => {
    const { clock, wall, sts, session } = open();
    const first = await session.resolve();
    sts.instead = down;

    wall.jumpMs = -30 * minuteMs;
    await clock.advance(59 * minuteMs);
    expect(await session.resolve()).toBe(first);
    await clock.advance(minuteMs / 2);

    expect(session.current).toBeUndefined();
  });

  it("ends a session by being set ahead, because it may have been right to", async () => {
    const { wall, session } = open();
    const first = await session.resolve();

    wall.jumpMs = 60 * minuteMs;

    expect(session.current).toBeUndefined();
    expect(await session.resolve()).not.toBe(first);
  });

  it.each([
    ["ahead of AWS's", -hourMs],
    ["behind AWS's", hourMs],
  ])("gives sessions of their full life when it is an hour %s", async (_how, offsetMs) => {
    const { clock, sts, session } = open();
    sts.offsetMs = offsetMs;

    const first = await session.resolve();
    sts.instead = down;
    await clock.advance(59 * minuteMs);
    expect(session.current).toBe(first);
    await clock.advance(minuteMs);

    expect(session.current).toBeUndefined();
  });

  it("is believed when only a header on the way says otherwise", async () => {
    const { clock, sts, session } = open();
    sts.seenOffsetMs = 3 * 365 * 24 * hourMs;

    const first = await session.resolve();
    await clock.advance(29 * minuteMs);

    expect(await session.resolve()).toBe(first);
    expect(sts.asked).toBe(1);
  });
});

describe("a background refresh", () => {
  it("that fails is tried again at growing distances, for as long as callers come", async () => {
    const { clock, sts, session } = open();
    await session.resolve();
    sts.instead = down;
    await clock.advance(30 * minuteMs);
    const atSeconds: number[] = [];

    for (let second = 0; second < 200; second++) {
      const before = sts.asked;
      await session.resolve();
      await settleDown();
      if (sts.asked > before) atSeconds.push(second);
      await clock.advance(1_000);
    }

    expect(atSeconds).toEqual([0, 5, 15, 35, 75, 115, 155, 195]);
  });

  it("comes at another time in every process", async () => {
    const ages = [0, 0.45, 0.999].map(async (chance) => {
      const { clock, sts, session } = open(chance);
      let minutes = 0;
      for (; sts.asked < 2; minutes++) {
        await session.resolve();
        await settleDown();
        await clock.advance(minuteMs);
      }
      return minutes - 1;
    });

    expect(await Promise.all(ages)).toEqual([30, 33, 36]);
  });
});
