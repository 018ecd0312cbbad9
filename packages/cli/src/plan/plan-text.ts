import type { CommandContext } from "../command-line/command-context.ts";
import { textTable } from "../command-line/text-table.ts";
import { answersText } from "./answers-text.ts";
import { caseTable, listText, quotaTable, titled } from "./case-tables.ts";
import { sayCount, sayTime } from "./figures.ts";
import type { IncreaseForm, LimitWish, PlannedConfig, PlannedTraffic, PlanReport } from "./plan-report.ts";

type Colors = Pick<CommandContext, "colors">;

/** A plan for people. */
export function planText(report: PlanReport, context: Colors): string {
  const { config, traffic, grid, loads, whatIfs, increase } = report;
  const runs = grid.seeds.length * grid.limiters.length;
  const [now] = loads;
  const largest = loads.at(-1)?.growth ?? 1;
  const size = largest === 1 ? "" : `, for ${largest} times the traffic`;
  return [
    [sayConfig(config), sayTraffic(traffic)].join("\n"),
    titled(
      `What becomes of it: the median of ${runs} runs (least to most)`,
      caseTable(
        loads.map((load) => load.case),
        context,
      ),
    ),
    ...(now === undefined ? [] : [titled("Quotas, the fullest first", quotaTable(now.case, context))]),
    ...(whatIfs.length === 0
      ? []
      : [
          titled(
            `What if, by seed 1 and each way of counting: ${grid.limiters.length} runs`,
            caseTable(whatIfs, context),
          ),
        ]),
    ...answersText(report),
    ...(increase.length === 0
      ? []
      : [titled(`What AWS's form for higher quotas asks for${size}, per minute`, formTable(increase, context))]),
    listText("Assumed", report.assumptions),
    ...(report.warnings.length === 0 ? [] : [listText("Mind", report.warnings)]),
  ].join("\n\n");
}

export function sayConfig({ name, accounts, regions, models }: PlannedConfig): string {
  return `${name}: ${accounts} ${accounts === 1 ? "account" : "accounts"} in ${regions.join(", ")}, serving ${models.join(", ")}`;
}

export function sayTraffic(traffic: PlannedTraffic): string {
  const { says, calls, spanMs, meanInputTokens, meanOutputTokens, meanMaxTokens } = traffic;
  const rate = `${traffic.callsPerSecond.toFixed(2)} a second over ${sayTime(spanMs)}`;
  const set = meanMaxTokens === null ? "no max_tokens" : `max_tokens of ${sayCount(meanMaxTokens)}`;
  return `${says}\n${sayCount(calls)} calls, ${rate}; on average ${sayCount(meanInputTokens)} input and ${sayCount(meanOutputTokens)} output tokens, ${set}`;
}

function formTable(forms: readonly IncreaseForm[], context: Colors): string {
  const head = [
    "account", "Region", "model", "scope", "steady TPM", "peak TPM", "steady RPM", "peak RPM", "input", "output", "TPM", "RPM",
  ]; // prettier-ignore
  const rows = forms.map((form) => [
    form.accountId,
    form.region,
    form.modelId,
    form.scope,
    sayCount(form.steadyTokensPerMinute),
    sayCount(form.peakTokensPerMinute),
    sayCount(form.steadyRequestsPerMinute),
    sayCount(form.peakRequestsPerMinute),
    sayCount(form.averageInputTokens),
    sayCount(form.averageOutputTokens),
    sayWish(form.tokensPerMinute),
    sayWish(form.requestsPerMinute),
  ]);
  return textTable({ head, rows, right: [4, 5, 6, 7, 8, 9, 10, 11] }, context);
}

function sayWish(wish: LimitWish | null): string {
  if (wish === null) return "-";
  return wish.from === wish.to ? sayCount(wish.from) : `${sayCount(wish.from)} to ${sayCount(wish.to)}`;
}
