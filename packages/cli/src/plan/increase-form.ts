import type { ModelReport } from "../simulation/model-load.ts";
import type { QuotaReport } from "../simulation/quota-use.ts";
import type { SimulationReport } from "../simulation/simulation-report.ts";
import type { IncreaseForm, LimitWish, Raise } from "./plan-report.ts";
import { quotaPlaceOf } from "./quota-place.ts";

/**
 * What AWS's form for higher quotas asks for, of each account, Region and model of the runtime endpoint: what calls take
 * there, on average and in the busiest minute.
 * @param run - one in which the calls are served as they are wanted.
 * Source: the form as support cases and assistants for it quote it (read 2026-11-22).
 */
export function increaseForms(run: SimulationReport, asking: Asking): readonly IncreaseForm[] {
  return run.quotas.filter(({ unit }) => unit === "tokens").map((tokens) => formOf(tokens, run, asking));
}

/** What is there, and what is asked for. */
export interface Asking {
  /** Units per window, by key; a run may have had others. */
  readonly limits: ReadonlyMap<string, number>;
  readonly raises: readonly Raise[];
}

function formOf(tokens: QuotaReport, run: SimulationReport, asking: Asking): IncreaseForm {
  const { accountId, region, modelId, scope } = quotaPlaceOf(tokens.key);
  const requests = run.quotas.find(({ key }) => key === tokens.key.replace("/tokens/", "/requests/"));
  const models = run.models.filter(({ model }) => tokens.models.includes(model));
  const steady = perMinute(tokens.used, run.spanMs);
  const peak = peakOf(tokens);
  // Where no quota counts requests, they are as many to the token as in all of the model's places.
  const perToken = ratio(sum(models, ({ served }) => served), sum(run.quotas.filter((quota) => quota.unit === "tokens" && isOf(quota, tokens)), ({ used }) => used)); // prettier-ignore
  const steadyRequests = requests === undefined ? steady * perToken : perMinute(requests.used, run.spanMs);
  const peakRequests = requests === undefined ? peak * perToken : peakOf(requests);
  const offered = sum(models, (model) => model.offered);
  return {
    accountId,
    region,
    modelId,
    scope,
    steadyTokensPerMinute: Math.round(steady),
    peakTokensPerMinute: Math.round(Math.max(steady, peak)),
    steadyRequestsPerMinute: Math.round(steadyRequests),
    peakRequestsPerMinute: Math.round(Math.max(steadyRequests, peakRequests)),
    averageInputTokens: Math.round(
      ratio(
        sum(models, (model) => model.inputTokens),
        offered,
      ),
    ),
    averageOutputTokens: Math.round(
      ratio(
        sum(models, (model) => model.outputTokens),
        offered,
      ),
    ),
    tokensPerMinute: wishOf(tokens, asking),
    requestsPerMinute: requests === undefined ? null : wishOf(requests, asking),
  };
}

function isOf(quota: QuotaReport, tokens: QuotaReport): boolean {
  return quota.models.some((model) => tokens.models.includes(model));
}

function wishOf({ key, unit, limit: had }: QuotaReport, { limits, raises }: Asking): LimitWish {
  const limit = limits.get(key) ?? had;
  const { accountId, region, modelId, scope } = quotaPlaceOf(key);
  const raise = raises.find((each) => each.modelId === modelId && each.scope === scope && each.unit === unit);
  const place = raise?.places.find((each) => each.accountId === accountId && each.region === region);
  return place === undefined ? { from: limit, to: limit } : { from: place.from, to: place.to };
}

/** A run shorter than a minute is taken as one. */
function perMinute(amount: number, spanMs: number): number {
  return (amount * 60_000) / Math.max(60_000, spanMs);
}

function peakOf({ peakUtilisation, limit, windowMs }: QuotaReport): number {
  return (peakUtilisation * limit * 60_000) / windowMs;
}

function sum<Item extends QuotaReport | ModelReport>(items: readonly Item[], valueOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
