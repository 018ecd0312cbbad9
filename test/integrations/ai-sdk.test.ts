import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { generateText } from "ai";
import { describe, expect, it } from "vitest";
import { expectSettled, firstThrottled, openWorld, type RoutedWorld } from "./routed-world.ts";

const asked = { prompt: "Name three rivers.", maxOutputTokens: 200, maxRetries: 0 } as const;

/** With keys of its own, which AWS would refuse. */
function bedrockOver({ fetch }: RoutedWorld): ReturnType<typeof createAmazonBedrock> {
  return createAmazonBedrock({ region: "eu-west-1", accessKeyId: "AKIADUMMY", secretAccessKey: "dummy", fetch });
}

describe("the AI SDK's Bedrock provider, over a routed fetch", () => {
  it("generates text, on an account of ours", async () => {
    await using world = await openWorld();

    const { text, usage, response } = await generateText({ model: bedrockOver(world)("chat"), ...asked });

    expect(text).not.toBe("");
    expect(usage.outputTokens).toBeGreaterThan(0);
    expect(response.headers?.["x-shardrock-account"]).toMatch(/^(1{12}|2{12})$/);
    expectSettled(world, 1);
  });

  it("does not notice that the first account has no room", async () => {
    await using world = await openWorld({ fault: firstThrottled() });

    const { text, response } = await generateText({ model: bedrockOver(world)("chat"), ...asked });

    expect(text).not.toBe("");
    expect(response.headers?.["x-shardrock-attempts"]).toBe("2");
    expect(world.ended.map(({ booking }) => booking)).toEqual(["throttled", "settled"]);
    expect(new Set(world.ended.map(({ accountId }) => accountId)).size).toBe(2);
  });
});
