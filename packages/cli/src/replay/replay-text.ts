import type { CommandContext } from "../command-line/command-context.ts";
import { textTable } from "../command-line/text-table.ts";
import { caseTable, listText, quotaTable, titled } from "../plan/case-tables.ts";
import { sayCount, sayShare, saySpread, sayTime } from "../plan/figures.ts";
import type { Difference, ReplayReport } from "../plan/plan-report.ts";
import { sayConfig, sayTraffic } from "../plan/plan-text.ts";

type Colors = Pick<CommandContext, "colors">;

/** A replay for people. */
export function replayText(report: ReplayReport, context: Colors): string {
  const { configs, traffic, grid, cases, differences } = report;
  const runs = grid.seeds.length * grid.limiters.length;
  return [
    [...configs.map(sayConfig), sayTraffic(traffic)].join("\n"),
    titled(`Side by side: the median of ${runs} runs (least to most)`, differenceTable(report, differences, context)),
    titled(
      report.slo === null ? "Each for itself" : `Each for itself, against ${report.slo}`,
      caseTable(cases, context),
    ),
    ...cases.map((each) => titled(`Quotas of ${each.name}, the fullest first`, quotaTable(each, context))),
    listText("Assumed", report.assumptions),
    ...(report.warnings.length === 0 ? [] : [listText("Mind", report.warnings)]),
  ].join("\n\n");
}

function differenceTable({ configs }: ReplayReport, differences: readonly Difference[], context: Colors): string {
  const head = ["", configs[0].name, configs[1].name, "change"];
  const rows = differences.map(({ name, unit, first, second, change }) => [
    name,
    saySpread(first, sayAs[unit]),
    saySpread(second, sayAs[unit]),
    saySpread(change, (value) => signed(value, unit)),
  ]);
  return textTable({ head, rows, right: [1, 2, 3] }, context);
}

const sayAs: Readonly<Record<Difference["unit"], (value: number) => string>> = {
  share: sayShare,
  ms: sayTime,
  count: sayCount,
};

/** A change of a share is told in points of a hundred. */
function signed(value: number, unit: Difference["unit"]): string {
  const text = unit === "share" ? `${Math.abs(value * 100).toFixed(1)} points` : sayAs[unit](Math.abs(value));
  if (text === (unit === "share" ? "0.0 points" : sayAs[unit](0))) return "none";
  return `${value < 0 ? "-" : "+"}${text}`;
}
