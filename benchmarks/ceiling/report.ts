import { table } from "../measure/table.ts";
import { type Figure, isMet, sayBar, sayFigure } from "./figure.ts";
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
  const titles = [...new Set(judged.flatMap(({ figures }) => figures.map(({ title }) => title)))];
  const lines = judged.map(({ one, figures, misses }) => [
    one.label,
    one.limiter,
    ...titles.map((title) => sayFigure(figures.find((figure) => figure.title === title) ?? none)),
    sayMisses(figures, misses),
  ]);
  return `Row ${row.number}: ${row.title}\n${table(["case", "limiter", ...titles, "bar"], lines)}`;
}

const none: Figure = { title: "", values: [], kind: "number" };

function sayMisses(figures: readonly Figure[], misses: readonly string[]): string {
  if (misses.length > 0) return `MISSED: ${misses.join(", ")}`;
  return figures.some((figure) => isMet(figure) !== undefined) ? "met" : "none";
}
