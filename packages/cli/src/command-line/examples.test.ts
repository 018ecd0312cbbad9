import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { traceText } from "../plan/plan.test.kit.ts";
import { wordsOf } from "../plan/readme-steps.test.kit.ts";
import { commands } from "./commands.ts";
import { fakeHost } from "./host.test.kit.ts";
import { main } from "./main.ts";

const readme = readFileSync(new URL("../../../../README.md", import.meta.url), "utf8");
const [, config = ""] = /^```yaml\n([\s\S]*?)^```/m.exec(readme) ?? [];

/** Those that ask AWS, run for minutes, or are for a shell, are tried elsewhere. */
const tried = new Set(["generate", "trace", "fit", "explain", "iam", "replay"]);
const lines = commands
  .filter(({ name }) => tried.has(name))
  .flatMap(({ examples }) => examples.map(({ line }) => line));

it("every example of a help works as printed, beside the README's config and a trace", async () => {
  using host = fakeHost();
  const into = (name: string): string => join(host.workingDirectory, name);
  for (const name of ["router.yaml", "router-with-eu.yaml"]) writeFileSync(into(name), config);
  mkdirSync(into("AWSLogs"));
  for (const name of ["calls.csv", "AWSLogs/calls.csv"]) writeFileSync(into(name), traceText(60, 1_000));

  // What `fit` writes the others read.
  for (const line of lines.toSorted((one, other) => Number(isFit(other)) - Number(isFit(one)))) {
    using own = fakeHost();
    const code = await main(wordsOf(line).slice(1), { ...host, stdout: own.stdout, stderr: own.stderr });

    expect([line, code, own.stderr.text]).toEqual([line, 0, expect.not.stringContaining("error")]);
  }

  expect(lines.length).toBeGreaterThanOrEqual(10);
}, 120_000);

function isFit(line: string): boolean {
  return line.startsWith("shardrock fit");
}
