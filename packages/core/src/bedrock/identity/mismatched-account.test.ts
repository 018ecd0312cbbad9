import { describe, expect, it } from "vitest";
import type { RouterEvent } from "../../routing/router-event.ts";
import { servedBy } from "../transport/served-by.ts";
import { ShardedBedrockRuntime } from "../client/sharded-bedrock-runtime.ts";
import { exampleConfig } from "../testing/example-config.test.kit.ts";
import { callerIdentity, FakeAws } from "../testing/fake-aws.test.kit.ts";

const input = {
  modelId: "sonnet",
  messages: [{ role: "user" as const, content: [{ text: "hello" }] }],
  inferenceConfig: { maxTokens: 100 },
};

function open(wrong: readonly string[]) {
  const aws = new FakeAws();
  aws.onIdentityCheck = ({ signer }) => callerIdentity(wrong.includes(signer) ? "999999999999" : signer);
  const hostCredentials = { accessKeyId: "AKIAHOST", secretAccessKey: "host-secret" };
  const client = new ShardedBedrockRuntime(exampleConfig(), { hostCredentials, requestHandler: aws.handler });
  const events: RouterEvent[] = [];
  client.onEvent((event) => events.push(event));
  const warnings = () => events.flatMap((event) => (event.kind === "warning" ? [event] : []));
  return { aws, client, warnings };
}

describe("an account whose role gives sessions of another account", () => {
  it("serves no call, costs one question to STS, and is named in one warning; the others serve", async () => {
    const { aws, client, warnings } = open(["111111111111"]);

    const answers = await Promise.all(Array.from({ length: 40 }, () => client.converse(input)));

    expect(new Set(answers.map((answer) => servedBy(answer)?.accountId))).toEqual(new Set(["222222222222"]));
    expect(aws.bedrock.some(({ signer }) => signer === "111111111111")).toBe(false);
    expect(aws.sts).toHaveLength(2);
    expect(warnings()).toEqual([
      expect.objectContaining({
        code: "account-mismatch:111111111111",
        message: expect.stringMatching(/999999999999/),
      }),
    ]);
  });

  it("is what the error says when no other is left", async () => {
    const { aws, client } = open(["111111111111", "222222222222"]);

    await expect(client.converse(input)).rejects.toMatchObject({ code: "account-mismatch" });
    expect(aws.bedrock).toEqual([]);
  });
});
