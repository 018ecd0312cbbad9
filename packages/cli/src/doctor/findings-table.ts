import Table from "cli-table3";
import type { CommandContext } from "../command-line/command-context.ts";
import type { Finding, Severity } from "./finding.ts";

export interface FindingCounts {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly ok: number;
}

/** Findings for people, one line each unless the terminal is narrow, and what they come to. */
export function findingsTable(
  findings: readonly Finding[],
  counts: FindingCounts,
  { colors }: Pick<CommandContext, "colors">,
): string {
  const table = new Table({ chars: bare, style: { head: [], border: [], "padding-left": 0, "padding-right": 2 } });
  table.push(headings.map((heading) => colors.bold(heading)));
  for (const { severity, accountId = "-", region = "-", check, message, fix = "" } of findings) {
    table.push([painted(severity, colors), accountId, region, check, message, fix]);
  }
  const { errors, warnings, infos, ok } = counts;
  const sum = `${plural(errors, "error")}, ${plural(warnings, "warning")}, ${infos} to know, ${ok} found right`;
  return findings.length === 0 ? sum : `${trimmed(table.toString())}\n\n${sum}`;
}

const headings = ["severity", "account", "region", "check", "finding", "fix"];

/** No lines: they are copied into tickets, and searched. */
const bare = Object.fromEntries(
  ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"]
    .concat(["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"])
    .map((name) => [name, ""]),
);

function painted(severity: Severity, colors: CommandContext["colors"]): string {
  switch (severity) {
    case "error":
      return colors.red(severity);
    case "warning":
      return colors.yellow(severity);
    case "info":
      return colors.cyan(severity);
    case "ok":
      return colors.green(severity);
    default:
      return severity satisfies never;
  }
}

function trimmed(text: string): string {
  return text.replaceAll(/ +$/gm, "");
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
