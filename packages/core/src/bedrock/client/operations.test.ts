import { channel } from "node:diagnostics_channel";
import { ConverseStreamCommand, type ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import type { RouterEvent } from "../../routing/router-event.ts";
import { ConfigError } from "../config/error.ts";
import type { ShardrockConfig } from "../config/shardrock-config.ts";
import { createRoutedFetch } from "../fetch/routed-fetch.ts";
import { event } from "../testing/event-frame.test.kit.ts";
import { exampleAccount, exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { converseAnswer, type FakeAnswer, FakeAws, streamAnswer } from "../testing/fake-aws.test.kit.ts";
import { ManualClock } from "../testing/manual-clock.test.kit.ts";
import { ShardedBedrockRuntime, type ShardedBedrockRuntimeOptions } from "./sharded-bedrock-runtime.ts";

const one = "111111111111";
const two = "222222222222";
const input: ConverseCommandInput = {
  modelId: "sonnet",
  messages: [{ role: "user", content: [{ text: "hello" }] }],
  inferenceConfig: { maxTokens: 100 },
};
const frames = [
  event({ messageStart: { role: "assistant" } }),
  event({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: "hi" } } }),
  event({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: "ho" } } }),
  event({ messageStop: { stopReason: "end_turn" } }),
  event({ metadata: { usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 }, metrics: { latencyMs: 1 } } }),
];

/** One Region each, so that an account is one target. */
const account = (digit: number, change: object = {}) => exampleAccount(digit, { regions: ["us-east-1"], ...change });

function configOf(change: Partial<ShardrockConfig> = {}): ShardrockConfig {
  return exampleConfig({ accounts: [account(1)], ...change });
}

function open(change: Partial<ShardrockConfig> = {}, options: ShardedBedrockRuntimeOptions = {}) {
  const aws = new FakeAws();
  const hostCredentials = { accessKeyId: "AKIAHOST", secretAccessKey: "host-secret" };
  const client = new ShardedBedrockRuntime(configOf(change), {
    env: {},
    hostCredentials,
    requestHandler: aws.handler,
    ...options,
  });
  const events: RouterEvent[] = [];
  client.onEvent((happened) => events.push(happened));
  return { aws, client, events };
}

/** A stream of which the first event was read. */
async function openStream(client: ShardedBedrockRuntime) {
  const { stream, $metadata } = await client.send(new ConverseStreamCommand(input));
  const reading = stream![Symbol.asyncIterator]();
  await reading.next();
  const rest = async (): Promise<number> => {
    let count = 0;
    while (!(await reading.next()).done) count += 1;
    return count;
  };
  return { rest, accountId: $metadata.shardrock.accountId };
}

/** Bedrock answers when told to. */
function holdAnswers(aws: FakeAws): { readonly answer: () => void } {
  const waiting: ((answer: FakeAnswer) => void)[] = [];
  aws.onBedrock = () => new Promise((resolve) => waiting.push(resolve));
  return { answer: () => waiting.splice(0).forEach((resolve) => resolve(converseAnswer("hello"))) };
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const closed = { code: "closed" };

describe("draining an account of a client", () => {
  it("lets its streams finish, then wipes its credentials; resumed it asks for new ones", async () => {
    const { aws, client } = open();
    aws.onBedrock = () => streamAnswer(frames);
    const { rest } = await openStream(client);
    let isDrained = false;
    const drained = client.drain(one, "a new role").then(() => (isDrained = true));

    const refused = await errorOf(client.converse(input));
    expect(isDrained).toBe(false);
    expect(await rest()).toBe(4);
    await drained;
    client.resume(one);
    aws.onBedrock = () => converseAnswer("back");
    await client.converse(input);

    expect(refused).toMatchObject({ code: "no-eligible-target", message: expect.stringContaining("a new role") });
    expect(aws.sts).toHaveLength(2);
  });

  it("keeps the credentials of an account that was resumed before its last call had ended", async () => {
    const { aws, client } = open();
    aws.onBedrock = () => streamAnswer(frames);
    const { rest } = await openStream(client);
    const drained = client.drain(one);
    client.resume(one);

    await rest();
    await drained;
    await (await openStream(client)).rest();

    expect(aws.sts).toHaveLength(1);
  });

  it("waits for the calls since a resume when it is drained again", async () => {
    const { aws, client } = open();
    aws.onBedrock = () => streamAnswer(frames);
    const early = await openStream(client);
    const first = client.drain(one);
    client.resume(one);
    const late = await openStream(client);
    let isDrained = false;
    const second = client.drain(one).then(() => (isDrained = true));

    await early.rest();
    await first;
    expect(isDrained).toBe(false);
    await late.rest();
    await second;
    client.resume(one);
    await (await openStream(client)).rest();

    expect(aws.sts).toHaveLength(2);
  });

  it("refuses an account that is not in the config, naming those that are", async () => {
    const { client } = open();

    const error = await errorOf(client.drain(two));

    expect(error).toMatchObject({ code: "option-invalid", message: expect.stringMatching(`${two}.*${one}`) });
    expect(() => client.resume(two)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });

  it("leaves Regions, models and guardrails of other accounts as they are", async () => {
    const { aws, client } = open({ accounts: [account(1), account(2)] });
    void client.drain(one);

    const answers = await Promise.all(Array.from({ length: 20 }, () => client.converse(input)));

    expect(new Set(answers.map(({ $metadata }) => $metadata.shardrock.accountId))).toEqual(new Set([two]));
    expect(aws.sts).toHaveLength(1);
  });
});

describe("reloading the config of a client", () => {
  it("changes nothing when it is invalid, and says all that is wrong at once", async () => {
    const { client } = open();
    const before = client.explain(new ConverseStreamCommand(input));
    const invalid = {
      ...configOf({ models: { sonnet: exampleModel({ quotas: undefined }) } }),
      endpoints: { sts: "https://sts.example.com" },
      timeouts: { connectMs: 1 },
      state: { file: "/tmp/other.json" },
    };

    const errors = [invalid, { ...invalid, residency: undefined }, 7].map((config) => {
      try {
        client.reload(config as ShardrockConfig);
        return undefined;
      } catch (error) {
        return error;
      }
    });

    expect(errors).toEqual([expect.any(ConfigError), expect.any(ConfigError), expect.any(ConfigError)]);
    expect((errors[0] as ConfigError).problems.map(({ path }) => path.join("."))).toEqual([
      "models.sonnet.quotas",
      "endpoints",
      "timeouts.connectMs",
      "state",
    ]);
    expect(client.explain(new ConverseStreamCommand(input))).toEqual(before);
    expect((await client.converse(input)).stopReason).toBe("end_turn");
  });

  it("lets calls under way finish at an account that is gone, then forgets its credentials", async () => {
    const { aws, client } = open();
    aws.onBedrock = () => streamAnswer(frames);
    const { rest, accountId } = await openStream(client);

    client.reload(configOf({ accounts: [account(2)] }));
    const next = await openStream(client);
    expect([accountId, next.accountId]).toEqual([one, two]);
    expect([await rest(), await next.rest()]).toEqual([4, 4]);
    client.reload(configOf({ accounts: [account(1)] }));
    await (await openStream(client)).rest();

    expect(aws.sts).toHaveLength(3);
  });

  it("keeps the session of an account that stays as it is", async () => {
    const { aws, client } = open();
    await client.converse(input);

    client.reload(configOf({ accounts: [account(1, { weight: 2 }), account(2)], waiting: { maxWaitMs: 1 } }));
    client.reload(configOf());
    await client.converse(input);

    expect(aws.sts).toHaveLength(1);
  });

  it("signs with another role as soon as the account has one", async () => {
    const { aws, client } = open();
    await client.converse(input);

    client.reload(configOf({ accounts: [account(1, { roleArn: `arn:aws:iam::${one}:role/other` })] }));
    await client.converse(input);

    expect(aws.sts.map(({ body }) => new URLSearchParams(body).get("RoleArn")?.split("/")[1])).toEqual([
      "shardrock",
      "other",
    ]);
  });

  it("plans calls that wait anew: they go to accounts they did not know of, with the model's ids there", async () => {
    const { aws, client } = open({ waiting: { maxInFlight: 1 } });
    const held = holdAnswers(aws);
    const first = client.converse(input);
    const second = client.converse(input);
    const byFetch = createRoutedFetch(client)("https://bedrock/model/sonnet/converse", {
      method: "POST",
      body: JSON.stringify({ messages: input.messages, inferenceConfig: { maxTokens: 9 } }),
    });
    await expect.poll(() => aws.bedrock).toHaveLength(1);
    const servedBy = [{ id: "global.anthropic.claude-sonnet-4-6", destinations: ["us-east-1"] }];

    client.reload(configOf({ accounts: [account(2)], models: { sonnet: exampleModel({ servedBy }) } }));
    await expect.poll(() => aws.bedrock).toHaveLength(3);
    held.answer();
    const answers = await Promise.all([first, second]);

    expect(answers.map(({ $metadata }) => $metadata.shardrock)).toMatchObject([
      { accountId: one, modelId: "us.anthropic.claude-sonnet-4-6" },
      { accountId: two, modelId: "global.anthropic.claude-sonnet-4-6" },
    ]);
    expect((await byFetch).headers.get("x-shardrock-account")).toBe(two);
  });

  it("serves new models by name, by fetch too, and knows the old no more", async () => {
    const { client } = open();
    const routed = createRoutedFetch(client);
    await client.converse(input);

    client.reload(configOf({ models: { opus: exampleModel() } }));

    expect((await client.converse({ ...input, modelId: "opus" })).stopReason).toBe("end_turn");
    expect(await errorOf(client.converse(input))).toMatchObject({ code: "model-unknown" });
    const body = JSON.stringify({ messages: input.messages });
    const answers = ["opus", "sonnet"].map((name) =>
      routed(`https://bedrock/model/${name}/converse`, { method: "POST", body }),
    );
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 404]);
    expect(client.maxTokensAdvice().map(({ model }) => model)).toEqual(["opus"]);
  });

  it("keeps what was learnt of answers of models that stay", async () => {
    const { client } = open();
    await client.converse(input);

    client.reload(configOf({ models: { sonnet: exampleModel(), opus: exampleModel() } }));

    expect(client.maxTokensAdvice().map(({ model, calls }) => [model, calls])).toEqual([
      ["sonnet", 1],
      ["opus", 0],
    ]);
  });
});

describe("closing a client", () => {
  it("refuses new calls and those that wait, and waits for what is under way", async () => {
    const { aws, client, events } = open({ waiting: { maxInFlight: 2 } });
    aws.onBedrock = () => streamAnswer(frames);
    const { rest } = await openStream(client);
    const held = holdAnswers(aws);
    const running = client.converse(input);
    const waiting = errorOf(client.converse(input));
    await expect.poll(() => aws.bedrock).toHaveLength(2);

    const closing = Promise.all([client.close({ reason: "a deploy" }), client.close({ reason: "late" })]);
    const late = await errorOf(client.converse(input));
    expect([await waiting, late]).toMatchObject([closed, closed]);
    held.answer();
    expect((await running).stopReason).toBe("end_turn");
    expect(await rest()).toBe(4);
    await closing;
    await client.close();

    expect(client.snapshot()).toMatchObject({ inFlight: 0, queue: [] });
    expect(events.filter(({ kind }) => kind === "router-close")).toMatchObject([
      { scope: "router", inFlight: 2, reason: "a deploy" },
    ]);
    expect(await errorOf(client.drain(one))).toMatchObject(closed);
    expect(() => client.resume(one)).toThrow(expect.objectContaining(closed));
    expect(() => client.reload(configOf())).toThrow(expect.objectContaining(closed));
  });

  it("breaks off what outlasts its bound, leaves nothing open, and no timer", async () => {
    const clock = new ManualClock();
    const { aws, client, events } = open({}, { clock });
    aws.onBedrock = () => streamAnswer(frames.slice(0, 2), "hang");
    const { rest } = await openStream(client);
    const [streamed, unread] = [errorOf(rest()), (await openStream(client)).rest];
    aws.onBedrock = () => new Promise(() => undefined);
    const running = errorOf(client.converse(input));
    const byFetch = createRoutedFetch(client)("https://bedrock/model/sonnet/converse", {
      method: "POST",
      body: JSON.stringify({ messages: input.messages, inferenceConfig: { maxTokens: 9 } }),
    });
    await expect.poll(() => aws.bedrock).toHaveLength(4);

    const closing = client.close({ timeoutMs: 5_000 });
    await clock.advance(4_999);
    expect(client.snapshot().inFlight).toBe(4);
    await clock.advance(1);
    await closing;

    expect(await running).toMatchObject(closed);
    expect(await streamed).toMatchObject({ code: "stream-interrupted", cause: closed });
    expect(await errorOf(unread())).toMatchObject({ code: "stream-interrupted", cause: closed });
    expect((await byFetch).headers.get("x-shardrock-code")).toBe("closed");
    expect(client.snapshot().inFlight).toBe(0);
    expect(client.snapshot().quotas.map((quota) => quota.open)).toEqual([0]);
    expect(events.filter(({ kind }) => kind === "call-end")).toHaveLength(4);
    expect(clock.pending).toBe(0);
  });

  it("breaks off at once when its signal aborts, and by the shorter bound of two", async () => {
    const { aws, client } = open();
    aws.onBedrock = () => streamAnswer(frames.slice(0, 2), "hang");
    const { rest } = await openStream(client);
    const broken = errorOf(rest());
    const giveUp = new AbortController();
    const patient = client.close({ timeoutMs: 60_000 });
    const hasty = client.close({ timeoutMs: 60_000, signal: giveUp.signal });

    giveUp.abort();
    await Promise.all([patient, hasty]);

    expect(await broken).toMatchObject({ code: "stream-interrupted", cause: closed });
  });

  it("lets a call finish that had just found room", async () => {
    const { aws, client } = open();
    await client.converse(input);
    let isEnded = false;
    const late = client.converse(input).finally(() => (isEnded = true));

    await client.close();

    expect(isEnded).toBe(true);
    expect((await late).stopReason).toBe("end_turn");
    expect(aws.bedrock).toHaveLength(2);
    expect(client.snapshot()).toMatchObject({ inFlight: 0, quotas: [{ open: 0 }] });
  });

  it("takes no bound that is none", async () => {
    const { client } = open();

    for (const timeoutMs of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(await errorOf(client.close({ timeoutMs }))).toMatchObject({ code: "option-invalid" });
    }
    expect((await client.converse(input)).stopReason).toBe("end_turn");
  });

  it("ends at once by destroy, also while close waits", async () => {
    const { aws, client } = open();
    aws.onBedrock = () => streamAnswer(frames);
    const { rest } = await openStream(client);
    const closing = client.close();

    client.destroy();
    client.destroy();
    await rest();
    await closing;

    expect(await errorOf(client.converse(input))).toMatchObject(closed);
  });

  it("is what `await using` does", async () => {
    const { aws, client } = open();
    const held = holdAnswers(aws);
    const running = client.converse(input);
    await expect.poll(() => aws.bedrock).toHaveLength(1);
    setImmediate(held.answer);

    {
      await using _client = client;
    }

    expect((await running).stopReason).toBe("end_turn");
  });
});

it("publishes what operators do on a channel for each kind", async () => {
  const { client } = open();
  const published: unknown[] = [];
  const names = ["account-drain", "account-resume", "config-reload", "router-close"];
  const listener = (message: unknown, name: string | symbol) => void published.push([name, message]);
  for (const name of names) channel(`shardrock:${name}`).subscribe(listener);

  await client.drain(one, "why not");
  client.resume(one);
  client.reload(configOf(), { reason: "a new limit" });
  await client.close({ reason: "a new release" });
  for (const name of names) channel(`shardrock:${name}`).unsubscribe(listener);

  const reasons = ["why not", "why not", "a new limit", "a new release"];
  expect(published).toMatchObject(
    names.map((kind, at) => [`shardrock:${kind}`, { kind, scope: expect.any(String), reason: reasons[at] }]),
  );
});
