import type { Target } from "../../budget/target.ts";
import type { AccountConfig } from "../config/account.ts";
import { destinationsFrom } from "../config/model.ts";
import type { ModelConfig, ServedByConfig } from "../config/model.ts";
import { readModelId } from "./model-id.ts";
import type { ModelId } from "./model-id.ts";
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
}

/** Everywhere a model could be called, whatever residency says. */
export function draftTargets(name: string, model: ModelConfig, config: Config): readonly DraftTarget[] {
  return model.servedBy.flatMap((served) => {
    const read = readModelId(served.id, served.baseModel);
    if (read.kind === "problem") return [];
    const accounts = config.accounts.filter((account) => serves(account, served, read));
    return accounts.flatMap((account) =>
      account.regions
        .filter((region) => (served.regions ?? [region]).includes(region) && region === (read.region ?? region))
        .map((region) => draftTarget(account, region, { name, served, read })),
    );
  });
}

function serves(account: AccountConfig, served: ServedByConfig, read: ModelId): boolean {
  return (served.accounts?.includes(account.id) ?? true) && account.id === (read.accountId ?? account.id);
}

function draftTarget(
  account: AccountConfig,
  region: string,
  id: { readonly name: string; readonly served: ServedByConfig; readonly read: ModelId },
): DraftTarget {
  const { baseModelId, scope, staysInRegion } = id.read;
  return {
    id: `${account.id}/${region}/runtime/${id.served.id}`,
    accountId: account.id,
    region,
    endpoint: "runtime",
    modelId: id.served.id,
    destinationRegions: staysInRegion ? [region] : destinationsFrom(id.served, region),
    weight: account.weight,
    isDrained: account.drained,
    model: id.name,
    baseModelId,
    scope,
    page: `${account.id}/${region}/runtime/${baseModelId}/${scope}`,
  };
}
