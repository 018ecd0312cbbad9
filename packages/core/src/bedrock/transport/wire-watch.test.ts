import { describe, expect, it } from "vitest";
import { ShardedBedrockRuntime } from "../client/sharded-bedrock-runtime.ts";
import type { RouterEvent } from "../../routing/router-event.ts";
import { exampleConfig } from "../testing/example-config.test.kit.ts";
import { FakeAws } from "../testing/fake-aws.test.kit.ts";

describe("a call that is given up while the SDK prepares its request", () => {
  it("is never sent, and its hold comes back", async () => {
    const aws = new FakeAws();
    const client = new ShardedBedrockRuntime(exampleConfig(), {
      hostCredentials: { accessKeyId: "AKIAHOST", secretAccessKey: "s" },
      requestHandler: aws.handler,
    });
    const events: RouterEvent[] = [];
    client.onEvent((happened) => events.push(happened));
    const caller = new AbortController();
    const giveUp =
      <Args, Result>(next: (args: Args) => Result) =>
      (args: Args): Result => {
        caller.abort();
        return next(args);
      };
    client.middlewareStack.add(giveUp, { step: "build" });

    const calling = client.converse(
      { modelId: "sonnet", messages: [], inferenceConfig: { maxTokens: 9 } },
      { abortSignal: caller.signal },
    );

    await expect(calling).rejects.toMatchObject({ name: "AbortError" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(aws.bedrock).toEqual([]);
    expect(events).toContainEqual(expect.objectContaining({ kind: "attempt-end", booking: "released" }));
  });
});
