import type { Script } from "../scripts/script.ts";
import { storeFaultOf } from "./store-fault.ts";

/** What a script gives back: whole numbers, bytes, and lists of them. */
export type ScriptReply = number | Uint8Array | null | readonly ScriptReply[];

/**
 * What the book needs of a client of Redis or Valkey: that it runs scripts. Opening and closing it is its owner's business,
 * and so is that it fails fast: commands must not queue while it is not connected (`enableOfflineQueue: false` in ioredis
 * and iovalkey, `disableOfflineQueue: true` in node-redis), or they arrive long after anybody waits for them.
 */
export interface ScriptClient {
  /** @throws {StoreFault} whatever went wrong. */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<ScriptReply>;
}

/**
 * Sends one command; bulk strings of the answer come back as bytes. Names of commands are small letters: clients of clusters look
 * up by name which of the arguments are keys, and iovalkey and ioredis 5 find no other; they would send to any node.
 */
export type Send = (command: readonly string[], firstKey: string) => Promise<unknown>;

/** Runs scripts by their SHA-1, and once by their text where the server does not know it. */
export function scriptClient(send: Send): ScriptClient {
  async function byText({ lua }: Script, keys: readonly string[], args: readonly string[]): Promise<ScriptReply> {
    try {
      return replyOf(await send(["eval", lua, String(keys.length), ...keys, ...args], keys[0] ?? ""));
    } catch (error) {
      throw storeFaultOf(error);
    }
  }
  return {
    async run(script, keys, args) {
      try {
        return replyOf(await send(["evalsha", script.sha, String(keys.length), ...keys, ...args], keys[0] ?? ""));
      } catch (error) {
        const fault = storeFaultOf(error);
        if (fault.reason !== "NOSCRIPT") throw fault;
        return byText(script, keys, args);
      }
    },
  };
}

/** Text may come as text where a client was told to map its answers; scripts answer bytes, so nothing else does. */
function replyOf(value: unknown): ScriptReply {
  if (typeof value === "number") return value;
  if (value instanceof Uint8Array) return value;
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(replyOf);
  if (typeof value === "bigint") return Number(value);
  throw new TypeError(`a script's answer must be bytes, numbers or lists, got ${typeof value}`);
}
