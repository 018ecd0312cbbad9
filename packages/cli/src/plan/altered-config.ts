import { type Config, openRouter, type ServedModel, type Target } from "@shardrock/core";
import { quotaPlaceOf } from "./quota-place.ts";

type Account = Config["accounts"][number];
type Model = Config["models"] extends ReadonlyMap<string, infer Value> ? Value : never;
type Override = NonNullable<Model["quotas"]>["overrides"][number];

/** The config without one account. */
export function withoutAccount(config: Config, id: string): Config {
  return { ...config, accounts: config.accounts.filter((account) => account.id !== id) };
}

/** The config without one source Region; accounts that have no other are left out. */
export function withoutRegion(config: Config, region: string): Config {
  const accounts = config.accounts.map((account) => ({
    ...account,
    regions: account.regions.filter((each) => each !== region),
  }));
  return { ...config, accounts: accounts.filter(({ regions }) => regions.length > 0) };
}

/**
 * The config with so many accounts: the first ones of `order`, and beyond those copies of them, in turn, with the same Regions
 * and quotas.
 */
export function withAccounts(config: Config, order: readonly string[], count: number): Config {
  const known = order.flatMap((id) => config.accounts.filter((account) => account.id === id));
  const copies: { readonly account: Account; readonly of: string }[] = [];
  for (let place = known.length; place < count; place += 1) {
    const original = known[place % known.length];
    if (original !== undefined) copies.push({ account: copyOf(original, copies.length), of: original.id });
  }
  const models = [...config.models].map(([name, model]): [string, Model] => [name, copyModel(model, copies)]);
  const kept = known.slice(0, count);
  return { ...config, accounts: [...kept, ...copies.map(({ account }) => account)], models: new Map(models) };
}

/** The config with other limits. @param limitOf - units per window of a quota, from its key and what it has. */
export function withLimits(config: Config, limitOf: (key: string, limit: number) => number): Config {
  using open = openRouter({ ...config, instances: 1 });
  const { fleet } = open;
  const limits = new Map(fleet.limits.map(({ key, value }) => [key, limitOf(key, value)]));
  const models = [...config.models].map(([name, model]): [string, Model] => {
    const overrides = overridesOf(fleet.models.get(name), limits);
    return [name, { ...model, ...(overrides.length > 0 && { quotas: { ...model.quotas, overrides } }) }];
  });
  return { ...config, models: new Map(models) };
}

/** One for each target, which says it all. */
function overridesOf(model: ServedModel | undefined, limits: ReadonlyMap<string, number>): Override[] {
  return (model?.targets ?? []).flatMap((target): Override[] => {
    const [first] = target.quotas;
    if (first === undefined) return [];
    const scope = scopeOf(quotaPlaceOf(first.key).scope);
    const base = { account: target.accountId, region: target.region, ...(scope !== undefined && { scope }) };
    return [{ ...base, ...limitsOf(target, limits) }];
  });
}

function limitsOf({ quotas }: Target, limits: ReadonlyMap<string, number>): Partial<Override> {
  const option = {
    tokens: "tokensPerMinute",
    requests: "requestsPerMinute",
    inputTokens: "inputTokensPerMinute",
    outputTokens: "outputTokensPerMinute",
  } as const;
  return Object.fromEntries(
    quotas.flatMap(({ key, unit }): [string, number][] => {
      const limit = limits.get(key);
      return limit === undefined ? [] : [[option[unit], limit]];
    }),
  );
}

function scopeOf(text: string): Override["scope"] {
  return (["on-demand", "geo", "global", "dedicated"] as const).find((scope) => scope === text);
}

/** Ids nobody has: 9 and the number of the copy. */
function copyOf(account: Account, place: number): Account {
  const id = `9${String(place + 1).padStart(11, "0")}`;
  return { ...account, id, roleArn: account.roleArn.replaceAll(account.id, id) };
}

function copyModel(model: Model, copies: readonly { readonly account: Account; readonly of: string }[]): Model {
  const copiesOf = (id: string | undefined): readonly string[] =>
    copies.filter(({ of }) => of === id).map(({ account }) => account.id);
  const servedBy = model.servedBy.map((served) =>
    served.accounts === undefined
      ? served
      : { ...served, accounts: served.accounts.flatMap((id) => [id, ...copiesOf(id)]) },
  );
  if (model.quotas === undefined) return { ...model, servedBy };
  const overrides = model.quotas.overrides.flatMap((override) => [
    override,
    ...copiesOf(override.account).map((account) => ({ ...override, account })),
  ]);
  return { ...model, servedBy, quotas: { ...model.quotas, overrides } };
}
