import { readFileSync } from "node:fs";

/** A line that the README has typed in, and what it says is printed then. */
export interface ReadmeStep {
  readonly line: string;
  readonly printed: string;
}

/** The README's walk through planning, in its order: later steps use what earlier ones wrote. */
export function planningSteps(): readonly ReadmeStep[] {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const section = /\n## Planning\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? "";
  return [...section.matchAll(/```sh\n(.*)\n```\n\n```text\n([\s\S]*?)\n```/g)].map(([, line = "", printed = ""]) => ({
    line,
    printed,
  }));
}

/** As a shell parts a line that has no quotes but these. */
export function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

/** The output as far as it is printed: a last line of `…` stands for the rest. */
export function shownAs(output: string, printed: string): string {
  const lines = output.trimEnd().split("\n");
  if (!printed.endsWith("\n…")) return lines.join("\n");
  return [...lines.slice(0, printed.split("\n").length - 1), "…"].join("\n");
}
