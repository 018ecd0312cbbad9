import { randomUUID } from "node:crypto";
import type { LedgerHost, LedgerSource, OpenedLedger } from "@shardrock/core";
import { RedisBond } from "./health/redis-bond.ts";
import { SharedLedger } from "./ledger/shared-ledger.ts";
import { checkOptions, type RedisLedgerOptions } from "./ledger-options.ts";
import { ScriptStore } from "./store/script-store.ts";

/**
 * One budget for all processes of a realm, in Redis or Valkey.
 * @throws {ShardrockError} `option-invalid` with the option, the rule and the value.
 * @example new ShardedBedrockRuntime(config, { ledger: redisLedger({ client: ioredisClient(redis), realm: "prod" }) })
 */
export function redisLedger(options: RedisLedgerOptions): LedgerSource {
  const { client, realm, ...checked } = checkOptions(options);
  return {
    open(host: LedgerHost): OpenedLedger {
      const processId = identityOf(checked.processId);
      const store = new ScriptStore({ client, realm, processId });
      const ledger = new SharedLedger({ ...checked, store, host, processId });
      const bond = new RedisBond({ board: ledger.board, time: ledger.time, clock: host.clock });
      return { ledger, bond, [Symbol.asyncDispose]: () => ledger[Symbol.asyncDispose]() };
    },
  };
}

/** Two routers of one process, or two pods of one name, are two: shares, leases and news go by what is unique. */
function identityOf(name: string | undefined): string {
  return name === undefined ? randomUUID() : `${name}~${randomUUID().slice(0, 8)}`;
}
