import type { RouterReload } from "../../routing/operations.ts";
import type { DrainedAccounts } from "../../routing/setting.ts";
import { configHash } from "../config/config-hash.ts";
import type { Config } from "../config/shardrock-config.ts";

/** What a config says of a router, at its start and at every reload. */
export type RouterRules = Pick<
  RouterReload,
  "bounds" | "maxWaitMs" | "ageingMs" | "allowedRegions" | "tenants" | "affinity" | "configHash" | "drained"
>;

/** The part of a config that a router goes by. */
export function routerRules(config: Config): RouterRules {
  const { maxWaitMs, ageingMs, ...bounds } = config.waiting;
  const { allowedRegions } = config.residency;
  return {
    bounds,
    maxWaitMs,
    ageingMs,
    allowedRegions: allowedRegions === "anywhere" ? undefined : allowedRegions,
    tenants: Object.fromEntries(config.tenants),
    affinity: config.affinity,
    configHash: configHash(config),
    drained: drainedIn(config),
  };
}

function drainedIn({ accounts }: Config): DrainedAccounts {
  return new Map(accounts.filter(({ drained }) => drained).map(({ id }) => [id, undefined]));
}
