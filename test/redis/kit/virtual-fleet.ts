import { setImmediate as eventLoopTurn } from "node:timers/promises";
import { type LedgerSource, NoCapacityError, openRouter, parseConfig, seededRandom } from "@shardrock/core";
import { poissonGapMs, SimulatedBedrock, type SimulatedQuota, VirtualClock } from "@shardrock/simulator";
import { Redis } from "ioredis";
import { ioredisClient } from "../../../packages/redis/src/clients/ioredis-client.ts";
import type { ScriptClient } from "../../../packages/redis/src/clients/script-client.ts";
import { RedisBond } from "../../../packages/redis/src/health/redis-bond.ts";
import { SharedLedger } from "../../../packages/redis/src/ledger/shared-ledger.ts";
import { keysOf } from "../../../packages/redis/src/store/keys.ts";
import { ScriptStore } from "../../../packages/redis/src/store/script-store.ts";
import { settableTime } from "./clock-source.ts";
import type { RedisServer } from "./redis-server.ts";
import { beginUs } from "./store-world.ts";

/** A "minute" of these tests, in ms; a call may wait half of it. */
const windowMs = 8_000;
/** Way to the store or back, in ms. */
const wayMs = 0.3;
const places = [1, 2].map((place) => ({ account: String(place).padStart(12, "1"), limit: 100_000 * place }));
const region = "us-east-1";
const modelId = "us.anthropic.claude-chat";
/** What a call holds, and what it takes. */
const held = { inputTokens: 1_000, maxTokens: 1_000 };
const taken = { inputTokens: 1_000, outputTokens: 300 };

export interface FleetCounts {
  served: number;
  throttled: number;
  /** Scripts of all kinds. */
  scripts: number;
  /** Bookings that were given back unused. */
  released: number;
  readonly servedBy: number[];
}

/** Routers with one book on a true server, in virtual time: nothing but the book makes them late. @param load - of all quotas. */
export async function virtualFleet(server: RedisServer, processes: number, load: number) {
  const clock = new VirtualClock();
  const redis = new Redis({ path: server.path });
  const realm = "virtual-fleet";
  const counts = freshCounts(processes);
  const bedrock = new SimulatedBedrock({ quotas: quotas(), limiter: "bucket25", windowMs, random: seededRandom(1) });
  let underWay = 0;
  const client = ioredisClient(redis);
  const counting: ScriptClient = {
    async run(script, keys, args) {
      await clock.sleep(wayMs);
      void redis.set(keysOf(realm).clock, String(beginUs + Math.round(clock.monotonicMs() * 1e3)));
      counts.scripts += 1;
      underWay += 1;
      const reply = await client.run(script, keys, args).finally(() => (underWay -= 1));
      await clock.sleep(wayMs);
      return reply;
    },
  };
  const answered = async (): Promise<void> => {
    await eventLoopTurn();
    if (underWay > 0) await answered();
  };
  const sourceOf = (processId: string): LedgerSource => ({
    open: (host) => {
      const store = new ScriptStore({ client: counting, realm, processId, time: settableTime(realm) });
      const times = { timeoutMs: 50, beatMs: 500, expiresInMs: 900_000 };
      const ledger = new SharedLedger({ store, host, processId, onStoreDown: "local", ...times });
      const reserve = ledger.reserve.bind(ledger);
      ledger.reserve = async (...asked) => {
        const answer = await reserve(...asked);
        if (answer.kind === "refused") return answer;
        const release = answer.release.bind(answer);
        answer.release = () => {
          counts.released += 1;
          release();
        };
        return answer;
      };
      const bond = new RedisBond({ board: ledger.board, time: ledger.time, clock });
      return { ledger, bond, [Symbol.asyncDispose]: () => ledger[Symbol.asyncDispose]() };
    },
  });
  const routers = Array.from({ length: processes }, (_, place) => {
    return openRouter(config(), { clock, random: seededRandom(place), ledger: sourceOf(`p${place}`) });
  });
  const send = async (place: number): Promise<void> => {
    const opened = routers[place];
    const candidates = opened?.candidates("chat", { requests: 1, tokens: held.inputTokens + held.maxTokens }) ?? [];
    await opened?.router.run({ pool: "chat", candidates }, async ({ accountId }, running) => {
      const answer = bedrock.admit({ accountId, region, modelId, ...held }, clock.monotonicMs());
      if (answer.kind !== "admitted") {
        counts.throttled += 1;
        throw Object.assign(new Error("Too many tokens"), { name: "ThrottlingException" });
      }
      await clock.sleep(300);
      answer.end(taken, clock.monotonicMs());
      counts.served += 1;
      counts.servedBy[place] = (counts.servedBy[place] ?? 0) + 1;
      running.settle({ requests: 1, tokens: taken.inputTokens + taken.outputTokens });
    });
  };
  const arrive = (place: number, random: () => number): void => {
    const perMs = (load * places.reduce((sum, { limit }) => sum + limit, 0)) / 1_300 / windowMs / processes;
    clock.timer(poissonGapMs(perMs, random), () => {
      send(place).catch((error: unknown) => {
        if (!(error instanceof NoCapacityError)) throw error;
      });
      arrive(place, random);
    });
  };
  routers.forEach((_, place) => arrive(place, seededRandom(100 + place)));
  return {
    /** Lets windows pass. @returns what was counted meanwhile. */
    async pass(windows: number): Promise<FleetCounts> {
      Object.assign(counts, freshCounts(processes));
      const untilMs = clock.monotonicMs() + windows * windowMs;
      while (clock.monotonicMs() < untilMs) {
        await answered();
        clock.step(untilMs);
      }
      return { ...counts };
    },
    async [Symbol.asyncDispose]() {
      for (const opened of routers) opened[Symbol.dispose]();
      redis.disconnect();
    },
  };
}

function freshCounts(processes: number): FleetCounts {
  return { served: 0, throttled: 0, scripts: 0, released: 0, servedBy: Array.from({ length: processes }, () => 0) };
}

function quotas(): readonly SimulatedQuota[] {
  return places.map(({ account, limit }) => {
    return {
      accountId: account,
      region,
      modelIds: [modelId],
      tokensPerMinute: limit,
      burndown: 1,
      maxOutputTokens: 64_000,
    };
  });
}

function config() {
  return parseConfig({
    accounts: places.map(({ account }) => {
      return {
        id: account,
        roleArn: `arn:aws:iam::${account}:role/shardrock`,
        externalId: `external-${account}`,
        regions: [region],
      };
    }),
    models: {
      chat: {
        servedBy: [{ id: modelId, destinations: [region] }],
        quotas: { overrides: places.map(({ account, limit }) => ({ account, region, tokensPerMinute: limit })) },
        burndown: 1,
        maxOutputTokens: 64_000,
      },
    },
    residency: { allowedRegions: [region] },
    windows: { minuteMs: windowMs },
    waiting: { maxWaitMs: windowMs / 2, maxQueued: 100_000, maxInFlight: 10_000 },
  });
}
