import { createHmac, hash } from "node:crypto";
import { AnthropicBedrock, AnthropicBedrockMantle } from "@anthropic-ai/bedrock-sdk";
import {
  type AnsweredRequest,
  type SimulatedFleet,
  type SimulatedFleetOptions,
  startSimulatedFleet,
} from "@shardrock/simulator";
import { OpenAI } from "openai";
import { describe, expect, it } from "vitest";

const accountId = "111111111111";
const region = "us-east-1";

/** One account with room on both endpoints, whose model answers within milliseconds. */
function open(options: Partial<SimulatedFleetOptions> = {}): Promise<SimulatedFleet> {
  return startSimulatedFleet({
    accounts: [
      {
        id: accountId,
        tokensPerMinute: { [region]: 400_000 },
        mantle: { [region]: { inputTokensPerMinute: 400_000, outputTokensPerMinute: 4_000 } },
      },
    ],
    limiter: "sliding60",
    model: { serviceMs: () => 8, firstTokenMs: 2 },
    ...options,
  });
}

type Service = "bedrock" | "bedrock-mantle";

/** A fetch that takes the SDK's key away and signs, as an application that cannot use API keys does. */
function signingFetch(fleet: SimulatedFleet, service: Service): typeof fetch {
  const { accessKeyId, secretAccessKey } = keysOf(fleet);
  return async (input, init) => {
    const { url, method, body, signal } = new Request(input, init);
    const { host, pathname } = new URL(url);
    const text = body === null ? "" : await new Response(body).text();
    const now = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
    const signedHeaders = "content-type;host;x-amz-date";
    const canonical = `${method}\n${pathname}\n\ncontent-type:application/json\nhost:${host}\nx-amz-date:${now}\n\n`;
    const scope = `${now.slice(0, 8)}/${region}/${service}/aws4_request`;
    const request = hash("sha256", `${canonical}${signedHeaders}\n${hash("sha256", text)}`);
    const key = scope
      .split("/")
      .reduce<Buffer>(
        (key, step) => createHmac("sha256", key).update(step).digest(),
        Buffer.from(`AWS4${secretAccessKey}`),
      );
    const signature = createHmac("sha256", key).update(`AWS4-HMAC-SHA256\n${now}\n${scope}\n${request}`).digest("hex");
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
    const headers = { "content-type": "application/json", "x-amz-date": now, authorization };
    return fetch(url, { method, headers, body: text, signal });
  };
}

function keysOf(fleet: SimulatedFleet): { readonly accessKeyId: string; readonly secretAccessKey: string } {
  const keys = fleet.accountCredentials.get(accountId);
  if (keys === undefined) throw new Error("the fleet has no such account");
  return keys;
}

function recordsOf(fleet: SimulatedFleet): readonly AnsweredRequest[] {
  const records: AnsweredRequest[] = [];
  fleet.aws.onRecord((record) => void records.push(record));
  return records;
}

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}

async function errorOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const messages = [{ role: "user" as const, content: "one two three four five" }];
const metadata = { outputTokens: "12" };
/** Anthropic types this member, and ignores what it does not know. */
const anthropicMetadata = { user_id: "user", ...metadata };

describe.each<[Service, string]>([
  ["bedrock", "/openai/v1"],
  ["bedrock-mantle", "/openai/v1"],
  ["bedrock-mantle", "/v1"],
])("the OpenAI SDK, signed for %s, on %s", (service, path) => {
  const clientOf = (fleet: SimulatedFleet): OpenAI =>
    new OpenAI({
      apiKey: "unused",
      baseURL: `${fleet.aws.url}${path}`,
      fetch: signingFetch(fleet, service),
      maxRetries: 0,
    });
  const modelOf = (fleet: SimulatedFleet): string => (service === "bedrock" ? fleet.modelId : fleet.mantleModelId);

  it("reads chat completions, whole and streamed", async () => {
    await using fleet = await open();
    const records = recordsOf(fleet);
    const { chat } = clientOf(fleet);
    const request = { model: modelOf(fleet), messages, max_completion_tokens: 100, metadata };

    const whole = await chat.completions.create(request);
    const streamOptions = { stream: true, stream_options: { include_usage: true } } as const;
    const chunks = await collect(await chat.completions.create({ ...request, ...streamOptions }));

    expect(whole.choices[0]).toMatchObject({ message: { role: "assistant" }, finish_reason: "stop" });
    expect(whole.usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 12 });
    expect(
      chunks
        .map(({ choices }) => choices[0]?.delta.content ?? "")
        .join("")
        .split(" "),
    ).toHaveLength(12);
    expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 12 });
    expect(records.map(({ endpoint, outcome }) => [endpoint, outcome])).toEqual(
      Array.from({ length: 2 }, () => [service === "bedrock" ? "runtime" : "mantle", "served"]),
    );
  });

  it("reads responses, whole and streamed", async () => {
    await using fleet = await open();
    const { responses } = clientOf(fleet);
    const request = { model: modelOf(fleet), input: "one two three four five", max_output_tokens: 100, metadata };

    const whole = await responses.create(request);
    const stream = responses.stream(request);
    const types = (await collect(stream)).map(({ type }) => type);
    const final = await stream.finalResponse();

    expect(whole.output_text.split(" ")).toHaveLength(12);
    expect(whole.usage).toMatchObject({ input_tokens: 5, output_tokens: 12 });
    expect(types.at(-1)).toBe("response.completed");
    expect(final.output_text.split(" ")).toHaveLength(12);
    expect(final.usage).toMatchObject({ input_tokens: 5, output_tokens: 12 });
  });

  it("throws its own errors", async () => {
    await using fleet = await open();
    const { chat } = clientOf(fleet);

    const throttled = await errorOf(
      chat.completions.create({ model: modelOf(fleet), messages, max_completion_tokens: 400_000 }),
    );
    const unknown = await errorOf(chat.completions.create({ model: "nobody", messages }));

    expect(throttled).toBeInstanceOf(OpenAI.RateLimitError);
    expect(throttled).toMatchObject({ status: 429, type: "rate_limit_error" });
    expect(unknown).toBeInstanceOf(OpenAI.NotFoundError);
  });

  it("throws what breaks a stream", async () => {
    const fault = { kind: "stream-error", type: "throttlingException", message: "told to", beforeEvent: 2 } as const;
    await using fleet = await open({ fault: () => fault });
    const { chat } = clientOf(fleet);

    const stream = await chat.completions.create({ model: modelOf(fleet), messages, metadata, stream: true });

    expect(await errorOf(collect(stream))).toBeInstanceOf(OpenAI.APIError);
  });
});

describe("Anthropic's SDK for mantle", () => {
  const clientOf = (fleet: SimulatedFleet): AnthropicBedrockMantle => {
    const { accessKeyId, secretAccessKey } = keysOf(fleet);
    return new AnthropicBedrockMantle({
      awsAccessKey: accessKeyId,
      awsSecretAccessKey: secretAccessKey,
      awsRegion: region,
      baseURL: `${fleet.aws.url}/anthropic`,
      maxRetries: 0,
    });
  };

  it("signs for itself, and reads messages, whole and streamed", async () => {
    await using fleet = await open();
    const request = { model: fleet.mantleModelId, messages, max_tokens: 100, metadata: anthropicMetadata };

    const whole = await clientOf(fleet).messages.create(request);
    const final = await clientOf(fleet).messages.stream(request).finalMessage();

    for (const message of [whole, final]) {
      expect(message).toMatchObject({ stop_reason: "end_turn", usage: { input_tokens: 5, output_tokens: 12 } });
    }
  });

  it("is told max_tokens when mantle's output quota is used up in mid-generation, and is not given an error", async () => {
    const mantle = { [region]: { inputTokensPerMinute: 400_000, outputTokensPerMinute: 20 } };
    await using fleet = await open({ accounts: [{ id: accountId, tokensPerMinute: {}, mantle }] });
    const request = { model: fleet.mantleModelId, messages, max_tokens: 100, metadata: anthropicMetadata };

    const first = await clientOf(fleet).messages.create(request);
    const second = await clientOf(fleet).messages.stream(request).finalMessage();

    expect(first).toMatchObject({ stop_reason: "end_turn", usage: { output_tokens: 12 } });
    expect(second).toMatchObject({ stop_reason: "max_tokens", usage: { output_tokens: 8 } });
  });

  it("throws its own errors", async () => {
    const mantle = { [region]: { inputTokensPerMinute: 100, outputTokensPerMinute: 20 } };
    await using fleet = await open({ accounts: [{ id: accountId, tokensPerMinute: {}, mantle }] });
    const request = { model: fleet.mantleModelId, messages, max_tokens: 100 };

    const error = await errorOf(clientOf(fleet).messages.create(request));

    expect(error).toMatchObject({ status: 429, error: { type: "error", error: { type: "rate_limit_error" } } });
  });
});

describe("Anthropic's SDK for the runtime", () => {
  const clientOf = (fleet: SimulatedFleet): AnthropicBedrock => {
    const { accessKeyId, secretAccessKey } = keysOf(fleet);
    return new AnthropicBedrock({
      awsAccessKey: accessKeyId,
      awsSecretKey: secretAccessKey,
      awsRegion: region,
      baseURL: fleet.aws.url,
      maxRetries: 0,
    });
  };

  it("signs for itself, and reads InvokeModel, whole and streamed", async () => {
    await using fleet = await open();
    const records = recordsOf(fleet);
    const request = { model: fleet.modelId, messages, max_tokens: 100, metadata: anthropicMetadata };

    const whole = await clientOf(fleet).messages.create(request);
    const events = await collect(await clientOf(fleet).messages.create({ ...request, stream: true }));

    expect(whole).toMatchObject({ stop_reason: "end_turn", usage: { input_tokens: 5, output_tokens: 12 } });
    expect(events.at(-2)).toMatchObject({ type: "message_delta", usage: { output_tokens: 12 } });
    expect(records.map(({ operation }) => operation)).toEqual(["InvokeModel", "InvokeModelWithResponseStream"]);
  });
});
