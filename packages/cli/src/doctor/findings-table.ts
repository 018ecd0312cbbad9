import type { CommandContext } from "../command-line/command-context.ts";
import type { Finding, Severity } from "./finding.ts";
import { plainTable } from "./plain-table.ts";

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
  const rows = findings.map(({ severity, accountId = "-", region = "-", check, message, fix = "" }) => [
    painted(severity, colors),
    accountId,
    region,
    check,
    message,
    fix,
  ]);
  const { errors, warnings, infos, ok } = counts;
  const sum = `${plural(errors, "error")}, ${plural(warnings, "warning")}, ${infos} to know, ${ok} found right`;
  return findings.length === 0 ? sum : `${plainTable(headings, rows, colors)}\n\n${sum}`;
}

const headings = ["severity", "account", "region", "check", "finding", "fix"];

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

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
