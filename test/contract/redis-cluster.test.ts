import { afterAll, beforeAll, describe } from "vitest";
import { clusterClients } from "../redis/kit/cluster-clients.ts";
import { anyServer } from "../redis/kit/redis-binary.ts";
import { type RedisCluster, startCluster } from "../redis/kit/redis-cluster.ts";
import { ledgerContract } from "./ledger-contract.ts";
import { openShared, sharedTolerance } from "./shared-realm.ts";

// Every test opens a realm of its own, so realms lie on all of the nodes.
describe.skipIf(anyServer() === undefined)("a shared book on a cluster", () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  }, 40_000);
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  for (const [client, connect] of clusterClients) {
    ledgerContract(
      `RedisLedger over ${client}`,
      openShared(() => connect(cluster.ports)),
      sharedTolerance,
    );
  }
});
