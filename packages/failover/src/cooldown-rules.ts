import type { Target } from "@shardrock/core";
import type { Backoff, CooldownKind } from "./cooldown.ts";
import { accountScope, capacityScope, dayScope, operationScope } from "./scopes.ts";

/** Denied roles and models come back slowly, connections fast; nobody publishes when capacity or a day's tokens do. */
const deniedBackoff: Backoff = { firstMs: 60_000, longestMs: 900_000 };
const connectionBackoff: Backoff = { firstMs: 1_000, longestMs: 60_000 };
const capacityBackoff: Backoff = { firstMs: 2_000, longestMs: 60_000 };
const ejectionBackoff: Backoff = { firstMs: 10_000, longestMs: 120_000 };
const dayBackoff: Backoff = { firstMs: 3_600_000, longestMs: 3_600_000 };
const noBackoff: Backoff = { firstMs: 0, longestMs: 0 };

/** A session comes back sooner than a role. */
export const sessionBackoff: Backoff = { firstMs: 10_000, longestMs: 900_000 };

/** Waits of each kind, unless somebody knows better. */
export const backoffOf: Readonly<Record<CooldownKind, Backoff>> = {
  account: deniedBackoff,
  unreachable: connectionBackoff,
  "not-ready": connectionBackoff,
  denied: deniedBackoff,
  day: dayBackoff,
  pause: noBackoff,
  capacity: capacityBackoff,
  ejection: ejectionBackoff,
  "region-ejection": ejectionBackoff,
};

/** What fails by each kind of cooldown, and no more. */
export const scopeOf: Readonly<Record<CooldownKind, (target: Target, operation: string | undefined) => string>> = {
  account: accountScope,
  day: dayScope,
  denied: operationScope,
  unreachable: ({ id }) => id,
  "not-ready": ({ id }) => id,
  pause: ({ id }) => id,
  capacity: capacityScope,
  ejection: ({ id }) => id,
  "region-ejection": capacityScope,
};

/** Where a call would only be likely to fail. */
export const softKinds: ReadonlySet<CooldownKind> = new Set<CooldownKind>(["capacity", "ejection", "region-ejection"]);
