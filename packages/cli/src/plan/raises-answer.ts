import type { Config } from "@shardrock/core";
import { grouped } from "../grouped.ts";
import { withLimits } from "./altered-config.ts";
import { checkOf, obstaclesOf } from "./answer-check.ts";
import { kindOf } from "./binding.ts";
import type { CaseQuota, Raise, RaisesAnswer } from "./plan-report.ts";
import type { PlayedCase, Planner, Setting } from "./planner.ts";
import { quotaPlaceOf } from "./quota-place.ts";
import { smallest } from "./smallest.ts";

export interface RaisesQuestion {
  readonly config: Config;
  readonly growth: number;
  /** How the config does without raises. */
  readonly played: PlayedCase;
}

/** What was found, and how the config does with it. */
export interface FoundRaises {
  readonly answer: RaisesAnswer;
  /** With the raises; as it is, where none help. */
  readonly played: PlayedCase;
}

/** Raises go in steps of 5 %, up to about a hundredfold. */
const mostSteps = 95;
const firstSteps = 15;

/** Steps by kind of quota; 0 where one is left out. */
type Steps = ReadonlyMap<string, number>;

/**
 * Finds the smallest raises of the quotas there are that meet the SLO in every run: first all that bind alike, then each kind
 * for itself as low as it goes.
 */
export async function raisesAnswer(planner: Planner, question: RaisesQuestion): Promise<FoundRaises> {
  const { config, growth, played } = question;
  const tried = factorOf(mostSteps);
  if (played.case.isMet === true)
    return { answer: { raises: [], tried, checks: [checkOf(played)], limits: [] }, played };
  const settingOf = (steps: Steps): Setting => ({ config: raised(config, steps), growth });
  const isEnough = (steps: Steps): Promise<boolean> => planner.isEnough(settingOf(steps));
  const found = await startingSteps(played.case.quotas, isEnough);
  if (found === undefined) {
    const all = uniform(new Set(played.case.quotas.map(kindOf)), mostSteps);
    const highest = await planner.play(`${tried} times all quotas`, settingOf(all));
    const limits = obstaclesOf(highest, settingOf(all));
    return { answer: { raises: null, tried, checks: [checkOf(highest)], limits }, played };
  }
  const steps = await lowered(found, played.case.quotas, isEnough);
  const lower = await planner.play(
    "each a step of 5 % lower",
    settingOf(mapped(steps, (step) => Math.max(0, step - 1))),
  );
  const enough = await planner.play("quotas raised", settingOf(steps));
  const raises = raisesOf(steps, played.case.quotas);
  return { answer: { raises, tried, checks: [lower, enough].map(checkOf), limits: [] }, played: enough };
}

/** The same raise for all that bind; where that is not enough, for all there are. */
async function startingSteps(
  quotas: readonly CaseQuota[],
  isEnough: (steps: Steps) => Promise<boolean>,
): Promise<Steps | undefined> {
  const bound = new Set(quotas.filter(({ bound, throttled }) => bound.most > 0 || throttled.most > 0).map(kindOf));
  const all = new Set(quotas.map(kindOf));
  for (const kinds of bound.size > 0 && bound.size < all.size ? [bound, all] : [all]) {
    const bounds = { start: firstSteps, least: 1, most: mostSteps };
    const { value } = await smallest((step) => isEnough(uniform(kinds, step)), bounds);
    if (value !== undefined) return uniform(kinds, value);
  }
  return undefined;
}

/** Each kind as low as it goes, those that bind least first. */
async function lowered(
  found: Steps,
  quotas: readonly CaseQuota[],
  isEnough: (steps: Steps) => Promise<boolean>,
): Promise<Steps> {
  let steps = found;
  const bound = (kind: string): number =>
    Math.max(...quotas.filter((quota) => kindOf(quota) === kind).map((quota) => quota.bound.typical));
  const kinds = [...found.keys()].toSorted((one, other) => bound(one) - bound(other));
  if (kinds.length < 2) return steps;
  for (const kind of kinds) {
    const having = (step: number): Steps => new Map([...steps, [kind, step]]);
    const bounds = { start: 0, least: 0, most: found.get(kind) ?? 0 };
    const { value } = await smallest((step) => isEnough(having(step)), bounds);
    steps = having(value ?? bounds.most);
  }
  return steps;
}

function uniform(kinds: ReadonlySet<string>, step: number): Steps {
  return new Map([...kinds].map((kind) => [kind, step]));
}

function mapped(steps: Steps, change: (step: number) => number): Steps {
  return new Map([...steps].map(([kind, step]) => [kind, change(step)]));
}

function factorOf(step: number): number {
  return Number((1.05 ** step).toFixed(2));
}

function raised(config: Config, steps: Steps): Config {
  return withLimits(config, (key, limit) => raisedLimit(limit, steps.get(kindOfKey(key)) ?? 0));
}

/** As kinds are called, from a key alone. */
function kindOfKey(key: string): string {
  const parts = key.split("/");
  const { modelId, scope } = quotaPlaceOf(key);
  return [parts[2], modelId, scope, parts.at(-2)].join(" ");
}

/** Whole: AWS takes no fractions. */
function raisedLimit(limit: number, step: number): number {
  return step === 0 ? limit : Math.ceil(limit * factorOf(step) - 1e-6);
}

function raisesOf(steps: Steps, quotas: readonly CaseQuota[]): readonly Raise[] {
  return [...grouped(quotas, kindOf)].flatMap(([kind, own]): readonly Raise[] => {
    const step = steps.get(kind) ?? 0;
    const [first] = own;
    if (step === 0 || first === undefined) return [];
    const { endpoint, unit, scope, key } = first;
    const places = own.map(({ accountId, region, limit }) => ({
      accountId,
      region,
      from: limit,
      to: raisedLimit(limit, step),
    }));
    return [{ modelId: quotaPlaceOf(key).modelId, endpoint, scope, unit, factor: factorOf(step), places }];
  });
}
