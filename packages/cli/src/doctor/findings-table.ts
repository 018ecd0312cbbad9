import { stripVTControlCharacters } from "node:util";
import type { CommandContext } from "../command-line/command-context.ts";
import type { Finding, Severity } from "./finding.ts";
import { plainTable } from "./plain-table.ts";

export interface FindingCounts {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly ok: number;
}

/** Findings for people: a line for each, or where the terminal is too narrow a paragraph, and what they come to. */
export function findingsTable(
  findings: readonly Finding[],
  counts: FindingCounts,
  { colors, stdout }: Pick<CommandContext, "colors" | "stdout">,
): string {
  const { errors, warnings, infos, ok } = counts;
  const sum = `${plural(errors, "error")}, ${plural(warnings, "warning")}, ${infos} to know, ${ok} found right`;
  if (findings.length === 0) return sum;
  const table = plainTable(
    headings,
    findings.map((finding) => rowOf(finding, colors)),
    colors,
  );
  const widest = Math.max(
    ...stripVTControlCharacters(table)
      .split("\n")
      .map((line) => line.length),
  );
  const isWide = stdout.columns !== undefined && widest > stdout.columns;
  const shown = isWide ? findings.map((finding) => paragraph(finding, colors)).join("\n") : table;
  return `${shown}\n\n${sum}`;
}

function rowOf(finding: Finding, colors: CommandContext["colors"]): readonly string[] {
  const { severity, accountId = "-", region = "-", check, message, fix = "" } = finding;
  return [painted(severity, colors), accountId, region, check, message, fix];
}

function paragraph(finding: Finding, colors: CommandContext["colors"]): string {
  const { severity, accountId = "", region = "", check, message, fix } = finding;
  const where = [painted(severity, colors), accountId, region, check].filter((word) => word !== "").join(" ");
  return `${where}: ${message}${fix === undefined ? "" : `\n  fix: ${fix}`}`;
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
