import { setImmediate as nextTurn } from "node:timers/promises";
import { ConverseCommand, CountTokensCommand } from "@aws-sdk/client-bedrock-runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CanaryWorld, openCanaryWorld } from "./canary/canary-world.ts";
import { canaries, echo, leaksOf, piecesOf, quotesIn, WireSecrets } from "./canary/canaries.ts";
import { CapturedOutput } from "./canary/captured-output.ts";
import { faults } from "./canary/faults.ts";
import { conversation, invocation, messages } from "./canary/requests.ts";
import { type Ends, optionsWith } from "./canary/ways.ts";

const externalIds = ["external-111111111111", "external-222222222222"];
const secrets = [...Object.values(canaries), ...externalIds];

const onTheWire = new WireSecrets();

let world: CanaryWorld;
beforeAll(async () => void (world = await openCanaryWorld()));
afterAll(async () => world[Symbol.asyncDispose]());

/** Looks through everything captured since the last time. */
function expectNoLeak(): void {
  const texts = world.captured.take();
  onTheWire.learn(world.tap.take());
  expect(leaksOf(secrets, texts)).toEqual([]);
  expect(piecesOf(onTheWire.secrets, texts)).toEqual([]);
  const quoted = [...texts].flatMap(([text, kind]) =>
    [...quotesIn(text)].filter((quote) => onTheWire.quotes.has(quote)).map((quote) => `${kind}: ${quote}`),
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

  it("when callers give up at once, midway or in the middle of a stream", async () => {
    const aborted = AbortSignal.abort();
    await world.everyWay({}, (way, ends) => way(ends, aborted));
    world.faults.hook = ({ modelId }) => (modelId === undefined ? undefined : { kind: "hang", beforeEvent: 4 });
    await world.everyWay({}, async (way, ends) => {
      const controller = new AbortController();
      ends.client.onEvent(() => undefined);
      const going = way(ends, controller.signal);
      setTimeout(() => controller.abort(), 100);
      return going;
    });
    world.faults.hook = undefined;
    await world.withClient(async ({ client }) => {
      const { stream } = await client.converseStream(conversation);
      for await (const event of stream ?? []) if (event.contentBlockDelta) break;
      await client.converseStream(conversation); // nobody reads it, and its client goes
    });

    expectNoLeak();
  });

  it("when there is no room, and when the client is closed", async () => {
    const quotas = { tokensPerMinute: 200, inputTokensPerMinute: 200, outputTokensPerMinute: 200 };
    const { chat } = world.config.models;
    const models = { chat: { ...chat, servedBy: chat?.servedBy ?? [], quotas } };
    const noRoom = await world.withClient(
      async ({ client }) => {
        const calls = Promise.all(
          Array.from({ length: 12 }, () => client.converse(conversation, optionsWith(undefined))),
        );
        calls.catch(() => undefined); // it is awaited below, after a look
        await nextTurn();
        world.captured.look("snapshot", client.snapshot());
        return calls;
      },
      { models },
    );
    const closed = await world.everyWay({}, (way, ends) => {
      ends.client.destroy();
      return way(ends);
    });

    expect(noRoom).toMatchObject({ code: "no-capacity" });
    expect(closed.every((error) => error instanceof Error)).toBe(true);
    expectNoLeak();
  });

  it("when somebody asks where calls could go", async () => {
    await world.withClient(async ({ client }) => {
      await client.converse(conversation, optionsWith(undefined));
      const { modelId } = conversation;
      world.captured.look("explain", client.explain(new ConverseCommand(conversation), optionsWith(undefined)));
      world.captured.look(
        "explain",
        client.explain(new CountTokensCommand({ modelId, input: { converse: { messages } } })),
      );
    });

    expectNoLeak();
  });

  it("however long one keeps the errors", () => {
    for (const error of world.errors) world.captured.look("error kept", error);

    expect(world.errors.size).toBeGreaterThan(300);
    expectNoLeak();
  });
});

describe("the search for canaries", () => {
  it("finds the words of AWS in errors, where a config lets them through", async () => {
    const message = echo;
    world.faults.hook = ({ modelId }) =>
      modelId === undefined ? undefined : { kind: "error", status: 400, type: "ValidationException", message };

    await world.everyWay({ errors: { includeProviderMessage: true } });

    world.faults.hook = undefined;
    expect(leaksOf([canaries.prompt], world.captured.take())).toEqual(
      expect.arrayContaining([
        expect.stringContaining("error: CANARY-prompt"),
        expect.stringContaining("fetch answer: CANARY-prompt"),
      ]),
    );
  });

  it.each<[string, (text: string) => unknown]>([
    ["in a console", (text) => console.log(text)],
    ["on stderr", (text) => void process.stderr.write(text)],
    ["in a cause", (text) => new Error("a", { cause: new Error("b", { cause: text }) })],
    ["in a hidden property", (text) => Object.defineProperty(new Error("a"), "hidden", { value: { deep: [text] } })],
    [
      "behind a getter",
      (text) => ({
        get text() {
          return text;
        },
      }),
    ],
    ["in base64", (text) => Buffer.from(`some ${text} more`).toString("base64")],
    ["in bytes", (text) => ({ body: new Uint8Array(Buffer.from(text)) })],
    ["in a Buffer", (text) => ({ body: Buffer.from(text) })],
    ["in a URL", (text) => encodeURIComponent(`a ${text}`)],
  ])("finds what is %s", (_where, plant) => {
    using captured = new CapturedOutput();
    const planted = plant(canaries.hostSecret);
    captured.look("error", planted);

    expect(leaksOf([canaries.hostSecret], captured.take())).not.toEqual([]);
  });

  it("knows what models wrote, which sessions STS gave and what was signed, and heard all there is to hear", () => {
    const kinds = [
      "error",
      "event",
      "fetch answer",
      "snapshot",
      "state file",
      "explain",
      "shardrock:attempt-end",
      "shardrock:call-end",
    ];

    expect(onTheWire.quotes.size).toBeGreaterThan(1_000);
    expect(onTheWire.secrets.size).toBeGreaterThan(1_000);
    for (const kind of [...kinds, "shardrock:warning"])
      expect([kind, world.captured.count(kind)]).not.toEqual([kind, 0]);
  });
});
