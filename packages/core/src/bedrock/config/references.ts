import type { ConfigPath, ConfigProblem } from "./error.ts";
import type { ModelConfig } from "./model.ts";
import type { ServedByConfig } from "./served-by.ts";
import { resourceProblems } from "./resource-problems.ts";
import { readServedId } from "../fleet/served-id.ts";
import { idleCeilings } from "./idle-ceilings.ts";
import { unknownName } from "./unknown-name.ts";
import type { QuotaOverrideInput } from "./quotas.ts";
import type { Config } from "./shardrock-config.ts";

/** Where a config speaks of accounts, Regions and endpoints it does not have, or says the same thing twice. */
export function referenceProblems(config: Config): readonly ConfigProblem[] {
  const models = [...config.models];
  return [
    ...repeatedAccounts(config),
    ...models.flatMap(([name, model]) => servedByProblems(config, model, ["models", name, "servedBy"])),
    ...models.flatMap(([name, model]) => overrideProblems(config, model, ["models", name, "quotas", "overrides"])),
    ...idleCeilings(config),
    ...resourceProblems(config),
  ];
}

function repeatedAccounts({ accounts }: Config): readonly ConfigProblem[] {
  const ids = accounts.map((account) => account.id);
  return ids.flatMap((id, index) =>
    ids.indexOf(id) < index ? [{ path: ["accounts", index, "id"], message: `names account ${id} twice` }] : [],
  );
}

function servedByProblems(config: Config, model: ModelConfig, path: ConfigPath): readonly ConfigProblem[] {
  const accountIds = config.accounts.map((account) => account.id);
  return model.servedBy.flatMap((served, index) => {
    const usable = config.accounts.filter((account) => served.accounts?.includes(account.id) ?? true);
    const regions = [...new Set(usable.flatMap((account) => account.regions))];
    const at = [...path, index];
    return [
      ...(served.accounts ?? []).flatMap((id, i) => unknownName(id, accountIds, [...at, "accounts", i])),
      ...(served.regions ?? []).flatMap((region, i) => unknownName(region, regions, [...at, "regions", i])),
      ...sourcesOf(served).flatMap((region) => unknownName(region, regions, [...at, "destinations", region])),
      ...arnProblems(served, { accountIds: usable.map(({ id }) => id), regions }, [...at, "id"]),
    ];
  });
}

/** Source Regions a served id gives destinations for, one by one. */
function sourcesOf({ destinations }: ServedByConfig): readonly string[] {
  return destinations === undefined || Array.isArray(destinations) ? [] : Object.keys(destinations);
}

/** An ARN exists in one account and Region; used from another it would fail, or worse, be somebody else's. */
function arnProblems(
  served: ServedByConfig,
  usable: { readonly accountIds: readonly string[]; readonly regions: readonly string[] },
  path: ConfigPath,
): readonly ConfigProblem[] {
  const read = readServedId(served);
  if (read.kind === "problem") return [];
  const { accountId, region } = read;
  const regions = served.regions ?? usable.regions;
  return [
    ...(accountId === undefined ? [] : unknownName(accountId, usable.accountIds, path)),
    ...(region === undefined ? [] : unknownName(region, regions, path)),
  ];
}

function overrideProblems(config: Config, model: ModelConfig, path: ConfigPath): readonly ConfigProblem[] {
  const regionsOf = new Map(config.accounts.map(({ id, regions }) => [id, regions]));
  const everyRegion = [...new Set([...regionsOf.values()].flat())];
  const overrides = model.quotas?.overrides ?? [];
  const firstOf = new Map(overrides.map((override, index) => [selectorOf(override), index] as const).toReversed());
  return overrides.flatMap((override, index) => {
    const { account, region } = override;
    const regions = account === undefined ? everyRegion : (regionsOf.get(account) ?? []);
    const selector = selectorOf(override);
    const isRepeated = firstOf.get(selector) !== index;
    return [
      ...(isRepeated ? [{ path: [...path, index], message: `repeats the override for ${selector}` }] : []),
      ...(account === undefined ? [] : unknownName(account, [...regionsOf.keys()], [...path, index, "account"])),
      ...(region === undefined || regions.length === 0 ? [] : unknownName(region, regions, [...path, index, "region"])),
    ];
  });
}

function selectorOf({ account, region, scope }: QuotaOverrideInput): string {
  return [account ?? "every account", region ?? "every Region", scope ?? "every scope"].join(", ");
}
