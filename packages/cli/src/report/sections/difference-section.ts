import type { Difference, ReplayReport } from "../../plan/plan-report.ts";
import { dataTable } from "../markup/data-table.ts";
import { markup } from "../markup/markup.ts";
import { space, toldChange, toldCount, toldShare, toldSpread, toldTime } from "../told-figure.ts";
import { caseFigures } from "./case-figures.ts";
import type { Section } from "./section.ts";

const tellers = { share: toldShare, ms: toldTime, count: toldCount } as const;

/** Two configs on the same traffic, figure by figure. */
export function differenceSection({ configs, cases, differences, slo }: ReplayReport): Section {
  const [first, second] = configs;
  const named = cases.map((each, place) => ({ ...each, name: configs[place]?.name ?? each.name }));
  const body = markup`${caseFigures("What becomes of the calls under each config", named, slo)}${dataTable({
    caption: "Figure by figure; the change is that from run to run with the same seed",
    rows: differences,
    columns: [
      { title: "figure", kind: "name", cell: ({ name }) => name },
      { title: first.name, kind: "figure", cell: ({ unit, first: spread }) => toldSpread(spread, tellers[unit]) },
      { title: second.name, kind: "figure", cell: ({ unit, second: spread }) => toldSpread(spread, tellers[unit]) },
      { title: "change", kind: "figure", cell: change },
    ],
  })}`;
  return { id: "differences", title: "Side by side", body };
}

function change({ unit, change: spread }: Difference): string {
  // A change of a share is in points of it, not a share of a share.
  const told =
    unit === "share" ? (share: number) => toldShare(share).replace(`${space}%`, `${space}points`) : tellers[unit];
  return toldSpread(spread, (each) => toldChange(each, told));
}
