import { type Clock, systemClock } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { awsError, FakeReader } from "../testing/fake-reader.test.kit.ts";
import { sonnetRow } from "../testing/quota-rows.test.kit.ts";
import { ManualClock, settleDown } from "../testing/manual-clock.test.kit.ts";
import { PacedReader } from "./paced-reader.ts";
import { Pacer } from "./pacer.ts";

const place = { accountId: "111111111111", region: "us-east-1" };
const never = new AbortController().signal;

/** Pauses are over at once and written down; what bounds a request or a turn never ends by time. */
class PauseClock implements Clock {
  readonly pauses: number[] = [];
  readonly monotonicMs = (): number => 0;
  readonly epochMs = (): number => 0;
  readonly sleep = (): Promise<void> => Promise.reject(new Error("nobody sleeps here"));

  timer(ms: number, callback: () => void): Disposable {
    if (ms >= 20_000) return { [Symbol.dispose]: () => undefined };
    this.pauses.push(ms);
    return systemClock.timer(0, callback);
  }
}

function paced(failures: readonly Error[]) {
  const fake = new FakeReader();
  fake.usual = { applied: [sonnetRow(5)], defaults: [], profiles: [] };
  const left = [...failures];
  fake.failure = () => left.shift();
  const clock = new PauseClock();
  const reader = new PacedReader({ reader: fake, clock, random: () => 0 });
  return { fake, clock, reader };
}

const tooMany = () => awsError("TooManyRequestsException", 429);

describe("a request that AWS has no time for", () => {
  it("is made again, each time after a longer pause", async () => {
    const { fake, clock, reader } = paced([tooMany(), tooMany(), tooMany()]);
    using _reader = reader;

    expect((await reader.appliedQuotas({ place, signal: never })).rows).toHaveLength(1);
    expect(fake.asked).toHaveLength(4);
    expect(clock.pauses).toEqual([500, 1_000, 2_000]);
  });

  it("is given up after six times", async () => {
    const { fake, reader } = paced(Array.from({ length: 9 }, tooMany));
    using _reader = reader;

    await expect(reader.profiles({ place, signal: never })).rejects.toMatchObject({ name: "TooManyRequestsException" });
    expect(fake.asked).toHaveLength(6);
  });

  it("is made three times in all when AWS or the network fails, and once when it is denied", async () => {
    const ofKind = async (error: Error) => {
      const { fake, reader } = paced(Array.from({ length: 9 }, () => error));
      using _reader = reader;
      await expect(reader.defaultQuotas({ place, signal: never })).rejects.toBe(error);
      return fake.asked.length;
    };

    expect(await ofKind(awsError("InternalFailure", 500))).toBe(3);
    expect(await ofKind(Object.assign(new Error("no"), { code: "ECONNREFUSED", syscall: "connect" }))).toBe(3);
    expect(await ofKind(awsError("AccessDeniedException", 403))).toBe(1);
  });
});

describe("a wait of the paced reader", () => {
  it("ends with the signal: in a pause, in a request, and before a turn", async () => {
    const fake = new FakeReader();
    const clock = new ManualClock();
    using reader = new PacedReader({ reader: fake, clock, random: () => 0 });
    const leaving = new AbortController();
    const asked = { place, signal: leaving.signal };
    fake.failure = () => tooMany();
    const pausing = reader.appliedQuotas(asked);
    await expect.poll(() => fake.asked.length).toBe(1);
    fake.until = () => new Promise(() => undefined);
    const asking = reader.profiles(asked);
    await expect.poll(() => fake.asked.length).toBe(2);

    leaving.abort(new Error("left"));

    await expect(pausing).rejects.toThrow("left");
    await expect(asking).rejects.toThrow("left");
    await expect(reader.usage([], { fromMs: 0, untilMs: 0 }, asked)).rejects.toThrow("left");
    expect(fake.asked).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it("for an answer ends after 20 seconds, and the request hears of it", async () => {
    const fake = new FakeReader();
    const clock = new ManualClock();
    using reader = new PacedReader({ reader: fake, clock, random: () => 0 });
    fake.until = () => new Promise(() => undefined);
    const failed = reader.appliedQuotas({ place, signal: never }).catch((error: unknown) => error);
    for (let request = 1; request <= 3; request += 1) {
      await expect.poll(() => fake.asked.length).toBe(request);
      await settleDown();
      await clock.advance(22_000);
    }

    expect(await failed).toMatchObject({
      code: "timeout",
      message: "appliedQuotas in account 111111111111, us-east-1 took more than 20000 ms",
    });
    expect(fake.asked.every(({ signal }) => signal.aborted)).toBe(true);
  });
});

describe("the pace", () => {
  it("lets as many go at once as AWS does, and holds the next one back until its turn", async () => {
    using pacer = new Pacer();
    const leaving = new AbortController();
    for (let turn = 0; turn < 10; turn += 1) await pacer.turn("quotas", place, leaving.signal);
    let hasTurn = false;
    const next = pacer.turn("quotas", place, leaving.signal).then(() => (hasTurn = true));
    await pacer.turn("quotas", { ...place, region: "us-west-2" }, leaving.signal);
    await pacer.turn("profiles", place, leaving.signal);

    expect(hasTurn).toBe(false);
    pacer[Symbol.dispose](); // no turn comes by itself any more
    leaving.abort(new Error("left"));
    await expect(next).rejects.toThrow("left");
  });

  it("gives the next turns as time passes, and no more of them than AWS takes", async () => {
    using pacer = new Pacer();
    const beganMs = systemClock.monotonicMs();

    for (let turn = 0; turn < 16; turn += 1) await pacer.turn("quotas", place, never);

    // Ten at once and ten a second: the sixteenth comes when half a second is over.
    expect(systemClock.monotonicMs() - beganMs).toBeGreaterThan(500);
  });
});
