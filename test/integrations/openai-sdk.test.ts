import OpenAI, { BedrockOpenAI } from "openai";
import { describe, expect, it } from "vitest";
import {
  all,
  expectFailedOver,
  expectLeft,
  expectSettled,
  firstThrottled,
  openWorld,
  quietStreams,
  type RoutedWorld,
} from "./routed-world.ts";

type Open = (world: RoutedWorld) => OpenAI;

const messages = [{ role: "user" as const, content: "Name three rivers." }];
const runtimeUrl = "https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1";

describe.each<{ name: string; model: string; open: Open }>([
  {
    name: "OpenAI on bedrock-runtime",
    model: "gpt",
    open: ({ fetch }) => new OpenAI({ apiKey: "dummy", baseURL: runtimeUrl, fetch }),
  },
  {
    name: "BedrockOpenAI on bedrock-mantle",
    model: "mantle-gpt",
    open: ({ fetch }) => new BedrockOpenAI({ apiKey: "dummy", awsRegion: "eu-west-1", fetch }),
  },
  {
    name: "BedrockOpenAI for a model of the runtime endpoint",
    model: "gpt",
    open: ({ fetch }) => new BedrockOpenAI({ apiKey: "dummy", awsRegion: "eu-west-1", fetch }),
  },
])("$name, over a routed fetch", ({ model, open }) => {
  const chat = { model, messages, max_completion_tokens: 200 };
  const response = { model, input: "Name three rivers.", max_output_tokens: 200 };

  it("completes a chat on an account of ours", async () => {
    await using world = await openWorld();

    const completion = await open(world).chat.completions.create(chat);

    expect(completion.choices[0]?.message.content).not.toBe("");
    expect(await expectSettled(world)).toMatchObject({ outputTokens: completion.usage?.completion_tokens });
  });

  it("streams a chat, and knows what it used though nobody asked", async () => {
    await using world = await openWorld();

    const chunks = await all(await open(world).chat.completions.create({ ...chat, stream: true }));

    expect(chunks.length).toBeGreaterThan(2);
    expect(chunks.every(({ choices }) => choices.length === 1)).toBe(true);
    await expectSettled(world);
  });

  it("streams a chat with its usage when that is asked for", async () => {
    await using world = await openWorld();

    const options = { stream: true, stream_options: { include_usage: true } } as const;
    const chunks = await all(await open(world).chat.completions.create({ ...chat, ...options }));

    const usage = chunks.at(-1)?.usage;
    expect(await expectSettled(world)).toMatchObject({ outputTokens: usage?.completion_tokens });
  });

  it("creates a response", async () => {
    await using world = await openWorld();

    const { output_text: text, usage } = await open(world).responses.create(response);

    expect(text).not.toBe("");
    expect(await expectSettled(world)).toMatchObject({ outputTokens: usage?.output_tokens });
  });

  it("streams a response", async () => {
    await using world = await openWorld();

    const { usage } = await open(world).responses.stream(response).finalResponse();

    expect(await expectSettled(world)).toMatchObject({ outputTokens: usage?.output_tokens });
  });

  it("does not notice that the first account has no room", async () => {
    await using world = await openWorld({ fault: firstThrottled() });

    await all(await open(world).chat.completions.create({ ...chat, stream: true }));

    expectFailedOver(world);
  });

  it("stops the upstream when the reader gives up", async () => {
    await using world = await openWorld({ fault: quietStreams });

    const stream = await open(world).chat.completions.create({ ...chat, stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;

    await expectLeft(world);
  });
});
