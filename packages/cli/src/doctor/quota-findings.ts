import type { QuotaPlace } from "@shardrock/core";
import { type MappedRows, minuteRow, minuteUnits, type ModelMeaning } from "@shardrock/quotas";
import { configuredLimit } from "../quotas/configured-limit.ts";
import type { Finding } from "./finding.ts";
import type { KnownQuotaRow } from "./place-facts.ts";
import type { Judging } from "./place-findings.ts";
import type { ServedHere } from "./served-here.ts";

export interface QuotaJudging extends Judging {
  readonly served: readonly ServedHere[];
  readonly rows: MappedRows<KnownQuotaRow>;
}

/** What AWS applies to each id that is called: a limit, nothing but the default, 0 (on hold), or nothing it tells of. */
export function quotaFindings(place: QuotaPlace, judging: QuotaJudging): readonly Finding[] {
  const quotas = new Map(judging.served.flatMap(quotaOf).map((quota) => [quota.name, quota]));
  const finding = (problem: Omit<Finding, "check">): Finding => ({ check: "quota", ...place, ...problem });
  return [
    ...accountOnHold(judging.rows).map(finding),
    ...[...quotas.values()].flatMap((quota) => judged(quota, place, judging)).map(finding),
  ];
}

type Problem = Omit<Finding, "check">;

/** The page of a model in one scope. */
interface CalledQuota {
  readonly name: string;
  readonly endpoint: ServedHere["endpoint"];
  readonly scope: "on-demand" | "geo" | "global";
  readonly baseModelId: string;
  readonly isNamed: boolean;
}

function quotaOf({ endpoint, scope, baseModelId, isNamed }: ServedHere): readonly CalledQuota[] {
  if (scope === "dedicated") return [];
  return [{ name: `${baseModelId} ${endpoint} ${scope}`, endpoint, scope, baseModelId, isNamed }];
}

function accountOnHold({ mapped }: MappedRows<KnownQuotaRow>): readonly Problem[] {
  const held = mapped.some(({ meaning, row }) => meaning.kind === "cross-model-day" && row.value === 0);
  if (!held) return [];
  const message = "the account is on hold: it has 0 tokens a day, all models together";
  return [{ severity: "error", message, fix: "ask AWS Support to lift it; until then no call goes there" }];
}

const words = {
  tokens: "tokens per minute",
  requests: "requests per minute",
  inputTokens: "input tokens per minute",
  outputTokens: "output tokens per minute",
} as const;

function judged(quota: CalledQuota, place: QuotaPlace, judging: QuotaJudging): readonly Problem[] {
  const found = minuteUnits[quota.endpoint].map((unit) => ({ unit, row: minuteRow(judging.rows, { ...quota, unit }) }));
  const known = found.flatMap(({ unit, row }) => (row === undefined ? [] : [{ unit, ...row.row }]));
  const what = `${quota.baseModelId}, ${quota.scope}`;
  if (known.length === 0) return [untold(what, { quota, place, judging })];
  const held = known.filter(({ value }) => value === 0);
  if (held.length > 0) {
    const message = `${what}: on hold, with ${held.map(({ unit }) => `0 ${words[unit]}`).join(" and ")}`;
    return [
      { severity: "error", message, fix: "request an increase or ask AWS Support; until then no call goes there" },
    ];
  }
  const figures = known.map(({ value, unit, code }) => `${shown(value)} ${words[unit]} (${code})`).join(", ");
  const exceeded = known.flatMap(({ unit, value }) => aboveConfig(unit, value, { quota, place, judging }));
  if (exceeded.length > 0) return exceeded.map((each) => ({ ...each, message: `${what}: ${each.message}` }));
  const isApplied = known.every((row) => row.isApplied);
  if (isApplied) return [{ severity: "ok", message: `${what}: ${figures} applied` }];
  const byDefault = known.filter((row) => !row.isApplied).map(({ unit }) => words[unit]);
  const message = `${what}: ${figures}; AWS's default for ${byDefault.join(" and ")}, which nobody applied to the account, and a new one may have less`;
  const severity = byDefault.length === known.length ? "warning" : "info";
  return [{ severity, message, fix: "request a value for it in Service Quotas, or watch the first throttles" }];
}

/** Whether the config has a number of its own where AWS tells none. */
function untold(what: string, at: ConfiguredAt): Problem {
  const isConfigured = minuteUnits[at.quota.endpoint].some((unit) => configured(unit, at) !== undefined);
  if (isConfigured) {
    return { severity: "info", message: `${what}: Service Quotas tells no limit; the config's holds` };
  }
  const message = `${what}: Service Quotas tells no limit, and the config has none, so it gets no calls`;
  const fix = "give it quotas or a fallbackQuota in the config";
  return { severity: at.quota.isNamed ? "error" : "info", message, fix };
}

interface ConfiguredAt {
  readonly quota: CalledQuota;
  readonly place: QuotaPlace;
  readonly judging: QuotaJudging;
}

/** What the config says of a quota for all processes together; undefined: nothing. */
function configured(
  unit: ModelMeaning["unit"],
  { quota, place, judging: { fleet, config } }: ConfiguredAt,
): number | undefined {
  return configuredLimit({ ...place, ...quota, unit }, { fleet, config });
}

function aboveConfig(unit: keyof typeof words, applied: number, at: ConfiguredAt): readonly Problem[] {
  const ours = configured(unit, at);
  if (ours === undefined || ours <= applied) return [];
  const message = `the config says ${shown(ours)} ${words[unit]}, AWS applies ${shown(applied)}`;
  const fix = "correct the config, or leave the number out and give the client serviceQuotas()";
  return [{ severity: "warning", message, fix }];
}

function shown(value: number): string {
  return value.toLocaleString("en-US");
}
