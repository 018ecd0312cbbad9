import { ShardrockError } from "@shardrock/core";
import { z } from "zod";
import type { ScriptClient } from "./clients/script-client.ts";

/** Options of `redisLedger`. */
export interface RedisLedgerOptions {
  /**
   * Made by `ioredisClient`, `nodeRedisClient` or `iovalkeyClient`; its owner opens and closes it. It must not send commands
   * again after a lost connection (`autoResendUnfulfilledCommands: false` and `maxRetriesPerRequest: 0` in ioredis and iovalkey): nobody waits for them any
   * more; nor let them queue while there is none (`enableOfflineQueue: false`; `disableOfflineQueue: true` in
   * node-redis).
   */
  readonly client: ScriptClient;
  /** Names one budget: processes of one realm share it. 1 to 64 letters, digits, `-`, `_`, `.` or `:`. */
  readonly realm: string;
  /** How long a call waits for the store, in ms, 1 to 5 000; 50 unless told. Later answers count as none. */
  readonly timeoutMs?: number | undefined;
  /**
   * What happens to calls while the store cannot be reached. `local`, unless told: each process goes on with its part of every
   * quota, limit × 0.8 ÷ processes; `reject`: they fail with `ledger-unavailable`.
   */
  readonly onStoreDown?: "local" | "reject" | undefined;
  /**
   * How many processes share the book, a whole number from 1 to 10 000; 1 unless told. Used only while the store is away: quotas are
   * divided by it until a process has met the store, and for ten minutes after that; later by the most that were seen.
   */
  readonly expectedProcesses?: number | undefined;
  /** How often a process looks what is new, in ms, 50 to 60 000; 500 unless told. */
  readonly beatMs?: number | undefined;
  /** When a reservation counts as kept that nobody has ended, in ms after its start, from 1 000 up; 15 minutes unless told. */
  readonly expiresInMs?: number | undefined;
  /** What this process is called in the store, 1 to 64 letters, digits, `-`, `_` or `.`; two of one name still count as two. */
  readonly processId?: string | undefined;
}

/** The options, checked and filled in. */
export interface CheckedOptions {
  readonly client: ScriptClient;
  readonly realm: string;
  readonly timeoutMs: number;
  readonly onStoreDown: "local" | "reject";
  readonly expectedProcesses: number;
  readonly beatMs: number;
  readonly expiresInMs: number;
  readonly processId?: string | undefined;
}

/** @throws {ShardrockError} `option-invalid` with the option, the rule and the value. */
export function checkOptions(options: RedisLedgerOptions): CheckedOptions {
  const { client, ...rest } = options;
  if (typeof client !== "object" || typeof client.run !== "function") {
    const rule = "must be made by ioredisClient, nodeRedisClient or iovalkeyClient";
    throw new ShardrockError("option-invalid", `client ${rule}, got ${client === undefined ? "none" : typeof client}`);
  }
  const checked = schema.safeParse(rest);
  if (checked.success) return { ...checked.data, client };
  const [issue] = checked.error.issues;
  const name = issue?.path.map(String).join(".") ?? "";
  const got = issue?.code === "unrecognized_keys" ? "" : `, got ${shown(rest, name)}`;
  throw new ShardrockError("option-invalid", `${name}${name === "" ? "" : " "}${issue?.message ?? "is wrong"}${got}`);
}

const name = (rule: RegExp, message: string): z.ZodString => z.string(message).regex(rule, message);
const ms = (least: number, most: number): z.ZodNumber => {
  const message = `must be a number from ${least} to ${most} (ms)`;
  return z.number(message).min(least, message).max(most, message);
};
const count = (least: number, most: number): z.ZodNumber => {
  const message = `must be a whole number from ${least} to ${most}`;
  return z.number(message).int(message).min(least, message).max(most, message);
};

const schema = z.strictObject({
  realm: name(/^[A-Za-z0-9_.:-]{1,64}$/, "must be 1 to 64 letters, digits, dashes, underscores, dots or colons"),
  timeoutMs: ms(1, 5_000).default(50),
  onStoreDown: z.enum(["local", "reject"], 'must be "local" or "reject"').default("local"),
  expectedProcesses: count(1, 10_000).default(1),
  beatMs: ms(50, 60_000).default(500),
  expiresInMs: ms(1_000, 86_400_000).default(900_000),
  processId: name(/^[A-Za-z0-9_.-]{1,64}$/, "must be 1 to 64 letters, digits, dashes, underscores or dots").optional(),
});

function shown(options: object, name: string): string {
  const value: unknown = Object.entries(options).find(([key]) => key === name)?.[1];
  return value === undefined ? "none" : (JSON.stringify(value)?.slice(0, 80) ?? typeof value);
}
