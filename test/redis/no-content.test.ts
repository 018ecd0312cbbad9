import { ShardedBedrockRuntime } from "@shardrock/core";
import { ioredisClient, redisLedger } from "@shardrock/redis";
import { startSimulatedFleet } from "@shardrock/simulator";
import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { hasRedisServer, startRedisServer } from "../../benchmarks/redis/redis-server.ts";

const secrets = {
  prompt: "canary-prompt-7f3a",
  tenant: "canary-tenant-91bc",
  affinityKey: "canary-conversation-22d0",
  secretAccessKey: "canarysecretaccesskey",
  accessKeyId: "AKIACANARYHOST",
};

describe.skipIf(!hasRedisServer())("a shared book", () => {
  it("tells the store nothing of a prompt, an answer, a credential, a tenant or a conversation", async () => {
    await using server = await startRedisServer();
    await using fleet = await startSimulatedFleet({
      accounts: [{ id: "111111111111", tokensPerMinute: { "us-east-1": 100_000 } }],
      host: { accountId: "999999999999", accessKeyId: secrets.accessKeyId, secretAccessKey: secrets.secretAccessKey },
      speed: 20,
    });
    const redis = new Redis({ host: "127.0.0.1", port: server.port });
    const heard: string[] = [];
    const monitor = await redis.monitor();
    monitor.on("monitor", (_time: string, args: readonly string[]) => heard.push(args.join(" ")));

    const answers = await useBook(fleet, redis);
    // What was sent before this was heard before it.
    await redis.set("{shardrock:last}", "heard");
    await expect.poll(() => heard.some((text) => text.includes("{shardrock:last}"))).toBe(true);
    monitor.disconnect();
    redis.disconnect();

    const all = heard.join("\n").toLowerCase();
    expect(all).toContain("{shardrock:canary}:page:");
    const externalIds = fleet.config.accounts.map(({ externalId = "" }) => externalId);
    const words = [...Object.values(secrets), ...externalIds, ...answers];
    expect(words.filter((word) => word !== "" && all.includes(word.toLowerCase()))).toEqual([]);
  });
});

/** @returns what AWS answered. */
async function useBook(
  { config, hostCredentials }: Awaited<ReturnType<typeof startSimulatedFleet>>,
  redis: Redis,
): Promise<readonly string[]> {
  const ledger = redisLedger({ client: ioredisClient(redis), realm: "canary", timeoutMs: 5_000 });
  await using client = new ShardedBedrockRuntime(config, { hostCredentials, ledger });
  const { tenant, affinityKey } = secrets;
  const messages = [{ role: "user" as const, content: [{ text: `${secrets.prompt} Name three rivers.` }] }];
  const input = { modelId: "chat", messages, inferenceConfig: { maxTokens: 50 } };
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => client.converse(input, { shardrock: { tenant, affinityKey } })),
  );
  return answers.flatMap(({ output }) => output?.message?.content?.flatMap(({ text }) => text ?? []) ?? []);
}
