import { NotSentError, openRouter, type OpenRouter, parseConfig, ShardrockError } from "@shardrock/core";
import { failover } from "@shardrock/failover";
import { ioredisClient, redisLedger } from "@shardrock/redis";
import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { describeWithRedis } from "./kit/describe-with-redis.ts";
import type { RedisServer } from "./kit/redis-server.ts";

const one = "111111111111";
const two = "222222222222";

const config = parseConfig({
  role: { name: "shardrock", trust: "same-org" },
  accounts: [
    { id: one, regions: ["us-east-1"] },
    { id: two, regions: ["us-east-1"] },
  ],
  models: {
    sonnet: {
      servedBy: [{ id: "us.anthropic.claude-sonnet-4-6", destinations: ["us-east-1"] }],
      quotas: { tokensPerMinute: 1_000_000 },
    },
  },
  residency: { allowedRegions: ["us-east-1"] },
});

/** What one process has. */
function openProcess(server: RedisServer, realm: string) {
  const redis = new Redis({ path: server.path });
  redis.on("error", () => undefined); // the ledger says what becomes of the store
  const ledger = redisLedger({ client: ioredisClient(redis), realm, timeoutMs: 5_000, beatMs: 50 });
  const opened = openRouter(config, { ledger, failover: failover() });
  return {
    opened,
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]();
      redis.disconnect();
    },
  };
}

/** Sends calls until one has met the account whose role fails. */
async function meetDenial({ router, candidates }: OpenRouter): Promise<void> {
  const tried = new Set<string>();
  while (!tried.has(one)) {
    const request = { pool: "sonnet", candidates: candidates("sonnet", { requests: 1, tokens: 10 }) };
    await router.run(request, ({ accountId }, call) => {
      tried.add(accountId);
      if (accountId === one) throw new NotSentError(new ShardrockError("credentials-unavailable", "no role"));
      call.settle({ requests: 1, tokens: 10 });
      return Promise.resolve("served");
    });
  }
}

function whyNot({ router, candidates }: OpenRouter, accountId: string): string | undefined {
  const request = { pool: "sonnet", candidates: candidates("sonnet", { requests: 1, tokens: 10 }) };
  const row = router.explain(request).find(({ target }) => target.accountId === accountId);
  return row?.rank === undefined ? row?.reason : undefined;
}

describeWithRedis("processes over one store", (server) => {
  it("leave alone what another of them was denied", async () => {
    await using first = openProcess(server(), "health");
    await using second = openProcess(server(), "health");
    await using elsewhere = openProcess(server(), "health-of-others");

    await meetDenial(first.opened);

    await expect.poll(() => whyNot(second.opened, one), { timeout: 5_000 }).toMatch(/its role could not be assumed/);
    expect(whyNot(second.opened, two)).toBeUndefined();
    expect(whyNot(elsewhere.opened, one)).toBeUndefined();
  });

  it("hear what was told before they came, for what is left of it", async () => {
    await using first = openProcess(server(), "health-before");
    await meetDenial(first.opened);
    await using witness = openProcess(server(), "health-before");
    await expect.poll(() => whyNot(witness.opened, one), { timeout: 5_000 }).toMatch(/role/);

    await using late = openProcess(server(), "health-before");

    await expect.poll(() => whyNot(late.opened, one), { timeout: 5_000 }).toMatch(/for [1-5]\d{4} ms more/);
  });
});
