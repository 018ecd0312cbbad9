import Table from "cli-table3";
import type { CommandContext } from "./command-context.ts";

/** Rows as text in aligned columns: the first to the left, the others as told. No lines, so that it can be cut and pasted. */
export function textTable({ head, rows, right = [] }: TextTable, { colors }: Pick<CommandContext, "colors">): string {
  const none = {
    top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "", "bottom-left": "",
    "bottom-right": "", left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  ",
  }; // prettier-ignore
  const colAligns = head.map((_, column) => (right.includes(column) ? "right" : "left"));
  const style = { head: [], border: [], "padding-left": 0, "padding-right": 0 };
  const table = new Table({ chars: none, colAligns, style });
  if (head.some((title) => title !== "")) table.push(head.map((title) => colors.bold(title)));
  for (const row of rows) table.push([...row]);
  const lines = table.toString().split("\n");
  return lines.map((line) => line.trimEnd()).join("\n");
}

export interface TextTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of numbers, by place. */
  readonly right?: readonly number[];
}
