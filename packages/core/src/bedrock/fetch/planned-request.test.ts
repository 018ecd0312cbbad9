import { describe, expect, it } from "vitest";
import type { RouterEvent } from "../../routing/router-event.ts";
import { exampleModel } from "../testing/example-config.test.kit.ts";
import { createRoutedFetch } from "./routed-fetch.ts";
import {
  chatBody,
  converseBody,
  converseUrl,
  mantleId,
  messagesBody,
  openFetch,
  post,
  responsesBody,
  runtimeId,
  runtimeUrl,
} from "./routed-fetch.test.kit.ts";

const one = "1".repeat(12);
const two = "2".repeat(12);
const guardrail = (accountId: string): string => `arn:aws:bedrock:us-east-1:${accountId}:guardrail/abc123`;
const invokeUrl = `${runtimeUrl}/model/sonnet/invoke`;
const invokeBody = { ...messagesBody, anthropic_version: "bedrock-2023-05-31" };
const guardrailHeader = "X-Amzn-Bedrock-GuardrailIdentifier";

function times<T>(count: number, work: () => Promise<T>): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: count }, work));
}

describe("an id that exists in one account", () => {
  it("sends Converse there, call by call", async () => {
    const { fetch, aws } = openFetch();
    const body = { ...converseBody, guardrailConfig: { guardrailIdentifier: guardrail(two), guardrailVersion: "1" } };

    await times(6, () => fetch(converseUrl, post(body)));

    expect(new Set(aws.bedrock.map(({ signer }) => signer))).toEqual(new Set([two]));
  });

  it.each([
    ["InvokeModel", invokeUrl, invokeBody],
    ["ChatCompletions", `${runtimeUrl}/openai/v1/chat/completions`, chatBody],
  ])("sends %s there by its header", async (_operation, url, body) => {
    const { fetch, aws } = openFetch();

    await times(6, () => fetch(url, post(body, { [guardrailHeader]: guardrail(two) })));

    expect(new Set(aws.bedrock.map(({ signer }) => signer))).toEqual(new Set([two]));
    expect(aws.bedrock[0]?.headers[guardrailHeader.toLowerCase()]).toBe(guardrail(two));
  });

  it("is refused when nobody can tell which account that is", async () => {
    const { fetch, aws } = openFetch();

    const response = await fetch(invokeUrl, post(invokeBody, { [guardrailHeader]: "abc123" }));

    expect(response.status).toBe(400);
    expect(aws.seen).toEqual([]);
  });

  it.each([
    [{ previous_response_id: "resp_1" }, "previous_response_id"],
    [{ conversation: "conv_1" }, "conversation"],
    [{ conversation: { id: "conv_1" } }, "conversation"],
    [{ prompt: { id: "pmpt_1" } }, "prompt"],
    [{ input: [{ type: "item_reference", id: "msg_1" }] }, "store: false"],
  ])("is refused when AWS keeps it where another call went, unless that is the only place: %j", async (kept, name) => {
    const gpt = (accounts: string[]) =>
      exampleModel({ servedBy: [{ id: "openai.gpt-oss-120b-1:0", accounts }], maxOutputTokens: 1_000 });
    const { fetch, aws } = openFetch({ models: { gpt: gpt([one, two]) } });
    const alone = openFetch({ models: { gpt: gpt([two]) } });
    alone.aws.onBedrock = () => ({ body: JSON.stringify({ output: [] }) });
    const url = `${runtimeUrl}/openai/v1/responses`;

    const refused = await fetch(url, post({ ...responsesBody, ...kept }));
    const served = await alone.fetch(url, post({ ...responsesBody, ...kept }));

    expect([refused.status, served.status]).toEqual([400, 200]);
    expect(await refused.text()).toContain(name);
    expect(aws.seen).toEqual([]);
  });

  it("is each account's own when the config has one name for it", async () => {
    const resources = {
      "my-guardrail": [
        { account: one, region: "us-east-1", id: guardrail(one) },
        { account: two, region: "us-east-1", id: guardrail(two) },
      ],
      "my-bucket": [
        { account: one, id: "bucket-of-one" },
        { account: two, id: "bucket-of-two" },
      ],
    };
    const { fetch, aws } = openFetch({ resources });
    const document = { name: "d", format: "pdf", source: { s3Location: { uri: "s3://my-bucket/file.pdf" } } };
    const messages = [{ role: "user", content: [{ text: "read" }, { document }] }];
    const guardrailConfig = { guardrailIdentifier: "my-guardrail", guardrailVersion: "1" };

    await times(10, () => fetch(invokeUrl, post(invokeBody, { [guardrailHeader]: "my-guardrail" })));
    const invoked = aws.bedrock.map(({ signer, headers }) => [signer, headers[guardrailHeader.toLowerCase()]]);
    aws.seen.length = 0;
    await times(10, () => fetch(converseUrl, post({ ...converseBody, messages, guardrailConfig })));

    expect(new Set(invoked.map(([signer]) => signer)).size).toBe(2);
    for (const [signer = "", id] of invoked) expect(id).toBe(guardrail(signer));
    for (const { signer, body } of aws.bedrock) {
      expect(JSON.parse(body)).toMatchObject({
        guardrailConfig: { guardrailIdentifier: guardrail(signer) },
        messages: [
          { content: [{}, { document: { source: { s3Location: { uri: expect.stringMatching(/one|two/) } } } }] },
        ],
      });
      expect(body).toContain(signer === one ? "s3://bucket-of-one/file.pdf" : "s3://bucket-of-two/file.pdf");
    }
  });
});

describe("the model of a request", () => {
  it("may be an id that serves it", async () => {
    const { fetch, aws } = openFetch();

    const response = await fetch(`${runtimeUrl}/model/${encodeURIComponent(runtimeId)}/converse`, post(converseBody));

    expect(response.status).toBe(200);
    expect(aws.bedrock[0]?.path).toBe(`/model/${runtimeId}/converse`);
  });

  it("has room on both endpoints when both serve it, for the APIs both have", async () => {
    const quotas = { tokensPerMinute: 100_000, inputTokensPerMinute: 100_000, outputTokensPerMinute: 100_000 };
    const destinations = ["us-east-1", "us-east-2", "us-west-2"];
    const servedBy = [
      { id: runtimeId, destinations },
      { id: mantleId, endpoint: "mantle" as const },
    ];
    const { fetch, aws, ended } = openFetch({ models: { sonnet: exampleModel({ servedBy, quotas }) } });
    aws.onBedrock = () => ({
      body: JSON.stringify({ content: [], output: {}, usage: { input_tokens: 7, output_tokens: 3 } }),
    });

    await times(12, () => fetch(`${runtimeUrl}/anthropic/v1/messages`, post({ ...messagesBody, max_tokens: 9_000 })));
    const endpoints = new Set(ended.map(({ endpoint }) => endpoint));
    await times(4, () => fetch(converseUrl, post(converseBody)));

    expect(endpoints).toEqual(new Set(["runtime", "mantle"]));
    expect(new Set(ended.slice(-4).map(({ endpoint }) => endpoint))).toEqual(new Set(["runtime"]));
  });

  it("settles on mantle by mantle's own quotas", async () => {
    const { fetch, aws, ended } = openFetch();
    aws.onBedrock = () => ({ body: JSON.stringify({ content: [], usage: { input_tokens: 7, output_tokens: 3 } }) });

    await fetch(`${runtimeUrl}/v1/messages`, post({ ...messagesBody, model: "mantle" }));

    expect(ended).toMatchObject([{ settled: { inputTokens: 7, outputTokens: 3 } }]);
  });

  it("is said to be held for its whole maximum when a call sets none, once, by either way in", async () => {
    const { fetch, client } = openFetch();
    const warnings: RouterEvent[] = [];
    client.onEvent((event) => void (event.kind === "warning" && warnings.push(event)));
    const { messages } = converseBody;

    await fetch(converseUrl, post({ messages }));
    await fetch(converseUrl, post({ messages }));
    await client.converse({ modelId: "sonnet", messages: [{ role: "user", content: [{ text: "hello" }] }] });

    expect(warnings).toMatchObject([{ code: "max-tokens-unset:sonnet" }]);
  });
});

describe("what a call asks of the router", () => {
  it("can be told from what the caller sent", async () => {
    const { client, aws, ended } = openFetch();
    const seen: unknown[] = [];
    const fetch = createRoutedFetch(client, {
      callOptions({ operation, modelName, headers }) {
        seen.push([operation, modelName]);
        return { affinityKey: headers.get("x-session") ?? undefined, priority: 3 };
      },
    });

    for (let call = 0; call < 8; call++) await fetch(converseUrl, post(converseBody, { "x-session": "a" }));

    expect(seen[0]).toEqual(["Converse", "sonnet"]);
    expect(new Set(ended.map(({ accountId }) => accountId)).size).toBe(1);
    expect(ended[0]).toMatchObject({ priority: 3 });
    expect(aws.bedrock[0]?.headers["x-session"]).toBeUndefined();
  });

  it.each([
    ["is refused when it is wrong", () => ({ priority: Number.NaN })],
    [
      "is refused when it throws",
      () => {
        throw new Error("a bug");
      },
    ],
  ])("%s", async (_what, callOptions) => {
    const { client, aws } = openFetch();

    const response = await createRoutedFetch(client, { callOptions })(converseUrl, post(converseBody));

    expect(response.status).toBe(400);
    expect(response.headers.get("x-shardrock-code")).toBe("option-invalid");
    expect(aws.seen).toEqual([]);
  });

  it("refuses metadata that AWS would refuse before anything is booked", async () => {
    const { fetch, aws } = openFetch();

    const response = await fetch(converseUrl, post({ ...converseBody, requestMetadata: { key: "no\u0001way" } }));

    expect(response.status).toBe(400);
    expect(aws.seen).toEqual([]);
  });
});
