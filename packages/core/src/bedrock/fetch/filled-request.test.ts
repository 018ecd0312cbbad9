import { describe, expect, it } from "vitest";
import { exampleModel } from "../testing/example-config.test.kit.ts";
import {
  chatBody,
  converseBody,
  converseUrl,
  messagesBody,
  openFetch,
  post,
  responsesBody,
  runtimeUrl,
} from "./routed-fetch.test.kit.ts";

const chatUrl = `${runtimeUrl}/openai/v1/chat/completions`;
const responsesUrl = `${runtimeUrl}/openai/v1/responses`;
const messagesUrl = `${runtimeUrl}/anthropic/v1/messages`;
const usage = { input_tokens: 7, output_tokens: 40 };
const answers: Readonly<Record<string, unknown>> = {
  converse: {
    output: { message: { role: "assistant", content: [{ text: "hi" }] } },
    stopReason: "end_turn",
    usage: { inputTokens: 7, outputTokens: 40, totalTokens: 47 },
  },
  completions: {
    choices: [{ index: 0, message: { content: "hi" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 7, completion_tokens: 40 },
  },
  responses: { output: [], status: "completed", usage: { ...usage, input_tokens_details: { cached_tokens: 0 } } },
  messages: { content: [], stop_reason: "end_turn", usage },
};

function open() {
  const models = {
    sonnet: exampleModel(),
    gpt: exampleModel({ servedBy: [{ id: "openai.gpt-oss-120b-1:0" }], maxOutputTokens: 1_000 }),
  };
  const rig = openFetch({ models, maxTokens: { unset: "learned", risk: 0.5 } });
  rig.aws.onBedrock = ({ path }) => ({ body: JSON.stringify(answers[path.split("/").at(-1) ?? ""]) });
  const lastBody = () => JSON.parse(rig.aws.bedrock.at(-1)?.body ?? "{}") as Record<string, unknown>;
  return { ...rig, lastBody };
}

describe("a request that sets no maximum of output tokens", () => {
  it.each([
    ["Converse", converseUrl, converseBody, "inferenceConfig", { maxTokens: 62 }],
    ["ChatCompletions", chatUrl, chatBody, "max_completion_tokens", 62],
    ["Responses", responsesUrl, responsesBody, "max_output_tokens", 62],
  ])("is sent, signed and held with the one learnt: %s", async (_api, url, body, field, value) => {
    const { fetch, lastBody, ended, aws } = open();
    for (let call = 0; call < 25; call++) await fetch(url, post(body));
    const {
      inferenceConfig: _one,
      max_tokens: _two,
      max_output_tokens: _three,
      ...unset
    } = body as Record<string, unknown>;

    const response = await fetch(url, post(unset));

    expect(response.status).toBe(200);
    expect(lastBody()[field]).toEqual(value);
    expect(lastBody()).toMatchObject({ ...unset, ...("model" in unset && { model: expect.any(String) }) });
    expect(ended.at(-1)).toMatchObject({ filledMaxTokens: 62 });
    expect(ended.at(-1)?.reserved.tokens).toBeLessThan(62 + 40);
    const { headers } = aws.bedrock.at(-1)!;
    expect(headers["content-length"]).toBe(String(Buffer.byteLength(aws.bedrock.at(-1)!.body)));
  });

  it("is left for AWS to refuse where Anthropic demands one", async () => {
    const { fetch, lastBody } = open();
    for (let call = 0; call < 25; call++) await fetch(messagesUrl, post(messagesBody));
    const { max_tokens: _unset, ...unset } = messagesBody;

    await fetch(messagesUrl, post(unset));

    expect(lastBody()).not.toHaveProperty("max_tokens");
  });

  it("keeps one that was set", async () => {
    const { fetch, lastBody, ended } = open();
    for (let call = 0; call < 26; call++) await fetch(chatUrl, post(chatBody));

    expect(lastBody()).toMatchObject({ max_tokens: 100 });
    expect(lastBody()).not.toHaveProperty("max_completion_tokens");
    expect(ended.at(-1)?.filledMaxTokens).toBeUndefined();
  });
});
