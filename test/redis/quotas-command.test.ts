import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, ShardedBedrockRuntime, systemClock } from "@shardrock/core";
import { ioredisClient, readSharedBook, redisLedger } from "@shardrock/redis";
import { type SimulatedFleet, startSimulatedFleet } from "@shardrock/simulator";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { fakeHost } from "../../packages/cli/src/command-line/host.test.kit.ts";
import type { Host } from "../../packages/cli/src/command-line/host.ts";
import { main } from "../../packages/cli/src/command-line/main.ts";
import { describeWithRedis } from "./kit/describe-with-redis.ts";
import type { RedisServer } from "./kit/redis-server.ts";

const accountId = "111111111111";
const place = { accountId, region: "us-east-1" };
const password = "p%ss:w@rd/2";
const secret = encodeURIComponent(password);
const onlyRead = "resetkeys ~{shardrock:prod}:* resetchannels -@all +evalsha +eval +get +mget +hgetall +time";
const tokensKey = `${accountId}/us-east-1/runtime/anthropic.claude-sonnet-4-6/geo/tokens/minute`;

interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

interface Shown {
  readonly book: string;
  readonly processes: number;
  readonly isThere: boolean;
  readonly places: readonly {
    readonly quotas: readonly { readonly unit: string; readonly shared: Readonly<Record<string, number>> | null }[];
  }[];
}

/** `shardrock quotas` as typed, on the fleet's account. */
async function quotas(
  fleet: SimulatedFleet,
  args: readonly string[],
  env: Record<string, string> = {},
  more: Partial<Host> = {},
): Promise<Ran> {
  using host = fakeHost(env);
  const config = { ...fleet.bareConfig, accounts: [{ id: accountId, regions: ["us-east-1"] }] };
  writeFileSync(join(host.workingDirectory, "router.json"), JSON.stringify(config));
  const argv = ["quotas", "--config", "router.json", ...args];
  const exitCode = await main(argv, { ...host, stdout: host.stdout, stderr: host.stderr, clock: systemClock, ...more });
  return { exitCode, out: host.stdout.text, err: host.stderr.text };
}

function routerOn({ config, hostCredentials }: SimulatedFleet, redis: Redis): ShardedBedrockRuntime {
  const ledger = redisLedger({ client: ioredisClient(redis), realm: "prod", timeoutMs: 5_000 });
  return new ShardedBedrockRuntime(config, { hostCredentials, ledger });
}

/** @returns tokens of the quota that its calls took. */
async function spend(client: ShardedBedrockRuntime, calls: number): Promise<number> {
  const messages = [{ role: "user" as const, content: [{ text: "Name three rivers." }] }];
  const input = { modelId: "chat", messages, inferenceConfig: { maxTokens: 50 } };
  const answers = await Promise.all(Array.from({ length: calls }, () => client.converse(input)));
  return answers.reduce((sum, { usage }) => sum + (usage?.inputTokens ?? 0) + 5 * (usage?.outputTokens ?? 0), 0);
}

describeWithRedis(
  "shardrock quotas --store",
  (server: () => RedisServer) => {
    let redis: Redis;
    let fleet: SimulatedFleet;
    const at = (user = ""): string => `redis://${user}127.0.0.1:${server().port}`;

    beforeAll(() => {
      vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIASIMULATEDHOST");
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", "simulated");
    });
    afterAll(() => vi.unstubAllEnvs());
    beforeEach(async () => {
      redis = new Redis(at());
      fleet = await startSimulatedFleet({
        accounts: [{ id: accountId, tokensPerMinute: { "us-east-1": 200_000 } }],
        discovery: { metrics: { delayMs: { least: -60_000, most: -60_000 } } },
      });
      await redis.flushall();
      await redis.acl("SETUSER", "looker", "reset", "on", `>${password}`, ...onlyRead.split(" "));
    });
    afterEach(async () => {
      redis.disconnect();
      await fleet[Symbol.asyncDispose]();
    });

    it("shows what two routers spent together, as a user that may only read, and counts as none of them", async () => {
      await using one = routerOn(fleet, redis);
      await using other = routerOn(fleet, redis);
      const [byOne, byOther] = await Promise.all([spend(one, 3), spend(other, 4)]);
      await settled(redis);

      const store = { SHARDROCK_STORE: at(`looker:${secret}@`) };
      const { exitCode, out, err } = await quotas(fleet, ["--realm", "prod", "--json"], store);

      expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
      const shown = JSON.parse(out) as Shown;
      expect(shown).toMatchObject({ book: "shared", realm: "prod", isThere: true, processes: 2 });
      const [tokens, requests] = shown.places[0]?.quotas ?? [];
      expect(tokens?.shared).toMatchObject({ booked: byOne + byOther, open: 0, limitPerMinute: 200_000 });
      expect(tokens?.shared?.["headroom"]).toBeCloseTo(1 - (byOne + byOther) / 200_000, 2);
      expect(requests?.shared).toBeNull(); // nobody has used it: the routers were told no limit of it
      expect(out + err).not.toMatch(/p%ss|p%25ss|w@rd|w%40rd/);
      expect(await redis.hlen("{shardrock:prod}:processes")).toBe(2);
    });

    it("tells drift: what AWS counted beyond what the fleet used", async () => {
      await using router = routerOn(fleet, redis);
      await spend(router, 1);
      await settled(redis);
      const nowMs = systemClock.monotonicMs();
      const target = { ...place, endpoint: "runtime", modelId: fleet.modelId } as const;
      for (const minute of [4, 5, 6])
        fleet.metrics?.count(target, { EstimatedTPMQuotaUsage: 30_000, Invocations: 10 }, nowMs - minute * 60_000);

      const { out } = await quotas(fleet, ["--store", at(), "--realm", "prod"]);

      expect(out).toMatch(
        /^shared book of realm prod at 127\.0\.0\.1:\d+, 1 process: booked and left are of this minute/,
      );
      expect(out).toMatch(/account +region +model +scope +per minute +limit +from +booked +left +drift +busiest/);
      expect(out).toMatch(/ tokens .* 30,000 +30,000 /);
    });

    it("writes nothing, opens nothing, and says so of a realm that nobody has used", async () => {
      const { exitCode, out } = await quotas(fleet, ["--store", at(), "--realm", "prdo"]);

      expect(exitCode).toBe(0);
      expect(out).toContain(
        "holds nothing of realm prdo: no router has used it there, or its routers have another realm",
      );
      expect(await redis.keys("*")).toEqual([]);
    });

    it("goes on with --watch when the store goes away and comes back, and ends with Ctrl-C", async () => {
      const stop = new AbortController();
      const between = [
        () => server().kill(),
        () => server().restart(),
        async () => stop.abort(new DOMException("interrupted", "AbortError")),
      ];
      const clock: Clock = {
        ...systemClock,
        sleep: (ms, signal) =>
          ms === 60_000 ? (between.shift()?.() ?? Promise.resolve()) : systemClock.sleep(ms, signal),
      };
      redis.on("error", () => {}); // the test's own connection goes away too

      const args = ["--store", at(), "--realm", "prod", "--watch"];
      const { exitCode, out, err } = await quotas(fleet, args, {}, { clock, signal: stop.signal });

      expect(exitCode).toBe(130);
      expect(out.match(/holds nothing of realm prod/g)).toHaveLength(2);
      expect(err).toMatch(/^the store at 127\.0\.0\.1:\d+ cannot be read: .*ECONNREFUSED.*\ninterrupted\n$/);
    });

    it.each([
      ["a wrong password", () => at("looker:no-such-secret@"), /WRONGPASS.*; its user or password is wrong/],
      [
        "rights that do not reach",
        () => at(`looker:${secret}@`).concat("/0"),
        /may not run scripts that read this realm's keys/,
      ],
      [
        "nobody who listens",
        () => "redis://looker:no-such-secret@127.0.0.1:1",
        /at 127\.0\.0\.1:1 cannot be read: .*ECONNREFUSED/,
      ],
    ])("ends with 1 and one line for %s, without the password", async (_what, url, message) => {
      const { exitCode, out, err } = await quotas(fleet, ["--store", url(), "--realm", "other"]);

      expect({ exitCode, out }).toEqual({ exitCode: 1, out: "" });
      expect(err).toMatch(message);
      expect(err.trim().split("\n")).toHaveLength(1);
      expect(err).not.toMatch(/no-such-secret|p%/);
    });
  },
  { port: true },
);

/** All that was under way has been written to the book. */
async function settled(redis: Redis): Promise<void> {
  const quota = { key: tokensKey, unit: "tokens" as const, windowMs: 60_000 };
  await expect
    .poll(async () => {
      const { quotas } = await readSharedBook({ client: ioredisClient(redis), realm: "prod", quotas: [quota] });
      const { open = -1, settledByMinute = new Map<number, number>() } = quotas.get(tokensKey) ?? {};
      return open === 0 && settledByMinute.size > 0;
    })
    .toBe(true);
}
