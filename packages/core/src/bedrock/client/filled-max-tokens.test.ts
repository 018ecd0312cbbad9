import { ConverseCommand, ConverseStreamCommand, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import type { AttemptEnd, RouterEvent, Warning } from "../../routing/router-event.ts";
import type { ShardrockConfig } from "../config/shardrock-config.ts";
import { event } from "../testing/event-frame.test.kit.ts";
import { exampleAccount, exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { FakeAws, streamAnswer } from "../testing/fake-aws.test.kit.ts";
import type { CallOptions } from "./call-options.ts";
import { ShardedBedrockRuntime } from "./sharded-bedrock-runtime.ts";

const learned: Partial<ShardrockConfig> = { maxTokens: { unset: "learned", risk: 0.5 } };
const messages = [{ role: "user" as const, content: [{ text: "hello" }] }];
/** 40 tokens are in the bin that ends at 41; half as much again. */
const filled = 62;

function open(change: Partial<ShardrockConfig> = {}) {
  const aws = new FakeAws();
  const usage = { inputTokens: 7, outputTokens: 40, totalTokens: 47 };
  let stopReason = "end_turn";
  aws.onBedrock = ({ path }) =>
    path.endsWith("/invoke")
      ? {
          body: JSON.stringify({
            generation: "hi",
            prompt_token_count: 7,
            generation_token_count: 40,
            stop_reason: "stop",
          }),
        }
      : path.endsWith("-stream")
        ? streamAnswer([
            event({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: "hi" } } }),
            event({ messageStop: { stopReason } }),
            event({ metadata: { usage } }),
          ])
        : {
            body: JSON.stringify({
              output: { message: { role: "assistant", content: [{ text: "hi" }] } },
              stopReason,
              usage,
            }),
          };
  const models = {
    sonnet: exampleModel(),
    llama: exampleModel({ servedBy: [{ id: "meta.llama3-70b-instruct-v1:0" }], maxOutputTokens: 8_192 }),
  };
  const config = exampleConfig({ accounts: [exampleAccount(1)], models, ...change });
  const hostCredentials = { accessKeyId: "AKIAHOST", secretAccessKey: "host-secret" };
  const client = new ShardedBedrockRuntime(config, { hostCredentials, requestHandler: aws.handler, env: {} });
  const events: RouterEvent[] = [];
  client.onEvent((happened) => events.push(happened));
  return { aws, client, ...rigOf(client, aws, events), stopBy: (reason: string) => (stopReason = reason) };
}

function rigOf(client: ShardedBedrockRuntime, aws: FakeAws, events: readonly RouterEvent[]) {
  const converse = (inferenceConfig?: object, shardrock: CallOptions = {}) =>
    client.send(new ConverseCommand({ modelId: "sonnet", messages, ...(inferenceConfig && { inferenceConfig }) }), {
      shardrock,
    });
  return {
    converse,
    teach: async (shardrock: CallOptions = {}) => {
      for (let call = 0; call < 25; call++) await converse({ maxTokens: 4_096 }, shardrock);
    },
    lastBody: () => JSON.parse(aws.bedrock.at(-1)?.body ?? "{}") as Record<string, unknown>,
    told: () => JSON.stringify(events),
    lastEnd: () => events.findLast((each): each is AttemptEnd => each.kind === "attempt-end"),
    warnings: () => events.filter((each): each is Warning => each.kind === "warning").map(({ code }) => code),
  };
}

describe("a call that sets no max_tokens", () => {
  it("holds the model's maximum and warns, unless the config says otherwise", async () => {
    const { converse, teach, lastBody, lastEnd, warnings } = open();
    await teach();

    await converse();

    expect(lastBody()["inferenceConfig"]).toBeUndefined();
    expect(lastEnd()?.reserved.tokens).toBeGreaterThan(64_000);
    expect(lastEnd()?.filledMaxTokens).toBeUndefined();
    expect(warnings()).toEqual(["max-tokens-unset:sonnet"]);
  });

  it("is sent with the one learnt, holds that much, and its events say so", async () => {
    const { converse, teach, lastBody, lastEnd, warnings } = open(learned);
    await teach();

    await converse();

    expect(lastBody()["inferenceConfig"]).toEqual({ maxTokens: filled });
    expect(lastEnd()?.reserved.tokens).toBeLessThan(filled + 20);
    expect(lastEnd()?.filledMaxTokens).toBe(filled);
    expect(warnings()).toEqual([]);
  });

  it("gets the model's maximum, with the warning, while little is known", async () => {
    const { converse, lastBody, warnings } = open(learned);
    for (let call = 0; call < 19; call++) await converse({ maxTokens: 4_096 });

    await converse({ temperature: 0 });

    expect(lastBody()["inferenceConfig"]).toEqual({ temperature: 0 });
    expect(warnings()).toEqual(["max-tokens-unset:sonnet"]);
  });

  it("is sent so as a stream and by InvokeModel too", async () => {
    const { client, teach, lastBody, aws } = open(learned);
    await teach();
    const invoke = (body: object): Promise<unknown> =>
      client.send(new InvokeModelCommand({ modelId: "llama", body: JSON.stringify(body) }));
    for (let call = 0; call < 25; call++) await invoke({ prompt: "hello", max_gen_len: 900 });

    const { stream } = await client.send(new ConverseStreamCommand({ modelId: "sonnet", messages }));
    const streamed = lastBody();
    for await (const _each of stream ?? []) void _each;
    await invoke({ prompt: "hello" });

    expect(streamed["inferenceConfig"]).toEqual({ maxTokens: filled });
    expect(lastBody()).toEqual({ prompt: "hello", max_gen_len: filled });
    const { headers, authorization } = aws.bedrock.at(-1)!;
    expect(headers["content-length"]).toBe(String(Buffer.byteLength(JSON.stringify(lastBody()))));
    expect(authorization).toContain("Signature=");
  });

  it("keeps its ids of each account: both are written into one body", async () => {
    const resources = { files: [{ account: "1".repeat(12), id: "bucket-of-one" }] };
    const nova = exampleModel({ servedBy: [{ id: "amazon.nova-lite-v1:0" }], maxOutputTokens: 10_000 });
    const { client, lastBody } = open({ ...learned, resources, models: { nova } });
    const source = { s3Location: { uri: "s3://files/a.pdf" } };
    const content = [{ text: "read" }, { document: { name: "d", format: "pdf", source } }];
    const invoke = (more: object): Promise<unknown> => {
      const body = JSON.stringify({ messages: [{ role: "user", content }], ...more });
      return client.send(new InvokeModelCommand({ modelId: "nova", body }));
    };
    for (let call = 0; call < 25; call++) await invoke({ inferenceConfig: { maxTokens: 900 } });

    await invoke({});

    expect(lastBody()["inferenceConfig"]).toEqual({ maxTokens: filled });
    expect(JSON.stringify(lastBody())).toContain("s3://bucket-of-one/a.pdf");
  });

  it("goes by its tenant's own answers, and teaches them by streams as well", async () => {
    const { client, converse, teach, lastBody, told } = open(learned);
    await teach({ tenant: "alice" });

    await converse(undefined, { tenant: "bob" });
    const ofBob = lastBody();
    await converse(undefined, { tenant: "alice" });

    expect(ofBob["inferenceConfig"]).toBeUndefined();
    expect(lastBody()["inferenceConfig"]).toEqual({ maxTokens: filled });
    expect(told()).not.toContain("alice");
    expect(client.maxTokensAdvice({ model: "sonnet", tenant: "alice" })).toMatchObject([
      { calls: 26, tenant: "alice" },
    ]);
  });

  it("is one more answer that was cut, when it is: it teaches nobody that answers are short", async () => {
    const { client, converse, teach, stopBy, lastBody } = open(learned);
    await teach();
    stopBy("max_tokens");

    for (let call = 0; call < 30; call++) await converse();

    const [advice] = client.maxTokensAdvice({ model: "sonnet", risks: [0.4] });
    expect(advice?.cutShare).toBeGreaterThan(0.5);
    expect(advice?.choices).toEqual([{ kind: "answers-cut", risk: 0.4, maxTokens: undefined }]);
    expect(lastBody()["inferenceConfig"]).toBeUndefined();
  });
});

describe("a call that sets max_tokens", () => {
  it.each([[5], [63_000]])("keeps it, low or high: %s", async (maxTokens) => {
    const { converse, teach, lastBody, lastEnd } = open(learned);
    await teach();

    await converse({ maxTokens, temperature: 0 });

    expect(lastBody()["inferenceConfig"]).toEqual({ maxTokens, temperature: 0 });
    expect(lastEnd()?.filledMaxTokens).toBeUndefined();
  });
});

describe("a client's advice on max_tokens", () => {
  it("leaves out answers that ended for another reason, or for one nobody knows", async () => {
    const { client, teach, stopBy } = open();
    await teach();

    for (const reason of ["content_filtered", "guardrail_intervened", "a reason of tomorrow"]) {
      stopBy(reason);
      await teach();
    }

    expect(client.maxTokensAdvice({ model: "sonnet" })).toMatchObject([{ calls: 25, cutShare: 0 }]);
  });

  it("comes from calls that ended well, by Converse, streams and InvokeModel", async () => {
    const { client, teach } = open();
    await teach();
    const { stream } = await client.send(
      new ConverseStreamCommand({ modelId: "sonnet", messages, inferenceConfig: { maxTokens: 4_096 } }),
    );
    for await (const _each of stream ?? []) void _each;

    const [advice] = client.maxTokensAdvice({ model: "sonnet", risks: [0.5] });

    expect(advice).toMatchObject({ model: "sonnet", calls: 26, unsetShare: 0, cutShare: 0, maxTokensP50: 4_096 });
    expect(advice?.choices).toMatchObject([{ kind: "known", maxTokens: 41, freedPerCall: 4_096 - 41 }]);
  });
});
