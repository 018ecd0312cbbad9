import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { createBedrockAnthropic } from "@ai-sdk/amazon-bedrock/anthropic";
import { generateText, type LanguageModel, streamText } from "ai";
import { describe, expect, it } from "vitest";
import { all, expectSettled, firstThrottled, openWorld, type RoutedWorld } from "./routed-world.ts";

const asked = { prompt: "Name three rivers.", maxOutputTokens: 200, maxRetries: 0 } as const;

/** Keys that AWS would refuse; the provider signs with them all the same. */
const dummyKeys = { region: "eu-west-1", accessKeyId: "AKIADUMMY", secretAccessKey: "dummy" };

const dummyKey = { region: "eu-west-1", apiKey: "dummy" };

type Open = (world: RoutedWorld) => LanguageModel;

describe.each<{ name: string; open: Open }>([
  { name: "Bedrock", open: ({ fetch }) => createAmazonBedrock({ ...dummyKeys, fetch })("chat") },
  { name: "Bedrock with an API key", open: ({ fetch }) => createAmazonBedrock({ ...dummyKey, fetch })("chat") },
  { name: "Bedrock Anthropic", open: ({ fetch }) => createBedrockAnthropic({ ...dummyKeys, fetch })("chat") },
])("the AI SDK's provider for $name, over a routed fetch", ({ open }) => {
  it("generates text on an account of ours", async () => {
    await using world = await openWorld();

    const { text, usage, response } = await generateText({ model: open(world), ...asked });

    expect(text).not.toBe("");
    expect(usage.outputTokens).toBe(world.charged().outputTokens);
    expect(response.headers?.["x-shardrock-account"]).toMatch(/^(1{12}|2{12})$/);
    expectSettled(world, 1);
  });

  it("streams text", async () => {
    await using world = await openWorld();

    const { textStream, usage } = streamText({ model: open(world), ...asked });
    const parts = await all(textStream);

    expect(parts.length).toBeGreaterThan(1);
    expect((await usage).outputTokens).toBe(world.charged().outputTokens);
    expectSettled(world, 1);
  });

  it("does not notice that the first account has no room", async () => {
    await using world = await openWorld({ fault: firstThrottled() });

    const { response } = await generateText({ model: open(world), ...asked });

    expect(response.headers?.["x-shardrock-attempts"]).toBe("2");
    expect(world.ended.map(({ booking }) => booking)).toEqual(["throttled", "settled"]);
    expect(new Set(world.ended.map(({ accountId }) => accountId)).size).toBe(2);
  });
});
