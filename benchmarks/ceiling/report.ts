import { table } from "../measure/table.ts";
import { type Figure, isMet, sayBar, sayFigure, sayMedian } from "./figure.ts";
import type { Case, Results, Row } from "./rows/row.ts";

/** A case with what its runs showed. */
export interface Judged {
  readonly row: Row;
  readonly one: Case;
  readonly results: Results;
  readonly figures: readonly Figure[];
  /** The bars that were missed, in words. */
  readonly misses: readonly string[];
}

export function judge(row: Row, one: Case, results: Results): Judged {
  const figures = one.judge(results);
  const misses = figures.filter((figure) => isMet(figure) === false).map(sayBar);
  return { row, one, results, figures, misses };
}

/** One row as text. */
export function sayRow(row: Row, judged: readonly Judged[]): string {
  const own = judged.flatMap(({ figures }) => figures.filter((figure) => figure.of === undefined));
  const titles = [...new Set(own.map(({ title }) => title))];
  const lines = judged.map(({ one, figures, misses }) => [
    one.label,
    one.limiter,
    ...titles.map((title) => sayFigure(figures.find((figure) => !figure.of && figure.title === title) ?? none)),
    sayMisses(figures, misses),
  ]);
  const text = `Row ${row.number}: ${row.title}\n${table(["case", "limiter", ...titles, "bar"], lines)}`;
  return judged.some(({ figures }) => figures.some(({ of }) => of)) ? `${text}\n\n${sayOthers(row, judged)}` : text;
}

/** What people do today, on the same calls: medians. */
function sayOthers(row: Row, judged: readonly Judged[]): string {
  const others = judged.flatMap(({ figures }) => figures.filter(({ of }) => of !== undefined));
  const names = [...new Set(others.map(({ of }) => of))];
  const titles = [...new Set(others.map(({ title }) => title))];
  const lines = judged.map(({ one, figures }) => [
    one.label,
    one.limiter,
    ...names.map((name) =>
      figures
        .filter(({ of }) => of === name)
        .map(sayMedian)
        .join(" / "),
    ),
  ]);
  const header = ["case", "limiter", ...names.map((name) => name ?? "")];
  return `Beside row ${row.number}: ${titles.join(" / ")}\n${table(header, lines)}`;
}

const none: Figure = { title: "", values: [], kind: "number" };

function sayMisses(figures: readonly Figure[], misses: readonly string[]): string {
  if (misses.length > 0) return `MISSED: ${misses.join(", ")}`;
  return figures.some((figure) => isMet(figure) !== undefined) ? "met" : "none";
}
