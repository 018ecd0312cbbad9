import type { FaultHook } from "@shardrock/simulator";
import { expect, it } from "vitest";
import { openWorld, type RoutedWorld } from "./routed-world.ts";

function converse({ fetch }: RoutedWorld): Promise<Response> {
  const body = { messages: [{ role: "user", content: [{ text: "hello" }] }], inferenceConfig: { maxTokens: 50 } };
  const url = "https://bedrock-runtime.eu-west-1.amazonaws.com/model/claude/converse";
  return fetch(url, { method: "POST", body: JSON.stringify(body) });
}

/** One call of a model, counted from 0, finds its connection reset. */
function resets(unlucky: number): FaultHook {
  let calls = 0;
  return ({ modelId }) => (modelId !== undefined && calls++ === unlucky ? { kind: "reset" } : undefined);
}

it("sends once more, free, what met an idle socket that AWS had just closed", async () => {
  await using world = await openWorld({ fault: resets(0) });
  // The session was asked for over the socket that the first call then reuses.
  const response = await converse(world);

  expect(response.status).toBe(200);
  expect(response.headers.get("x-shardrock-attempts")).toBe("1");
  expect(world.ended.map(({ booking }) => booking)).toEqual(["settled"]);
});

it("shares the sockets of its client", async () => {
  await using world = await openWorld();

  for (let call = 0; call < 6; call++) {
    await converse(world);
    await world.client.converse({ modelId: "claude", messages: [{ role: "user", content: [{ text: "hello" }] }] });
  }

  expect(world.aws.openConnections).toBeLessThanOrEqual(2);
});
