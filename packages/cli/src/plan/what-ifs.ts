import { type Config, ConfigError } from "@shardrock/core";
import type { QuotaReport } from "../simulation/quota-use.ts";
import type { SimulationReport } from "../simulation/simulation-report.ts";
import { withLimits, withoutAccount, withoutRegion } from "./altered-config.ts";
import { workingAccounts } from "./answer-check.ts";
import type { PlanCase } from "./plan-report.ts";
import type { Planner, Setting } from "./planner.ts";

/** What would become of the same traffic if something were otherwise. */
export interface WhatIfs {
  readonly cases: readonly PlanCase[];
  /** What was not tried, and why, in sentences. */
  readonly omitted: readonly string[];
}

interface WhatIf {
  readonly name: string;
  readonly setting: Setting;
}

/**
 * Plays the usual questions by the first seed, with every limiter; the first case is the config as it is, in the same runs.
 * @param now - all runs of the config as it is: they tell what would be missed most.
 */
export async function playWhatIfs(
  planner: Planner,
  config: Config,
  now: readonly SimulationReport[],
): Promise<WhatIfs> {
  const [run] = now;
  if (run === undefined) return { cases: [], omitted: [] };
  const { asked, omitted } = whatIfsOf(config, run);
  const cases = [
    planner.caseOf(
      "as it is",
      now.filter(({ seed }) => seed === run.seed),
    ),
  ];
  const notes = [...omitted];
  for (const { name, setting } of asked) {
    try {
      cases.push((await planner.play(name, setting, 1)).case);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      notes.push(`"${name}" was not tried: nothing is left that serves every model.`);
    }
  }
  return { cases, omitted: notes };
}

function whatIfsOf(
  config: Config,
  run: SimulationReport,
): { readonly asked: readonly WhatIf[]; readonly omitted: readonly string[] } {
  const omitted: string[] = [];
  const asked: WhatIf[] = [
    { name: "max_tokens halved", setting: { config, maxTokens: "halved" } },
    { name: "max_tokens as used", setting: { config, maxTokens: "as used" } },
  ];
  const account = mostUsed(run.quotas, ({ accountId }) => accountId);
  if (account !== undefined && workingAccounts(config).length > 1)
    asked.push({ name: `account ${account} lost`, setting: { config: withoutAccount(config, account) } });
  else omitted.push("The loss of an account was not tried: there is only one, and without it nothing is served.");
  const region = mostUsed(run.quotas, (quota) => quota.region);
  if (region !== undefined && withoutRegion(config, region).accounts.length > 0)
    asked.push({ name: `Region ${region} lost`, setting: { config: withoutRegion(config, region) } });
  else omitted.push("The loss of a Region was not tried: there is only one, and without it nothing is served.");
  asked.push({ name: "quotas halved", setting: { config: withLimits(config, (_, limit) => limit / 2) } });
  return { asked, omitted };
}

/** The name under which most was used; requests count as little as they are. */
function mostUsed(quotas: readonly QuotaReport[], nameOf: (quota: QuotaReport) => string): string | undefined {
  const used = new Map<string, number>();
  for (const quota of quotas) used.set(nameOf(quota), (used.get(nameOf(quota)) ?? 0) + quota.used);
  const [first] = [...used].toSorted(([, one], [, other]) => other - one);
  return first?.[0];
}
