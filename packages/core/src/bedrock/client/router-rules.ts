import { type AccountShare, minutePools } from "../../budget/account-share.ts";
import type { RouterReload } from "../../routing/operations.ts";
import type { DrainedAccounts } from "../../routing/setting.ts";
import { configHash } from "../config/config-hash.ts";
import type { Config } from "../config/shardrock-config.ts";
import type { Fleet } from "../fleet/served-model.ts";

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

/** How much of each model's traffic one account may take. */
export function accountShareIn({ config, fleet }: { readonly config: Config; readonly fleet: Fleet }): AccountShare {
  const pools = [...fleet.models.values()].flatMap(({ targets }) => minutePools(targets));
  return { share: config.maxAccountShare, pools };
}

function drainedIn({ accounts }: Config): DrainedAccounts {
  return new Map(accounts.filter(({ drained }) => drained).map(({ id }) => [id, undefined]));
}
