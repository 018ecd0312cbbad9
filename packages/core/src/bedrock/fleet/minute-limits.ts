import type { LimitSource } from "../../budget/limits.ts";
import type { ConfigProblem } from "../config/error.ts";
import type { DraftSource, DraftTarget } from "./draft-targets.ts";
import type { FleetLimit } from "./served-model.ts";
import { ceilingFor, ceilingIn, minuteUnits, optionOf } from "./quota-ceiling.ts";
import type { MinuteUnit } from "./quota-ceiling.ts";
import type { Config } from "../config/shardrock-config.ts";

/** The limit of every minute quota by key, which targets have none, and why some cannot be told. */
export interface MinuteLimits {
  readonly limits: ReadonlyMap<string, FleetLimit>;
  /** Only where AWS is asked for them: else a target without a limit is a problem of the config. */
  readonly withoutLimit: ReadonlySet<DraftTarget>;
  readonly problems: readonly ConfigProblem[];
}

/** Names a minute quota: two models under one key share one page of the book, as they do at AWS. */
export function minuteKey({ page }: DraftTarget, unit: MinuteUnit): string {
  return `${page}/${unit}/minute`;
}

/**
 * The limits AWS applies, or else the config gives; where both do, the config's is the most that is used of AWS's. Models that
 * share a quota share its limit, so one of them may leave it out. Problems: two models that give one quota different limits, and a target that has none at all.
 */
export function minuteLimits(drafts: readonly DraftTarget[], { config, findings }: DraftSource): MinuteLimits {
  const claims = drafts.flatMap((draft) => claimsOf(draft, config));
  const first = new Map<string, Claim>();
  for (const claim of claims) if (!first.has(claim.key)) first.set(claim.key, claim);
  const told = [...first.values()].map(({ key, value }) => limitOf(key, value, { source: "config", config }));
  const limits = new Map(told.map((limit) => [limit.key, limit]));
  for (const limit of drafts.flatMap((draft) => foundLimits(draft, { config, findings }))) {
    const told = limits.get(limit.key);
    limits.set(limit.key, told?.source === "config" ? { ...limit, most: told.value } : limit);
  }
  const isAsked = findings !== undefined;
  const lacking = drafts.filter((draft) => isLacking(draft, limits, isAsked));
  for (const fallback of lacking.flatMap((draft) => fallbackLimits(draft, config))) {
    if (!limits.has(fallback.key)) limits.set(fallback.key, fallback);
  }
  const withoutAny = lacking.filter((draft) => isLacking(draft, limits, isAsked));
  const problems = [...conflicts(claims, first), ...(findings === undefined ? withoutAny.map(withoutLimit) : [])];
  return { limits, withoutLimit: new Set(withoutAny), problems };
}

/** One model's word on one quota. */
interface Claim {
  readonly key: string;
  readonly unit: MinuteUnit;
  readonly value: number;
  readonly draft: DraftTarget;
}

function claimsOf(draft: DraftTarget, config: Config): readonly Claim[] {
  const quotas = config.models.get(draft.model)?.quotas;
  return minuteUnits[draft.endpoint].flatMap((unit) => {
    const value = ceilingFor(quotas, unit, draft);
    return value === undefined ? [] : [{ key: minuteKey(draft, unit), unit, value, draft }];
  });
}

function foundLimits(draft: DraftTarget, { config, findings }: DraftSource): readonly FleetLimit[] {
  return minuteUnits[draft.endpoint].flatMap((unit) => {
    const value = findings?.ceiling(unit, draft);
    return value === undefined ? [] : [limitOf(minuteKey(draft, unit), value, { source: "service-quotas", config })];
  });
}

/**
 * By the config alone runtime needs a limit of either kind, and mantle that of its input, which is what it admits a call by.
 * AWS has limits of all tokens there are, so where it is asked, one that is missing could not be read: that is not none.
 */
function isLacking(draft: DraftTarget, limits: ReadonlyMap<string, FleetLimit>, isAsked: boolean): boolean {
  const has = (unit: MinuteUnit): boolean => limits.has(minuteKey(draft, unit));
  if (draft.endpoint === "mantle") return !has("inputTokens") || (isAsked && !has("outputTokens"));
  return !has("tokens") && (isAsked || !has("requests"));
}

/** One conflict for each pair of models and unit: the next account would only say the same again. */
function conflicts(claims: readonly Claim[], first: ReadonlyMap<string, Claim>): Iterable<ConfigProblem> {
  const found = new Map<string, ConfigProblem>();
  for (const claim of claims) {
    const earlier = first.get(claim.key);
    if (earlier === undefined || earlier.value === claim.value) continue;
    const pair = `${earlier.draft.model} ${claim.draft.model} ${claim.unit}`;
    if (!found.has(pair)) found.set(pair, conflict(claim, earlier));
  }
  return found.values();
}

function conflict({ draft, unit, value }: Claim, earlier: Claim): ConfigProblem {
  const { model, baseModelId, scope, accountId, region, endpoint } = draft;
  return {
    path: ["models", model, "quotas"],
    message:
      `gives ${baseModelId} (${endpoint === "mantle" ? endpoint : scope}) ${optionOf[unit]} ${value} ` +
      `in account ${accountId}, ${region}, but models.${earlier.draft.model} gives it ${earlier.value}: ` +
      `they share that quota`,
  };
}

function fallbackLimits(draft: DraftTarget, config: Config): readonly FleetLimit[] {
  return minuteUnits[draft.endpoint].flatMap((unit) => {
    const value = config.fallbackQuota && ceilingIn(config.fallbackQuota, unit);
    return value === undefined ? [] : [limitOf(minuteKey(draft, unit), value, { source: "fallback", config })];
  });
}

function limitOf(
  key: string,
  value: number,
  from: { readonly source: LimitSource; readonly config: Config },
): FleetLimit {
  return { key, value: value / from.config.instances, source: from.source };
}

function withoutLimit({ model, accountId, region, modelId, endpoint }: DraftTarget): ConfigProblem {
  const needed =
    endpoint === "mantle"
      ? "set inputTokensPerMinute (and outputTokensPerMinute), or a fallbackQuota that does; mantle's quotas are its own"
      : "set tokensPerMinute or requestsPerMinute, or a fallbackQuota that does";
  return {
    path: ["models", model, "quotas"],
    message: `gives no limit for account ${accountId}, ${region}, ${modelId}${endpoint === "mantle" ? " on mantle" : ""}; ${needed}`,
  };
}
