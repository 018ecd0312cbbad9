import { createHash } from "node:crypto";
import { isRecord } from "./plain-data.ts";
import type { Config } from "./shardrock-config.ts";

/**
 * Names a config: the same rules have the same hash, in whatever order they were written, on every machine.
 * @returns SHA-256 in hex. External ids are left out: what is short can be guessed back from a hash.
 */
export function configHash(config: Config): string {
  const accounts = config.accounts.map((account) => ({ ...account, externalId: undefined }));
  const role = config.role && { ...config.role, externalId: undefined };
  return createHash("sha256")
    .update(JSON.stringify(canonical({ ...config, accounts, role })))
    .digest("hex");
}

/** Plain data with sorted keys. */
function canonical(value: unknown): unknown {
  if (value instanceof Map) return canonical(Object.fromEntries<unknown>(value));
  if (Array.isArray(value)) return value.map(canonical);
  if (!isRecord(value)) return value;
  const keys = Object.keys(value).toSorted();
  return Object.fromEntries(keys.map((key) => [key, canonical(value[key])]));
}
