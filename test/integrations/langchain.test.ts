import { ChatBedrockConverse } from "@langchain/aws";
import { describe, expect, it } from "vitest";
import { all, expectSettled, firstThrottled, openWorld, type RoutedWorld } from "./routed-world.ts";

/** It wants a Region even with a client of ours, which does not look at it. */
function modelOver({ client }: RoutedWorld): ChatBedrockConverse {
  return new ChatBedrockConverse({ client, region: "eu-west-1", model: "chat", maxTokens: 200 });
}

describe("LangChain's ChatBedrockConverse, over the client", () => {
  it("invokes", async () => {
    await using world = await openWorld();

    const answer = await modelOver(world).invoke("Name three rivers.");

    expect(answer.usage_metadata).toMatchObject({ output_tokens: world.charged().outputTokens });
    expectSettled(world, 1);
  });

  it("streams", async () => {
    await using world = await openWorld();

    const parts = await all(await modelOver(world).stream("Name three rivers."));

    expect(parts.filter(({ text }) => text !== "").length).toBeGreaterThan(1);
    expectSettled(world, 1);
  });

  it("does not notice that the first account has no room", async () => {
    await using world = await openWorld({ fault: firstThrottled() });

    await modelOver(world).invoke("Name three rivers.");

    expect(world.ended.map(({ booking }) => booking)).toEqual(["throttled", "settled"]);
  });
});
