import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { workspaceRoot } from "./workspace.ts";

const copied = [".oxlintrc.json", ".dev/lint", "tsconfig.base.json"];
const tsconfig = { extends: "../../tsconfig.base.json", include: ["src"] };

/**
 * Lints files by this repository's rules, in a folder of their own that is gone afterwards.
 * @param sources - content by path in the workspace.
 * @returns names of the rules each path breaks.
 */
export function lint(sources: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "shardrock-lint-"));
  try {
    for (const path of copied) cpSync(join(workspaceRoot, path), join(folder, path), { recursive: true });
    symlinkSync(join(workspaceRoot, "node_modules"), join(folder, "node_modules"));
    for (const name of ["core", "simulator"]) write(folder, `packages/${name}/tsconfig.json`, JSON.stringify(tsconfig));
    for (const [path, source] of sources) write(folder, path, source);
    return brokenRules(runOxlint(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function write(folder: string, path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function runOxlint(folder: string): string {
  const oxlint = join(workspaceRoot, "node_modules/.bin/oxlint");
  try {
    return execFileSync(oxlint, ["--format=json", "packages", "examples", "benchmarks"], {
      cwd: folder,
      encoding: "utf8",
    });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

function brokenRules(json: string): ReadonlyMap<string, readonly string[]> {
  const { diagnostics } = JSON.parse(json) as {
    diagnostics: readonly { code?: string; message: string; filename: string }[];
  };
  const rules = new Map<string, string[]>();
  for (const { code, message, filename } of diagnostics) {
    const rule = /\((.+)\)/.exec(code ?? "")?.[1] ?? message;
    rules.set(filename, [...(rules.get(filename) ?? []), rule]);
  }
  return rules;
}
