import type { CommandContext } from "../command-line/command-context.ts";
import type { CommandInput } from "../command-line/command-input.ts";
import { type ExitCode, exitCodes } from "../command-line/exit-code.ts";
import { UsageError } from "../command-line/usage-error.ts";
import { askedConfig } from "./asked-config.ts";
import { askedGrid, askedGrowth } from "./asked-grid.ts";
import { askedReport } from "./asked-report.ts";
import { makePlan } from "./make-plan.ts";
import type { PlanReport } from "./plan-report.ts";
import { planText } from "./plan-text.ts";
import { parseSlo } from "./slo.ts";
import { trafficSource } from "./traffic-source.ts";

const usualMostAccounts = 100;

/** Plans capacity. */
export async function run(input: CommandInput, context: CommandContext): Promise<ExitCode> {
  const sloText = input.text("slo");
  const slo = sloText === undefined ? undefined : parseSlo(sloText);
  const isSearched = !input.flag("check");
  if (!isSearched && slo === undefined) throw new UsageError("--check needs --slo");
  const grid = askedGrid(input);
  const growth = askedGrowth(input.text("grow"));
  const mostAccounts = input.number("most-accounts", { from: 1, upTo: 1_000, isWhole: true }) ?? usualMostAccounts;
  const writeAsked = await askedReport(input, context);
  const { config, name: configName } = await askedConfig(input, context);
  const source = await trafficSource(input, context);
  const { signal } = context;
  const question = { config, configName, source, grid, slo, growth, mostAccounts, isSearched, signal };
  const report = await planned(question, context);
  await writeAsked(report);
  await context.print({ json: report, text: () => planText(report, context) });
  return isFeasible(report, isSearched) ? exitCodes.ok : exitCodes.infeasible;
}

async function planned(question: Parameters<typeof makePlan>[0], context: CommandContext): Promise<PlanReport> {
  using progress = context.progress({ label: "planning" });
  return makePlan({ ...question, onProgress: progress.update });
}

/** Searched: something meets the SLO at every size of the traffic. Only checked: the config does as it is. */
function isFeasible({ loads }: PlanReport, isSearched: boolean): boolean {
  if (!isSearched) return loads.every((load) => load.case.isMet !== false);
  return loads.every(
    ({ accounts, raises }) => accounts === null || accounts.accounts !== null || raises?.raises !== null,
  );
}
