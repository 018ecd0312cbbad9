import { ChatBedrockConverse } from "@langchain/aws";
import { describe, expect, it } from "vitest";
import { all, expectFailedOver, expectSettled, firstThrottled, openWorld, type RoutedWorld } from "./routed-world.ts";

/** It wants a Region even with a client of ours, which does not look at it. */
function modelOver({ client }: RoutedWorld): ChatBedrockConverse {
  return new ChatBedrockConverse({ client, region: "eu-west-1", model: "claude", maxTokens: 200 });
}

describe("LangChain's ChatBedrockConverse, over the client", () => {
  it("invokes", async () => {
    await using world = await openWorld();

    const answer = await modelOver(world).invoke("Name three rivers.");

    const { outputTokens } = await expectSettled(world);
    expect(answer.usage_metadata).toMatchObject({ output_tokens: outputTokens });
  });

  it("streams", async () => {
    await using world = await openWorld();

    const parts = await all(await modelOver(world).stream("Name three rivers."));

    expect(parts.filter(({ text }) => text !== "").length).toBeGreaterThan(1);
    await expectSettled(world);
  });

  it("does not notice that the first account has no room", async () => {
    await using world = await openWorld({ fault: firstThrottled() });

    await modelOver(world).invoke("Name three rivers.");

    expectFailedOver(world);
  });
});
