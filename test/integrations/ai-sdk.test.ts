import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { createBedrockAnthropic } from "@ai-sdk/amazon-bedrock/anthropic";
import { createBedrockMantle } from "@ai-sdk/amazon-bedrock/mantle";
import { generateText, type LanguageModel, streamText } from "ai";
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

const asked = { prompt: "Name three rivers.", maxOutputTokens: 200, maxRetries: 0 } as const;

/** Keys that AWS would refuse; the providers sign with them all the same. */
const dummyKeys = { region: "eu-west-1", accessKeyId: "AKIADUMMY", secretAccessKey: "dummy" };
const dummyKey = { region: "eu-west-1", apiKey: "dummy" };

type Open = (world: RoutedWorld) => LanguageModel;

describe.each<{ name: string; open: Open }>([
  { name: "Converse", open: ({ fetch }) => createAmazonBedrock({ ...dummyKeys, fetch })("claude") },
  { name: "Converse with an API key", open: ({ fetch }) => createAmazonBedrock({ ...dummyKey, fetch })("claude") },
  { name: "InvokeModel", open: ({ fetch }) => createBedrockAnthropic({ ...dummyKeys, fetch })("claude") },
  { name: "chat on mantle", open: ({ fetch }) => createBedrockMantle({ ...dummyKeys, fetch }).chat("mantle-gpt") },
  {
    name: "responses on mantle",
    open: ({ fetch }) => createBedrockMantle({ ...dummyKey, fetch }).responses("mantle-gpt"),
  },
])("the AI SDK's Bedrock provider by $name, over a routed fetch", ({ open }) => {
  it("generates text on an account of ours", async () => {
    await using world = await openWorld();

    const { text, usage, response } = await generateText({ model: open(world), ...asked });

    expect(text).not.toBe("");
    expect(response.headers?.["x-shardrock-account"]).toMatch(/^(1{12}|2{12})$/);
    expect(await expectSettled(world)).toMatchObject({ outputTokens: usage.outputTokens });
  });

  it("streams text", async () => {
    await using world = await openWorld();

    const { textStream, usage } = streamText({ model: open(world), ...asked });

    expect((await all(textStream)).length).toBeGreaterThan(1);
    expect(await expectSettled(world)).toMatchObject({ outputTokens: (await usage).outputTokens });
  });

  it("does not notice that the first account has no room", async () => {
    await using world = await openWorld({ fault: firstThrottled() });

    const { response } = await generateText({ model: open(world), ...asked });

    expect(response.headers?.["x-shardrock-attempts"]).toBe("2");
    expectFailedOver(world);
  });

  it("stops the upstream when the reader gives up", async () => {
    await using world = await openWorld({ fault: quietStreams });
    const giveUp = new AbortController();

    const { fullStream } = streamText({ model: open(world), ...asked, abortSignal: giveUp.signal, onError: () => {} });
    for await (const part of fullStream) if (part.type === "text-delta") giveUp.abort();

    await expectLeft(world);
  });
});
