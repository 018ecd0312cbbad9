import type { Config } from "@shardrock/core";
import { workingAccounts } from "./answer-check.ts";
import type { PlannedConfig } from "./plan-report.ts";

/** A config in figures. @param name - the file as it was typed; undefined: it was made from AWS's defaults. */
export function configFacts(config: Config, name: string | undefined): PlannedConfig {
  const regions = new Set(config.accounts.flatMap((account) => account.regions));
  return {
    name: name ?? "AWS's defaults",
    isDefault: name === undefined,
    accounts: workingAccounts(config).length,
    regions: [...regions].toSorted(),
    models: [...config.models.keys()],
  };
}
