import { MemoryLimits } from "@shardrock/core";
import { VirtualClock } from "@shardrock/simulator";
import { Redis } from "ioredis";
import { Redis as Valkey } from "iovalkey";
import { createClient } from "redis";
import { expect, it } from "vitest";
import { ioredisClient } from "../../packages/redis/src/clients/ioredis-client.ts";
import { iovalkeyClient } from "../../packages/redis/src/clients/iovalkey-client.ts";
import { nodeRedisClient } from "../../packages/redis/src/clients/node-redis-client.ts";
import { bookLaw } from "../property/book-law.ts";
import { describeWithServer } from "../redis/kit/describe-with-redis.ts";
import { servers } from "../redis/kit/redis-binary.ts";
import { ledgerContract } from "./ledger-contract.ts";
import { targetWith } from "./ledger-world.ts";
import { type Connected, openRealm, openShared, sharedTolerance } from "./shared-realm.ts";

/** A client of a server's socket. */
type Connect = (path: string) => Promise<Connected>;

const ioredis: Connect = async (path) => {
  const redis = new Redis({ path });
  return { client: ioredisClient(redis), close: () => redis.disconnect() };
};

const iovalkey: Connect = async (path) => {
  const valkey = new Valkey({ path });
  return { client: iovalkeyClient(valkey), close: () => valkey.disconnect() };
};

const nodeRedis: Connect = async (path) => {
  const redis = createClient({ socket: { path, tls: false } });
  await redis.connect();
  return { client: nodeRedisClient(redis), close: () => redis.destroy() };
};

const clients = Object.entries({ ioredis, iovalkey, "node-redis": nodeRedis });

for (const name of servers) {
  describeWithServer(name, (server) => {
    for (const [client, connect] of clients) {
      const open = openShared(() => connect(server().path));
      ledgerContract(`RedisLedger over ${client}`, open, sharedTolerance);
    }
    const open = () => ioredis(server().path);
    // Its 59th play gives much back while calls wait ahead, which once filled a bucket above its burst.
    bookLaw("RedisLedger", openShared(open), { runs: 60, tolerance: sharedTolerance, seed: 468_519_665 });

    it("never has more than the limit in any window while little is known, counted when calls start, whoever books", async () => {
      const clock = new VirtualClock();
      await using realm = await openRealm(open, "sum", clock);
      const limits = new MemoryLimits();
      limits.set("a/tokens", 60_000, "config");
      const ledgers = [await realm.start("one", limits), await realm.start("two", limits)];
      const startsMs: number[] = [];

      for (let ms = 0; ms < 66_000; ms += 250) {
        for (const ledger of ledgers) {
          const answer = await ledger.reserve([{ target: targetWith("a"), cost: { tokens: 700 } }]);
          if (answer.kind === "refused") continue;
          startsMs.push(clock.monotonicMs() + (answer.startsInMs ?? 0));
          answer.keep("in doubt");
        }
        await clock.advance(250);
        await realm.clockMoved();
      }

      for (const untilMs of startsMs) {
        const inWindow = startsMs.filter((ms) => ms > untilMs - 60_000 && ms <= untilMs);
        expect(inWindow.length * 700).toBeLessThanOrEqual(60_000);
      }
      expect(startsMs.length * 700).toBeGreaterThan(59_000);
    });
  });
}
