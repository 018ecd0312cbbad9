import AnthropicBedrock from "@anthropic-ai/bedrock-sdk";
import { describe, expect, it } from "vitest";
import { expectSettled, firstThrottled, openWorld, type RoutedWorld } from "./routed-world.ts";

const asked = {
  model: "chat",
  max_tokens: 200,
  messages: [{ role: "user" as const, content: "Name three rivers." }],
};

type Open = (world: RoutedWorld) => AnthropicBedrock;

const dummyKeys = { awsRegion: "eu-west-1", awsAccessKey: "AKIADUMMY", awsSecretKey: "dummy" };

describe.each<{ auth: string; open: Open }>([
  { auth: "skipped", open: ({ fetch }) => new AnthropicBedrock({ skipAuth: true, awsRegion: "eu-west-1", fetch }) },
  { auth: "left on", open: ({ fetch }) => new AnthropicBedrock({ ...dummyKeys, fetch }) },
])("Anthropic's Bedrock SDK with its auth $auth, over a routed fetch", ({ open }) => {
  it("creates a message on an account of ours", async () => {
    await using world = await openWorld();

    const message = await open(world).messages.create(asked);

    expect(message.content).toMatchObject([{ type: "text" }]);
    expect(message.usage.output_tokens).toBe(world.charged().outputTokens);
    expectSettled(world, 1);
  });

  it("streams a message", async () => {
    await using world = await openWorld();

    const message = await open(world).messages.stream(asked).finalMessage();

    expect(message.stop_reason).not.toBeNull();
    expect(message.usage.output_tokens).toBe(world.charged().outputTokens);
    expectSettled(world, 1);
  });

  it("does not notice that the first account has no room", async () => {
    await using world = await openWorld({ fault: firstThrottled() });

    const stream = open(world).messages.stream(asked);

    expect((await stream.finalMessage()).usage.output_tokens).toBeGreaterThan(0);
    expect(world.ended.map(({ booking }) => booking)).toEqual(["throttled", "settled"]);
  });
});
