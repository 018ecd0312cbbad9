import { ShardrockError } from "@shardrock/core";

/** The keys of one realm. All carry one hash tag, so that they lie in one slot of a cluster; all of them expire. */
export interface Keys {
  /** Everything of the realm begins so: what an ACL must allow is this and `*`. */
  readonly prefix: string;
  /** Time last seen, epoch, count of news. Scripts build their other keys from it. */
  readonly state: string;
  /** A quota's page; beside it lie `rest:`, `ring:`, `use:` and `learned:` of the same quota. */
  page(quotaKey: string): string;
  /** What all processes settled of a quota. */
  settled(quotaKey: string): string;
  /** A lease. */
  claim(name: string): string;
  /** The time of tests: production scripts never read it. */
  readonly clock: string;
}

/** @throws {ShardrockError} `option-invalid` when the realm is not 1 to 64 letters, digits, `-`, `_`, `.` or `:`. */
export function keysOf(realm: string): Keys {
  if (!/^[A-Za-z0-9_.:-]{1,64}$/.test(realm)) {
    const rule = "must be 1 to 64 letters, digits, dashes, underscores, dots or colons";
    throw new ShardrockError("option-invalid", `realm ${rule}, got ${JSON.stringify(realm)}`);
  }
  const prefix = `{shardrock:${realm}}:`;
  return {
    prefix,
    state: `${prefix}state`,
    clock: `${prefix}clock`,
    page: (quotaKey) => `${prefix}page:${quotaKey}`,
    settled: (quotaKey) => `${prefix}settled:${quotaKey}`,
    claim: (name) => `${prefix}claim:${name}`,
  };
}
