import { type Limits, seededRandom } from "@shardrock/core";
import type { VirtualClock } from "@shardrock/simulator";
import type { ScriptClient } from "../../packages/redis/src/clients/script-client.ts";
import { SharedLedger } from "../../packages/redis/src/ledger/shared-ledger.ts";
import { script } from "../../packages/redis/src/scripts/script.ts";
import { keysOf } from "../../packages/redis/src/store/keys.ts";
import { ScriptStore } from "../../packages/redis/src/store/script-store.ts";
import { settableTime } from "../redis/kit/clock-source.ts";
import { beginUs } from "../redis/kit/store-world.ts";
import type { OpenLedger, Tolerance } from "./ledger-world.ts";

/** A client of a store, and how it is closed. */
export interface Connected {
  readonly client: ScriptClient;
  readonly close: () => void;
}

/** The test's clock stands still while the store answers, and leaps: no answer is late, and there is one beat. */
const never = 1e12;

/** A shared book rounds to µs, and books ahead. */
export const sharedTolerance: Tolerance = { roundingMs: 1, refusalJitterMs: 0, refusalEarlyMs: 2_000 };

export interface SharedRealm extends AsyncDisposable {
  /** The clock has moved: so does the store's. */
  readonly clockMoved: () => Promise<void>;
  /** A process of the realm. */
  readonly start: (processId: string, limits: Limits) => Promise<SharedLedger>;
}

/** Processes of one realm, and a clock that both they and the store go by. */
export async function openRealm(
  connect: () => Promise<Connected>,
  realm: string,
  clock: VirtualClock,
): Promise<SharedRealm> {
  const { client, close } = await connect();
  const clockMoved = async (): Promise<void> => {
    const us = beginUs + Math.round(clock.monotonicMs() * 1e3);
    await client.run(setTime, [keysOf(realm).clock], [String(us)]);
  };
  await clockMoved();
  const ledgers: SharedLedger[] = [];
  const start = async (processId: string, limits: Limits): Promise<SharedLedger> => {
    const store = new ScriptStore({ client, realm, processId, time: settableTime(realm) });
    // A script that the server does not know yet is sent twice, and overtaken: this realm's scripts are its own.
    await store.end({ id: "none", pages: [], updates: [] });
    const ledger = new SharedLedger({
      store,
      host: { clock, limits, random: seededRandom(1), tell: () => {}, warn: () => {} },
      processId,
      timeoutMs: never,
      beatMs: never,
      onStoreDown: "reject",
      expiresInMs: 900_000,
    });
    ledgers.push(ledger);
    return ledger;
  };
  return {
    start,
    clockMoved,
    async [Symbol.asyncDispose]() {
      for (const ledger of ledgers) await ledger[Symbol.asyncDispose]();
      close();
    },
  };
}

/** Opens the ledger of one process, for what every ledger promises. */
export function openShared(connect: () => Promise<Connected>): OpenLedger {
  return async ({ limits, clock, realm }) => {
    const opened = await openRealm(connect, realm, clock);
    return { ...opened, ledger: await opened.start("one", limits) };
  };
}

const setTime = script("set-time", [`redis.call("SET", KEYS[1], ARGV[1], "EX", 3600) return 1`]);
