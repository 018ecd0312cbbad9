import { openRouter, parseConfig, seededRandom, type ShardrockConfig } from "@shardrock/core";
import { type LimiterKind, poissonGapMs, SimulatedBedrock, VirtualClock } from "@shardrock/simulator";
import { describe, expect, it } from "vitest";
import { outcome } from "../routing/routed-world.ts";

const ids = ["111111111111", "222222222222", "333333333333", "444444444444"] as const;
const [large, small] = ids;
const modelId = "us.anthropic.claude-sonnet-4-6";
/** Tokens a minute of a small account; the large one has ten times as many. */
const one = 30_000;
const tokensPerMinute = (id: string): number => (id === large ? 10 * one : one);
const minuteMs = 60_000;
const [inputTokens, maxTokens] = [400, 300];

function configOf(maxAccountShare: number): ShardrockConfig {
  const overrides = [{ account: large, tokensPerMinute: tokensPerMinute(large) }];
  return {
    accounts: ids.map((id) => {
      return { id, roleArn: `arn:aws:iam::${id}:role/r`, trust: "same-org", regions: ["us-east-1"] };
    }),
    models: {
      chat: {
        servedBy: [{ id: modelId, destinations: ["us-east-1"] }],
        quotas: { tokensPerMinute: one, overrides },
        burndown: 1,
      },
    },
    residency: { allowedRegions: ["us-east-1"] },
    waiting: { maxQueued: 20, maxWaitMs: 10_000 },
    maxAccountShare,
  };
}

/** A router over four accounts of an AWS that keeps 10 : 1 : 1 : 1. */
function world(limiter: LimiterKind, maxAccountShare = 0.4) {
  const [clock, random] = [new VirtualClock({ alarmsPerTurn: 100 }), seededRandom(7)];
  const opened = openRouter(parseConfig(configOf(maxAccountShare)), { clock, random });
  const quotas = ids.map((accountId) => {
    const facts = { region: "us-east-1", modelIds: [modelId], burndown: 1, maxOutputTokens: 4_096 };
    return { accountId, tokensPerMinute: tokensPerMinute(accountId), ...facts };
  });
  const bedrock = new SimulatedBedrock({ quotas, limiter, random });
  /** Tokens used, by account. */
  const used = new Map<string, number>();
  const call = (): void => {
    const candidates = opened.candidates("chat", { requests: 1, tokens: inputTokens + maxTokens });
    const outputTokens = Math.floor(random() * maxTokens);
    const running = opened.router.run({ pool: "chat", candidates }, async ({ accountId, region }, attempt) => {
      const sent = { accountId, region, modelId, inputTokens, maxTokens };
      const answer = bedrock.admit(sent, clock.monotonicMs());
      if (answer.kind !== "admitted") throw throttling();
      await clock.sleep(1_000 + random() * 5_000);
      answer.end({ inputTokens, outputTokens }, clock.monotonicMs());
      used.set(accountId, (used.get(accountId) ?? 0) + inputTokens + outputTokens);
      attempt.settle({ requests: 1, tokens: inputTokens + outputTokens });
    });
    void outcome(running);
  };
  let perMinute = 0;
  let nextMs = 0;
  /** Plays some minutes of calls. @returns tokens used a minute, by account. */
  const play = async (minutes: number, tokensAMinute: number): Promise<ReadonlyMap<string, number>> => {
    perMinute = tokensAMinute / (inputTokens + maxTokens / 2);
    used.clear();
    const untilMs = clock.monotonicMs() + minutes * minuteMs;
    for (nextMs = clock.monotonicMs(); nextMs < untilMs; nextMs += poissonGapMs(perMinute / minuteMs, random)) {
      await clock.advance(Math.max(0, nextMs - clock.monotonicMs()));
      call();
    }
    await clock.advance(untilMs - clock.monotonicMs());
    return new Map(ids.map((id) => [id, (used.get(id) ?? 0) / minutes]));
  };
  const reload = (share: number): void => opened.reload(parseConfig(configOf(share)));
  return { ...opened, play, reload };
}

function throttling(): Error {
  const error = new Error("Too many tokens, please wait before trying again.");
  return Object.assign(error, { name: "ThrottlingException", $metadata: { httpStatusCode: 429 } });
}

const shares = (tokens: ReadonlyMap<string, number>): readonly number[] => {
  const total = [...tokens.values()].reduce((sum, each) => sum + each, 0);
  return [...tokens.values()].map((each) => each / total);
};

const enough = 5 * one;

describe("a cap on the share of traffic one account may take", () => {
  it.each(["bucket25", "sliding60", "fixed60"] as const)(
    "holds under light load and under overload, and in the long run, with a quota ten times as large (%s)",
    async (limiter) => {
      const { play } = world(limiter);

      const light = shares(await play(10, enough / 4));
      await play(2, 2 * enough);
      const overload = await play(5, 2 * enough);
      const later = shares(await play(8, 2 * enough));

      for (const share of light) expect(share).toBeLessThanOrEqual(0.42);
      for (const share of shares(overload)) expect(share).toBeLessThanOrEqual(0.42);
      for (const share of later) expect(share).toBeLessThanOrEqual(0.42);
      expect(overload.get(large), "what it may take is used").toBeGreaterThan(1.7 * one);
    },
    60_000,
  );

  it("lets the others go on to their own limits, and no further, when one account is drained", async () => {
    const { play, drain } = world("bucket25");
    await play(3, 2 * enough);
    const before = await play(5, 2 * enough);

    void drain(small);
    await play(1, 2 * enough);
    const after = await play(5, 2 * enough);

    expect(after.get(small)).toBe(0);
    for (const id of ids.filter((each) => each !== small)) {
      expect((after.get(id) ?? 0) / (before.get(id) ?? 0)).toBeGreaterThan(0.95);
      expect((after.get(id) ?? 0) / (before.get(id) ?? 0)).toBeLessThan(1.05);
    }
  });

  it("acts at once when a reload brings another", async () => {
    const { play, reload } = world("bucket25", 1);
    await play(2, 2 * enough);
    const free = await play(3, 2 * enough);

    reload(0.4);
    await play(1, 2 * enough);
    const capped = await play(3, 2 * enough);
    reload(1);
    const freeAgain = await play(3, 2 * enough);

    expect(free.get(large)).toBeGreaterThan(7 * one);
    expect(capped.get(large)).toBeLessThan(2.1 * one);
    expect(freeAgain.get(large)).toBeGreaterThan(7 * one);
  });

  it("is what the snapshot and a refusal show", async () => {
    const { router, candidates } = world("bucket25");
    const tokensOf = (tokens: number) => ({ pool: "chat", candidates: candidates("chat", { requests: 1, tokens }) });
    await router.run(tokensOf(100), async (_target, call) => call.settle({ requests: 1, tokens: 100 }));

    const tooLarge = await outcome(router.run(tokensOf(2 * one + 1_000), async () => undefined));

    const rows = router
      .snapshot()
      .quotas.map(({ key, limit, cappedFrom }) => [key.slice(0, 12), Math.round(limit), cappedFrom]);
    expect(rows).toEqual(ids.map((id) => (id === large ? [id, 2 * one, 10 * one] : [id, one, undefined])));
    expect(tooLarge).toMatchObject({
      error: {
        code: "request-too-large",
        message: expect.stringMatching(/\(60000\).*or raise the share one account may take$/),
      },
    });
  });
});
