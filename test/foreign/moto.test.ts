import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ShardedBedrockRuntime } from "@shardrock/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasPythonModule } from "./foreign-program.ts";
import { type MotoServer, startMoto } from "./moto-server.ts";

const hasMoto = hasPythonModule("moto.server") && hasPythonModule("flask");

describe.skipIf(!hasMoto)("moto, somebody else's STS", () => {
  const accountId = "222222222222";
  const answer = {
    output: { message: { role: "assistant", content: [{ text: "hello" }] } },
    stopReason: "end_turn",
    usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
    metrics: { latencyMs: 1 },
  };
  const tokens: string[] = [];
  let moto: MotoServer;
  let bedrock: Server;

  beforeAll(async () => {
    bedrock = createServer((request, response) => {
      tokens.push(String(request.headers["x-amz-security-token"]));
      request.resume().once("end", () => {
        response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
      });
    });
    await once(bedrock.listen(0, "127.0.0.1"), "listening");
    moto = await startMoto();
  }, 60_000);

  afterAll(() => {
    moto[Symbol.dispose]();
    bedrock.close();
  });

  it("gives the client a session of the account's role, and agrees whose it is", async () => {
    const url = `http://127.0.0.1:${(bedrock.address() as AddressInfo).port}`;
    const client = new ShardedBedrockRuntime(
      {
        accounts: [
          {
            id: accountId,
            roleArn: `arn:aws:iam::${accountId}:role/shardrock`,
            externalId: "an-external-id",
            sourceIdentity: "tests",
            tags: { team: "a" },
            regions: ["us-east-1"],
          },
        ],
        models: {
          chat: {
            servedBy: [{ id: "amazon.nova-lite-v1:0" }],
            quotas: { tokensPerMinute: 100_000 },
            maxOutputTokens: 5_000,
          },
        },
        residency: { allowedRegions: ["us-east-1"] },
        endpoints: { bedrockRuntime: url, sts: moto.url },
      },
      { hostCredentials: { accessKeyId: "AKIAHOST", secretAccessKey: "made-up" } },
    );

    const messages = [{ role: "user" as const, content: [{ text: "hello" }] }];
    const { $metadata } = await client.converse({ modelId: "chat", messages, inferenceConfig: { maxTokens: 10 } });

    expect($metadata.shardrock.accountId).toBe(accountId);
    expect(tokens).toHaveLength(1);
    expect(tokens[0]?.length).toBeGreaterThan(100);
    client.destroy();
  });
});
