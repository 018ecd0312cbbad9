import Table from "cli-table3";
import type { CommandContext } from "../command-line/command-context.ts";

/** Columns without lines between them: they are copied into tickets, and searched. */
export function plainTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  colors: CommandContext["colors"],
): string {
  const table = new Table({ chars: bare, style: { head: [], border: [], "padding-left": 0, "padding-right": 2 } });
  table.push(headings.map((heading) => colors.bold(heading)));
  for (const row of rows) table.push([...row]);
  return table.toString().replaceAll(/ +$/gm, "");
}

const bare = Object.fromEntries(
  ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"]
    .concat(["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"])
    .map((name) => [name, ""]),
);
