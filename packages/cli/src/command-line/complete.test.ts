import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fakeHost } from "./host.test.kit.ts";
import { main } from "./main.ts";

// The library writes to the console itself.
const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
});
afterEach(() => vi.restoreAllMocks());

async function completed(...words: readonly string[]): Promise<readonly string[]> {
  using host = fakeHost();
  mkdirSync(join(host.workingDirectory, "configs"));
  writeFileSync(join(host.workingDirectory, "configs/router.yaml"), "");
  writeFileSync(join(host.workingDirectory, "router.yaml"), "");
  expect(await main(["complete", "--", ...words], host)).toBe(0);
  return lines.slice(0, -1).map((line) => line.split("\t")[0] ?? "");
}

it.each([
  ["commands", ["gen"], ["generate"]],
  ["options", ["generate", "--sha"], ["--shape"]],
  ["values of an option", ["generate", "--shape", "s"], ["steady", "spiky"]],
  ["values of an argument", ["completion", "z"], ["zsh"]],
  ["paths of an option", ["explain", "--config", "r"], ["router.yaml"]],
  ["paths below a folder", ["explain", "--config", "configs/"], ["configs/router.yaml"]],
  ["paths of an argument", ["trace", ""], ["configs/", "router.yaml"]],
  ["nothing for a folder that is not there", ["trace", "nowhere/x"], []],
] as const)("completes %s", async (_what, words, expected) => {
  expect(await completed(...words)).toEqual(expected);
});

it.each(["bash", "zsh", "fish"])("prints a script for %s that asks shardrock itself", async (shell) => {
  using host = fakeHost();

  expect(await main(["completion", shell], host)).toBe(0);

  expect([...lines, host.stdout.text].join("\n")).toMatch(/shardrock complete --/);
});
