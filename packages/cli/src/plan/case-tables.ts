import type { CommandContext } from "../command-line/command-context.ts";
import { textTable } from "../command-line/text-table.ts";
import { unitWords } from "./binding.ts";
import { sayCount, sayShare, saySpread, sayTime } from "./figures.ts";
import type { CaseQuota, PlanCase } from "./plan-report.ts";
import { quotaPlaceOf } from "./quota-place.ts";

type Colors = Pick<CommandContext, "colors">;

/** A line for each case, and below what binds in each. */
export function caseTable(cases: readonly PlanCase[], context: Colors): string {
  const isJudged = cases.some(({ isMet }) => isMet !== null);
  const head = ["", "served", "delayed", "refused", "wait p50", "p95", "p99", "throttled"];
  const rows = cases.map((each) => [
    each.name,
    saySpread(each.served, sayShare),
    sayShare(each.delayed.typical),
    sayShare(each.refused.typical + each.lost.typical),
    sayTime(each.waits.p50.typical),
    sayTime(each.waits.p95.typical),
    saySpread(each.waits.p99, sayTime),
    sayShare(each.throttled.typical),
    ...(isJudged ? [sayMet(each, context)] : []),
  ]);
  const bound = cases.flatMap(({ name, binding }) => (binding === null ? [] : [`${name}: calls wait for ${binding}`]));
  return [
    textTable({ head: isJudged ? [...head, "SLO"] : head, rows, right: [1, 2, 3, 4, 5, 6, 7] }, context),
    ...bound,
  ].join("\n");
}

/** The fullest first, and no more than can be read. */
export function quotaTable({ quotas }: PlanCase, context: Colors): string {
  const sorted = quotas.toSorted(
    (one, other) => other.bound.typical - one.bound.typical || other.utilisation.typical - one.utilisation.typical,
  );
  const head = ["account", "Region", "model", "scope", "quota", "limit", "used", "busiest minute", "binds", "first", "throttled"]; // prettier-ignore
  const rows = sorted.slice(0, mostRows).map(quotaRow);
  const table = textTable({ head, rows, right: [5, 6, 7, 8, 9, 10] }, context);
  const left = sorted.length - rows.length;
  return left > 0 ? `${table}\nand ${left} more, in --json` : table;
}

/** A heading and what is under it. */
export function titled(title: string, body: string): string {
  return `${title}\n\n${body}`;
}

export function listText(title: string, sentences: readonly string[]): string {
  return `${title}\n\n${sentences.map((sentence) => `- ${sentence}`).join("\n")}`;
}

const mostRows = 24;

function quotaRow(quota: CaseQuota): readonly string[] {
  return [
    quota.accountId,
    quota.region,
    quotaPlaceOf(quota.key).modelId,
    quota.endpoint === "mantle" ? "mantle" : quota.scope,
    unitWords[quota.unit],
    sayCount(quota.limit),
    sayShare(quota.utilisation.typical),
    sayShare(quota.peakUtilisation.typical),
    sayShare(quota.bound.typical),
    quota.firstBoundAtMs === null ? "never" : sayTime(quota.firstBoundAtMs),
    sayCount(quota.throttled.typical),
  ];
}

function sayMet({ isMet, runs, runsMet }: PlanCase, { colors }: Colors): string {
  if (isMet === true) return colors.green("met");
  return colors.red(`missed, ${runsMet} of ${runs.length} runs`);
}
