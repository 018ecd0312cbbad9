import { dayWindowMs } from "../../budget/quota.ts";
import type { Quota } from "../../budget/quota.ts";
import type { Target } from "../../budget/target.ts";
import { ConfigError, type ConfigProblem } from "../config/error.ts";
import type { Findings } from "./findings.ts";
import { draftTargets } from "./draft-targets.ts";
import type { DraftTarget } from "./draft-targets.ts";
import { contradictingTargets, withoutTarget } from "./draft-problems.ts";
import { smallShare } from "./small-share.ts";
import type { Fleet, FleetLimit, RefusedTarget, ServedModel } from "./served-model.ts";
import { minuteKey, minuteLimits } from "./minute-limits.ts";
import type { MinuteLimits } from "./minute-limits.ts";
import { minuteUnits } from "./quota-ceiling.ts";
import { readServedFacts } from "./served-facts.ts";
import { keepResident } from "./residency.ts";
import { countTargets, placesOf } from "./uncharged-targets.ts";
import type { Config } from "../config/shardrock-config.ts";

/**
 * What a config amounts to: every target of every model, with the quotas it is charged to and their limits.
 * Targets that might process a prompt outside `residency.allowedRegions` are taken out and named in `refused`.
 * @param findings - what AWS tells of the accounts; undefined: it is not asked. Where it is, a target without a limit is
 * taken out too, and so may be all of a model's: AWS may not have told yet.
 * @throws {ConfigError} `config-invalid`, every problem at once: a model without a target, a target without a limit,
 * one quota with two limits, a model whose maximum output nobody knows, one whose accounts may not take all its calls.
 */
export function buildFleet(config: Config, findings?: Findings): Fleet {
  const plans = [...config.models].map(([name, model]) => {
    const drafts = draftTargets(name, model, { config, findings });
    return { name, drafts, facts: readServedFacts(name, model), ...keepResident(drafts, config.residency) };
  });
  const minute = minuteLimits(
    plans.flatMap((plan) => plan.kept),
    { config, findings },
  );
  const thin = plans.flatMap(({ kept }) =>
    kept.filter((draft) => isThin(minute.limits.get(minuteKey(draft, "requests")))),
  );
  const isLimited = (draft: DraftTarget): boolean => !minute.withoutLimit.has(draft) && !thin.includes(draft);
  // Where AWS is asked, what is missing now may come yet.
  const mustHaveTargets = findings === undefined ? plans : [];
  const problems = [
    ...contradictingTargets(plans.flatMap(({ drafts }) => drafts)),
    ...mustHaveTargets.flatMap((plan) => (plan.kept.length === 0 ? [withoutTarget(plan, config)] : [])),
    ...plans.flatMap(({ facts }) => facts.problems),
    ...minute.problems,
    ...thinShares(minute, config),
    ...smallShare(
      mustHaveTargets.flatMap((plan) => plan.kept),
      config,
    ),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  const models = plans.map(({ name, facts, ...plan }): [string, ServedModel] => {
    const { family, burndown, maxOutputTokens } = facts;
    const kept = plan.kept.filter(isLimited);
    const targets = kept.map((draft) => targetOf(draft, minute, config.windows.minuteMs));
    return [name, { name, family, burndown, maxOutputTokens, targets, countTargets: countTargets(kept) }];
  });
  return {
    accounts: new Map(config.accounts.map((account) => [account.id, account])),
    models: new Map(models),
    places: placesOf(config),
    limits: [...minute.limits.values()],
    refused: [
      ...plans.flatMap(({ refused }) => refused),
      ...[...minute.withoutLimit].map(withoutQuota),
      ...thin.map((draft) => withThinShare(draft, config)),
    ],
  };
}

function withoutQuota({ model, id }: DraftTarget): RefusedTarget {
  return {
    rule: "quota",
    model,
    targetId: id,
    reason: "nobody knows its quota: AWS has not told, and no fallbackQuota is set",
  };
}

/** AWS applies so little that no process's share is a whole call a minute: one poor account must not stop the others. */
function withThinShare({ model, id }: DraftTarget, { instances }: Config): RefusedTarget {
  const reason = `its requests per minute, shared by ${instances} processes, leave each less than 1`;
  return { rule: "quota", model, targetId: id, reason };
}

function isThin(limit: FleetLimit | undefined): boolean {
  return limit?.source === "service-quotas" && isBelowOne(limit);
}

function isBelowOne({ value, most = value }: FleetLimit): boolean {
  const usable = Math.min(value, most);
  return usable > 0 && usable < 1;
}

/** A process whose share is less than one call a minute could never send one. */
function thinShares({ limits }: MinuteLimits, { instances }: Config): readonly ConfigProblem[] {
  const thin = [...limits.values()].find(
    (limit) => limit.key.includes("/requests/") && isBelowOne(limit) && !isThin(limit),
  );
  if (thin === undefined) return [];
  const message = `must leave each process at least 1 request per minute, got ${instances}: ${thin.key} leaves ${thin.value}`;
  return [{ path: ["instances"], message }];
}

function targetOf(draft: DraftTarget, { limits }: MinuteLimits, minuteMs: number): Target {
  const { model: _model, baseModelId: _base, scope: _scope, page: _page, dayPage, ...rest } = draft;
  const { isPlacedByConfig: _isPlaced, ...target } = rest;
  const minuteQuotas = minuteUnits[draft.endpoint]
    .filter((unit) => limits.has(minuteKey(draft, unit)))
    .map((unit): Quota => ({ key: minuteKey(draft, unit), unit, windowMs: minuteMs }));
  return { ...target, quotas: [...minuteQuotas, dayQuota(draft, dayPage)] };
}

/**
 * The ceiling on what all models together take from one account and Region in a day. No limit is set: AWS weighs it
 * by price and does not publish when it resets, so it only speaks when AWS refuses. Whether calls on mantle count
 * towards it is not published, so mantle has a page of its own; so has each dedicated model.
 * Source: AWS, "Quotas for the bedrock-runtime endpoint", Cross-Model Max Tokens Per Day (read 2026-11-22).
 */
function dayQuota({ endpoint }: DraftTarget, page: string): Quota {
  return { key: `${page}/day`, unit: endpoint === "mantle" ? "inputTokens" : "tokens", windowMs: dayWindowMs };
}
