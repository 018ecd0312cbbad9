import { startSimulatedFleet, type SimulatedFleet } from "@shardrock/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasPythonModule, run } from "./foreign-program.ts";

const accountId = "111111111111";
let fleet: SimulatedFleet;

beforeAll(async () => {
  const accounts = [{ id: accountId, tokensPerMinute: { "us-east-1": 50_000 } }];
  fleet = await startSimulatedFleet({ accounts, model: { serviceMs: () => 5, firstTokenMs: 2 } });
});
afterAll(() => fleet[Symbol.asyncDispose]());

/** The host's keys, as the environment holds them. */
function hostKeys(): Record<string, string> {
  const { accessKeyId, secretAccessKey } = fleet.hostCredentials;
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_DEFAULT_REGION: "us-east-1" };
}

describe.skipIf(!hasPythonModule("boto3"))("boto3, which checks answers against AWS's own service model", () => {
  it("takes the simulated STS and Bedrock for the real ones", async () => {
    const role = `arn:aws:iam::${accountId}:role/shardrock`;
    const args = ["boto3_judge.py", fleet.aws.url, role, `external-${accountId}`, fleet.modelId];

    const said = JSON.parse(await run("python3", args, hostKeys()));

    expect(said).toMatchObject({
      account: accountId,
      converse: { usage: { outputTokens: 30 } },
      streamUsage: { outputTokens: 30 },
      tooLarge: ["ThrottlingException", 429],
      wrongExternalId: ["AccessDenied", 403],
      unknownModel: ["ValidationException", 400],
      wrongSecret: ["InvalidSignatureException", 403],
    });
    expect(said.stream.slice(0, 2)).toEqual(["messageStart", "contentBlockDelta"]);
    expect(said.stream.slice(-3)).toEqual(["contentBlockStop", "messageStop", "metadata"]);
    expect(said.chunks.at(0)).toBe("message_start");
    expect(said.chunks.at(-1)).toBe("message_stop");
    expect(said.invoked.output_tokens).toBeGreaterThan(0);
  });
});

describe.skipIf(!hasPythonModule("awscli"))("the AWS CLI", () => {
  it("converses with the simulated Bedrock under an account's own keys", async () => {
    const keys = fleet.accountCredentials.get(accountId);
    const env = {
      AWS_ACCESS_KEY_ID: keys?.accessKeyId ?? "",
      AWS_SECRET_ACCESS_KEY: keys?.secretAccessKey ?? "",
      AWS_DEFAULT_REGION: "us-east-1",
    };
    const call = ["bedrock-runtime", "converse", "--endpoint-url", fleet.aws.url, "--output", "json"];
    const messages = JSON.stringify([{ role: "user", content: [{ text: "Hello" }] }]);
    const args = [...call, "--model-id", fleet.modelId, "--messages", messages, "--inference-config", "maxTokens=20"];

    const answer = JSON.parse(await run("aws", args, env));

    expect(answer.output.message.role).toBe("assistant");
    expect(answer.usage.outputTokens).toBeGreaterThan(0);
  });
});
