import type { Clock } from "../../clock.ts";
import type { AttemptEnd } from "../../routing/router-event.ts";
import { ShardedBedrockRuntime } from "../client/sharded-bedrock-runtime.ts";
import type { ShardrockConfig } from "../config/shardrock-config.ts";
import { exampleAccount, exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { type FakeAnswer, FakeAws } from "../testing/fake-aws.test.kit.ts";
import { createRoutedFetch } from "./routed-fetch.ts";

/** For tests: a routed fetch over a fake AWS of two accounts. */
export interface FetchRig {
  readonly aws: FakeAws;
  readonly client: ShardedBedrockRuntime;
  readonly fetch: typeof fetch;
  readonly ended: readonly AttemptEnd[];
  bookings(): readonly string[];
}

export const runtimeId = "us.anthropic.claude-sonnet-4-6";
export const mantleId = "anthropic.claude-sonnet-4-6";

/** `sonnet` is on the runtime endpoint, `mantle` on mantle, `gpt` is of the family whose API is chat. */
export function openFetch(change: Partial<ShardrockConfig> = {}, clock?: Clock): FetchRig {
  const aws = new FakeAws();
  const mantleQuotas = { inputTokensPerMinute: 2_000_000, outputTokensPerMinute: 2_000_000 };
  const config = exampleConfig({
    accounts: [exampleAccount(1, { regions: ["us-east-1"] }), exampleAccount(2, { regions: ["us-east-1"] })],
    models: {
      sonnet: exampleModel(),
      gpt: exampleModel({ servedBy: [{ id: "openai.gpt-oss-120b-1:0" }], maxOutputTokens: 1_000 }),
      mantle: exampleModel({ servedBy: [{ id: mantleId, endpoint: "mantle" }], quotas: mantleQuotas }),
    },
    ...change,
  });
  const client = new ShardedBedrockRuntime(config, {
    hostCredentials: { accessKeyId: "AKIAHOST", secretAccessKey: "host-secret" },
    requestHandler: aws.handler,
    clock,
  });
  const ended: AttemptEnd[] = [];
  client.onEvent((event) => void (event.kind === "attempt-end" && ended.push(event)));
  return { aws, client, fetch: createRoutedFetch(client), ended, bookings: () => ended.map(({ booking }) => booking) };
}

/** A POST as an SDK makes it. */
export function post(body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  };
}

export const runtimeUrl = "https://bedrock-runtime.eu-west-1.amazonaws.com";
export const converseUrl = "https://bedrock-runtime.eu-west-1.amazonaws.com/model/sonnet/converse";
export const converseBody = {
  messages: [{ role: "user", content: [{ text: "hello" }] }] as const,
  inferenceConfig: { maxTokens: 100 },
};
export const messagesBody = {
  model: "sonnet",
  max_tokens: 100,
  messages: [{ role: "user", content: "hello" }] as const,
};
export const chatBody = { model: "gpt", max_tokens: 100, messages: [{ role: "user", content: "hello" }] as const };
export const responsesBody = { model: "gpt", max_output_tokens: 100, input: "hello" };

/** Server-sent events with JSON data, each in a chunk of its own unless joined. */
export function sseAnswer(data: readonly unknown[], afterwards: FakeAnswer["afterwards"] = "end"): FakeAnswer {
  const frames = data.map((each) => Buffer.from(`data: ${typeof each === "string" ? each : JSON.stringify(each)}\n\n`));
  return { frames, afterwards, headers: { "content-type": "text/event-stream", "x-request-id": "request-4" } };
}

export const chatDelta = { choices: [{ index: 0, delta: { content: "hi" } }] as const };
export const chatStop = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] as const };
export const chatUsage = { choices: [] as const, usage: { prompt_tokens: 7, completion_tokens: 3 } };
