import type { Target } from "../../budget/target.ts";
import type { AccountConfig } from "../config/account.ts";
import type { ModelConfig } from "../config/model.ts";
import { destinationsFrom } from "../config/served-by.ts";
import type { ServedByConfig } from "../config/served-by.ts";
import type { Findings } from "./findings.ts";
import { mantleRegions } from "./mantle-regions.ts";
import type { ModelId } from "./model-id.ts";
import { readServedId } from "./served-id.ts";
import type { QuotaScope } from "../config/quotas.ts";
import type { Config } from "../config/shardrock-config.ts";

/** A target before its quotas are known. */
export interface DraftTarget extends Omit<Target, "quotas"> {
  /** The name callers use. */
  readonly model: string;
  readonly baseModelId: string;
  readonly scope: QuotaScope;
  /** What the keys of its minute quotas begin with: the same page is the same quotas at AWS. */
  readonly page: string;
  /** What the key of its day quota begins with. */
  readonly dayPage: string;
  /** Whether the config says where it may run, rather than its id or AWS. */
  readonly isPlacedByConfig: boolean;
}

/** What targets are drafted from. @see buildFleet */
export interface DraftSource {
  readonly config: Config;
  readonly findings: Findings | undefined;
}

/** Everywhere a model could be called, whatever residency says. */
export function draftTargets(
  name: string,
  model: ModelConfig,
  { config, findings }: DraftSource,
): readonly DraftTarget[] {
  const served = [...model.servedBy, ...foundIds(model, { config, findings })];
  return served.flatMap((served) => {
    const read = readServedId(served);
    if (read.kind === "problem") return [];
    const accounts = config.accounts.filter((account) => serves(account, served, read));
    return accounts.flatMap((account) =>
      account.regions
        .filter((region) => isServedIn(region, served) && region === (read.region ?? region))
        .map((region) => draftTarget(account, region, { name, served, read, findings })),
    );
  });
}

/** The ids that were found for a model which names none, each with the places where it was found. */
function foundIds({ model }: ModelConfig, { config, findings }: DraftSource): readonly ServedByConfig[] {
  if (model === undefined || findings === undefined) return [];
  return config.accounts.flatMap(({ id: accountId, regions }) =>
    regions.flatMap((region) =>
      findings
        .idsOf(model, { accountId, region })
        .map((found) => ({ ...found, accounts: [accountId], regions: [region] })),
    ),
  );
}

function serves(account: AccountConfig, served: ServedByConfig, read: ModelId): boolean {
  return (served.accounts?.includes(account.id) ?? true) && account.id === (read.accountId ?? account.id);
}

function isServedIn(region: string, { regions, endpoint }: ServedByConfig): boolean {
  if (regions !== undefined) return regions.includes(region);
  return endpoint === "runtime" || mantleRegions.regions.includes(region);
}

function draftTarget(
  account: AccountConfig,
  region: string,
  id: {
    readonly name: string;
    readonly served: ServedByConfig;
    readonly read: ModelId;
    readonly findings: Findings | undefined;
  },
): DraftTarget {
  const { baseModelId, scope, profileType, quotaOwner, staysInRegion } = id.read;
  const place = `${account.id}/${region}/${id.served.endpoint}`;
  const told = destinationsFrom(id.served, region);
  return {
    id: `${place}/${id.served.id}`,
    accountId: account.id,
    region,
    endpoint: id.served.endpoint,
    modelId: id.served.id,
    profileType,
    destinationRegions: staysInRegion
      ? [region]
      : together(told, id.findings?.destinations(id.served.id, { accountId: account.id, region })),
    isPlacedByConfig: told !== undefined,
    weight: account.weight,
    model: id.name,
    baseModelId,
    scope,
    page: `${place}/${quotaOwner}/${scope}`,
    dayPage: scope === "dedicated" ? `${place}/${quotaOwner}` : place,
  };
}

/** Regions that only one of config and AWS names count too: a profile is not believed to reach less far than either says. */
function together(
  told: readonly string[] | undefined,
  found: readonly string[] | undefined,
): readonly string[] | undefined {
  if (told === undefined || found === undefined) return told ?? found;
  return [...new Set([...told, ...found])];
}
