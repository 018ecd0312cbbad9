import { seededRandom } from "@shardrock/core";
import { VirtualClock } from "@shardrock/simulator";
import { describe, expect, it } from "vitest";
import { CubicRate } from "../../../benchmarks/ceiling/contenders/adaptive.ts";
import { type Contender, contenders } from "../../../benchmarks/ceiling/contenders/contender.ts";
import { StandardRetry } from "../../../benchmarks/ceiling/contenders/standard-retry.ts";
import type { Size } from "../../../benchmarks/ceiling/size.ts";
import type { Stage } from "../../../benchmarks/ceiling/stage.ts";
import type { WorkCall } from "../../../benchmarks/ceiling/stream.ts";
import { Tally } from "../../../benchmarks/ceiling/tally.ts";
import { makeWorld } from "../../../benchmarks/ceiling/world.ts";

const size: Size = { accounts: 3, tokensPerMinute: [10_000, 30_000, 60_000], windowMs: 60_000 };
const call: WorkCall = {
  stream: 0,
  atMs: 0,
  inputTokens: 1_000,
  outputTokens: 0,
  maxTokens: 1_000,
  hold: { requests: 1, tokens: 2_000 },
  actual: { requests: 1, tokens: 1_000 },
};

const stageOf = (clock: VirtualClock, tokensPerMinute = size.tokensPerMinute) => {
  const tally = new Tally({ clock, startMs: 0, learnedMs: 0, windowMs: 60_000, streams: 1, targets: 3 });
  const world = makeWorld({ limiter: "bucket100", seed: 1, size: { ...size, tokensPerMinute }, burndown: 1 });
  const streams = [{ name: "chat", workload: "chat", load: 1 }] as const;
  const stage: Stage = { world, clock, tally, windowMs: 60_000, streams, random: seededRandom(1), tenants: undefined };
  return { stage, tally };
};

/** Attempts by target after so many calls, one every so many ms. */
const attemptsOf = async (
  contender: Contender,
  calls: number,
  everyMs: number,
  tokensPerMinute?: readonly number[],
) => {
  const clock = new VirtualClock();
  const { stage, tally } = stageOf(clock, tokensPerMinute);
  const serve = contenders[contender](stage);
  for (let index = 0; index < calls; index += 1) {
    void serve(call);
    await clock.advance(everyMs);
  }
  await clock.advance(60_000);
  return { attempts: [...tally.targetAttempts], counts: tally.after[0] };
};

describe("what people do today, as the bench plays it", () => {
  it("sends round and round, and tries a throttled call three times by the same client", async () => {
    expect((await attemptsOf("round-robin", 9, 1_000)).attempts).toEqual([3, 3, 3]);

    const { attempts, counts } = await attemptsOf("round-robin", 3, 1, [0, 60_000, 60_000]);
    expect(attempts).toEqual([3, 1, 1]);
    expect([counts?.served, counts?.refused, counts?.throttledForDay]).toEqual([2, 1, 3]);
  });

  it("stays with one target until that throttles", async () => {
    const { attempts, counts } = await attemptsOf("sticky", 8, 1);

    expect(attempts, "five calls of 2 000 fit in 10 000").toEqual([6, 3, 0]);
    expect([counts?.served, counts?.throttled]).toEqual([8, 1]);
  });

  it("draws by quota", async () => {
    const roomy = size.tokensPerMinute.map((tpm) => tpm * 1_000);
    const { attempts } = await attemptsOf("weighted-random", 10_000, 0, roomy);

    expect(attempts.map((share) => Math.round(share / 1_000))).toEqual([1, 3, 6]);
  });

  it("takes what has used least this minute, and counts a call only when it has ended", async () => {
    const together = await attemptsOf("least-used", 4, 1);
    expect(together.attempts, "nothing has ended yet").toEqual([4, 0, 0]);

    const apart = await attemptsOf("least-used", 6, 2_000);
    expect(apart.attempts).toEqual([2, 2, 2]);
  });
});

describe("the SDK's standard retries", () => {
  it.each([
    ["throttled", 5, 200],
    ["transient", 14, 135],
    ["final", 0, 100],
  ] as const)(
    "stop when the retry budget of 500 is used up: of what is %s, at %s a retry",
    async (outcome, _, most) => {
      const clock = new VirtualClock();
      const client = new StandardRetry({ clock, random: () => 0 });
      let attempts = 0;
      const sent = Array.from({ length: 100 }, () =>
        client.send(() => {
          attempts += 1;
          return Promise.resolve(outcome);
        }),
      );

      await clock.advance(60_000);

      expect(await Promise.all(sent)).not.toContain(true);
      expect(attempts, "100 first attempts, and retries").toBe(most);
    },
  );
});

describe("the SDK's adaptive mode", () => {
  it("holds nothing back until the first throttle, then sends at 0.7 of the rate it had and grows again", async () => {
    const clock = new VirtualClock();
    const rate = new CubicRate(clock);
    for (let index = 0; index < 100; index += 1) {
      await rate.acquire();
      rate.observe(false);
      await clock.advance(100);
    }
    rate.observe(true);

    const sentIn = async (seconds: number): Promise<number> => {
      let sent = 0;
      const endMs = clock.monotonicMs() + seconds * 1_000;
      const loop = async (): Promise<void> => {
        while (clock.monotonicMs() < endMs) {
          await rate.acquire();
          sent += 1;
          rate.observe(false);
        }
      };
      void loop();
      await clock.advance(seconds * 1_000);
      return sent;
    };
    const first = await sentIn(2);
    await clock.advance(1);
    const later = await sentIn(2);

    // 7 a second grow to 10 within 2 s, and a second's worth was saved up.
    expect(first).toBeGreaterThan(14);
    expect(first).toBeLessThan(2 * 10 + 7);
    expect(later).toBeGreaterThanOrEqual(19);
  });

  it("lets those that wait go in order", async () => {
    const clock = new VirtualClock();
    const rate = new CubicRate(clock);
    rate.observe(true);
    const started: number[] = [];
    for (const index of [0, 1, 2]) void rate.acquire().then(() => started.push(index));

    await clock.advance(60_000);

    expect(started).toEqual([0, 1, 2]);
  });
});
