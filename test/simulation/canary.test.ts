import { ApplyGuardrailCommand, ConverseCommand, CountTokensCommand } from "@aws-sdk/client-bedrock-runtime";
import { ShardrockError } from "@shardrock/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CanaryWorld, openCanaryWorld } from "./canary/canary-world.ts";
import { canaries, completionQuotes, echo, leaksOf, piecesOf, quotesIn, secretsOnTheWire } from "./canary/canaries.ts";
import { CapturedOutput } from "./canary/captured-output.ts";
import { faults } from "./canary/faults.ts";
import { conversation, invocation, messages } from "./canary/requests.ts";
import { type Ends, optionsWith } from "./canary/ways.ts";

const externalIds = ["external-111111111111", "external-222222222222"];
const secrets = [...Object.values(canaries), ...externalIds];

let world: CanaryWorld;
beforeAll(async () => void (world = await openCanaryWorld()));
afterAll(async () => world[Symbol.asyncDispose]());

/** Looks through everything captured since the last time. */
function expectNoLeak(): void {
  const { captured, tap } = world;
  const texts = captured.take();
  expect(leaksOf(secrets, texts)).toEqual([]);
  expect(piecesOf(secretsOnTheWire(tap.sent(), tap.answered()), texts)).toEqual([]);
  const written = completionQuotes(tap.answered());
  const quoted = [...texts].flatMap(([text, kind]) =>
    [...quotesIn(text)].filter((quote) => written.has(quote)).map((quote) => `${kind}: ${quote}`),
  );
  expect(quoted).toEqual([]);
}

/** What a caller gets wrong, with content in the wrong places. */
const mistakes: readonly (readonly [what: string, call: (ends: Ends) => Promise<unknown>])[] = [
  ["an unknown model", ({ client }) => client.converse({ ...conversation, modelId: "nobody" })],
  [
    "metadata AWS does not take",
    ({ client }) => client.converse({ ...conversation, requestMetadata: { tenant: `${canaries.metadata}!%` } }),
  ],
  [
    "metadata that is no JSON",
    ({ client }) => client.invokeModel({ ...invocation, requestMetadata: `${canaries.metadata}\n` }),
  ],
  [
    "an endless affinity key",
    ({ client }) => client.converse(conversation, { shardrock: { affinityKey: canaries.affinityKey.repeat(99) } }),
  ],
  [
    "an affinity key for a time",
    ({ client }) => client.converse(conversation, { shardrock: { maxWaitMs: canaries.affinityKey as never } }),
  ],
  [
    "an affinity key for a priority",
    ({ client }) => client.converse(conversation, { shardrock: { priority: canaries.affinityKey as never } }),
  ],
  [
    "Regions that are none",
    ({ client }) => client.converse(conversation, { shardrock: { allowedRegions: canaries.prompt as never } }),
  ],
  [
    "Regions that are not allowed",
    ({ client }) => client.converse(conversation, { shardrock: { allowedRegions: ["eu-west-1"] } }),
  ],
  [
    "messages that are a text",
    ({ client }) => client.converse({ ...conversation, messages: canaries.prompt as never }),
  ],
  ["a tool input that is a circle", ({ client }) => client.converse({ ...conversation, messages: circular() })],
  ["a body that is no JSON", ({ client }) => client.invokeModel({ ...invocation, body: canaries.prompt })],
  [
    "a body that is half a JSON",
    ({ client }) => client.invokeModel({ ...invocation, body: `{"messages": [${canaries.prompt}` }),
  ],
  ["a fetch whose body is no JSON", (ends) => fetched(ends, `{"messages": [${canaries.prompt}`)],
  ["a fetch whose body has no model", (ends) => fetched(ends, JSON.stringify({ messages }))],
  [
    "a fetch whose metadata is wrong",
    (ends) =>
      fetched(
        ends,
        JSON.stringify({ messages, requestMetadata: { a: `${canaries.metadata}!%` } }),
        "/model/chat/converse",
      ),
  ],
  [
    "more than any quota carries",
    ({ client }) => client.converse({ ...conversation, inferenceConfig: { maxTokens: 64_000 } }),
  ],
  [
    "a guardrail nobody has",
    ({ client }) =>
      client.applyGuardrail({
        guardrailIdentifier: "nobody",
        guardrailVersion: "1",
        source: "INPUT",
        content: [{ text: { text: canaries.guarded } }],
      }),
  ],
];

function circular(): never {
  const input: Record<string, unknown> = { text: canaries.toolInput };
  input[canaries.toolKey] = { back: input };
  return [{ role: "assistant", content: [{ toolUse: { toolUseId: "t1", name: "weather", input } }] }] as never;
}

async function fetched(
  { routedFetch, onErrorAnswer }: Ends,
  body: string,
  path = "/v1/chat/completions",
): Promise<void> {
  const response = await routedFetch(`https://bedrock-runtime.us-east-1.amazonaws.com${path}`, {
    method: "POST",
    body,
  });
  onErrorAnswer({ headers: [...response.headers], text: await response.text() });
  throw new Error(`HTTP ${response.status}`);
}

describe("no log, error, event, channel or snapshot of a whole run holds a word of prompt, answer or secret", () => {
  it.each(faults)("when AWS answers with %s", async (_name, hook) => {
    world.faults.hook = hook();

    await world.everyWay();

    world.faults.hook = undefined;
    expectNoLeak();
  });

  it.each(mistakes)("when a caller sends %s", async (_what, call) => {
    const quotas = { tokensPerMinute: 10_000, inputTokensPerMinute: 10_000, outputTokensPerMinute: 10_000 };
    const { chat } = world.config.models;
    const models = { chat: { ...chat, servedBy: chat?.servedBy ?? [], quotas } };

    expect(await world.withClient(call, { models })).toBeInstanceOf(Error);

    expectNoLeak();
  });
});
