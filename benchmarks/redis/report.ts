import { type Figure, isMet, sayBar, sayFigure } from "../ceiling/figure.ts";
import { table } from "../measure/table.ts";

/** One line of a table, and what of it must be. */
export interface Line {
  readonly name: string;
  readonly figures: readonly Figure[];
}

/** Prints a table. @returns what it misses, in words. */
export function sayLines(title: string, lines: readonly Line[]): string[] {
  const titles = lines[0]?.figures.map((figure) => figure.title) ?? [];
  const judged = lines.map(({ name, figures }) => {
    const misses = figures.filter((figure) => isMet(figure) === false).map(sayBar);
    const hasBars = figures.some(({ bar }) => bar !== undefined);
    const verdict = misses.length > 0 ? `MISSED: ${misses.join(", ")}` : hasBars ? "met" : "none";
    return { name, misses, cells: [name, ...figures.map(sayFigure), verdict] };
  });
  const cells = judged.map(({ cells }) => cells);
  console.log(`\n${title}\n${table(["", ...titles, "bar"], cells)}`);
  return judged.flatMap(({ name, misses }) => misses.map((miss) => `${name}: ${miss}`));
}
