import AnthropicBedrock, { AnthropicBedrockMantle } from "@anthropic-ai/bedrock-sdk";
import { describe, expect, it } from "vitest";
import {
  expectFailedOver,
  expectLeft,
  expectSettled,
  firstThrottled,
  openWorld,
  quietStreams,
  type RoutedWorld,
} from "./routed-world.ts";

const content = { max_tokens: 200, messages: [{ role: "user" as const, content: "Name three rivers." }] };

type Open = (world: RoutedWorld) => Pick<AnthropicBedrock, "messages"> | Pick<AnthropicBedrockMantle, "messages">;

const region = { awsRegion: "eu-west-1" };
/** Keys that AWS would refuse; the SDK signs with them all the same. */
const dummyKeys = { ...region, awsAccessKey: "AKIADUMMY" };
const ofRuntime = { ...dummyKeys, awsSecretKey: "dummy" };
const ofMantle = { ...dummyKeys, awsSecretAccessKey: "dummy" };

describe.each<{ name: string; model: string; open: Open }>([
  {
    name: "AnthropicBedrock without auth",
    model: "claude",
    open: ({ fetch }) => new AnthropicBedrock({ skipAuth: true, ...region, fetch }),
  },
  {
    name: "AnthropicBedrock with its own auth",
    model: "claude",
    open: ({ fetch }) => new AnthropicBedrock({ ...ofRuntime, fetch }),
  },
  {
    name: "AnthropicBedrockMantle without auth",
    model: "mantle-claude",
    open: ({ fetch }) => new AnthropicBedrockMantle({ skipAuth: true, ...region, fetch }),
  },
  {
    name: "AnthropicBedrockMantle with its own auth",
    model: "mantle-claude",
    open: ({ fetch }) => new AnthropicBedrockMantle({ ...ofMantle, fetch }),
  },
  {
    name: "AnthropicBedrockMantle for a model of the runtime endpoint",
    model: "claude",
    open: ({ fetch }) => new AnthropicBedrockMantle({ apiKey: "dummy", ...region, fetch }),
  },
])("$name, over a routed fetch", ({ model, open }) => {
  const asked = { model, ...content };

  it("creates a message on an account of ours", async () => {
    await using world = await openWorld();

    const message = await open(world).messages.create(asked);

    expect(message.content).toMatchObject([{ type: "text" }]);
    expect(await expectSettled(world)).toMatchObject({ outputTokens: message.usage.output_tokens });
  });

  it("streams a message", async () => {
    await using world = await openWorld();

    const message = await open(world).messages.stream(asked).finalMessage();

    expect(message.stop_reason).not.toBeNull();
    expect(await expectSettled(world)).toMatchObject({ outputTokens: message.usage.output_tokens });
  });

  it("does not notice that the first account has no room", async () => {
    await using world = await openWorld({ fault: firstThrottled() });

    await open(world).messages.stream(asked).finalMessage();

    expectFailedOver(world);
  });

  it("stops the upstream when the reader gives up", async () => {
    await using world = await openWorld({ fault: quietStreams });

    const stream = open(world).messages.stream(asked);
    stream.on("text", () => stream.abort());

    await expect(stream.finalMessage()).rejects.toThrow("abort");
    await expectLeft(world);
  });
});
