import type { ConverseStreamOutput } from "@aws-sdk/client-bedrock-runtime";
import { type Clock, ShardedBedrockRuntime, systemClock } from "@shardrock/core";
import { startSimulatedFleet } from "@shardrock/simulator";
import { describe, expect, it } from "vitest";

const input = {
  modelId: "chat",
  messages: [{ role: "user" as const, content: [{ text: "How long does a session last?" }] }],
  inferenceConfig: { maxTokens: 10 },
};

/** The real client and a simulated AWS of one account; time can be moved on for the client alone. */
async function open() {
  const sessions: string[] = [];
  const fleet = await startSimulatedFleet({
    accounts: [{ id: "111111111111", tokensPerMinute: { "us-east-1": 2_000_000 } }],
    model: { serviceMs: () => 50, firstTokenMs: 1, deltasPerStream: 4 },
    fault: ({ operation, accountId }) => {
      if (operation === "AssumeRole") sessions.push(accountId);
      return undefined;
    },
  });
  let passedMs = 0;
  const clock: Clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + passedMs };
  const client = new ShardedBedrockRuntime(fleet.config, { hostCredentials: fleet.hostCredentials, clock });
  return {
    client,
    sessions,
    later: (ms: number) => void (passedMs += ms),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

/** Kinds of events as they come; between the first one and the others something may happen. */
async function kindsOf(
  stream: AsyncIterable<ConverseStreamOutput> | undefined,
  afterFirst: () => void,
): Promise<readonly string[]> {
  const kinds: string[] = [];
  for await (const event of stream ?? []) {
    kinds.push(Object.keys(event)[0] ?? "");
    if (kinds.length === 1) afterFirst();
  }
  return kinds;
}

describe("a session that ends while a stream runs", () => {
  it("lets the stream go on to its end, and the next call has a new one", async () => {
    await using world = await open();
    const { stream } = await world.client.converseStream(input);

    const kinds = await kindsOf(stream, () => world.later(61 * 60_000));
    expect(world.sessions).toHaveLength(1);
    await world.client.converse(input);

    expect(kinds).toContain("messageStop");
    expect(world.sessions).toHaveLength(2);
  });
});
