import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { fakeHost } from "../command-line/host.test.kit.ts";
import { main } from "../command-line/main.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const section = /\n## Planning\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? "";
const steps = [...section.matchAll(/```sh\n(.*)\n```\n\n```text\n([\s\S]*?)\n```/g)].map(
  ([, line = "", printed = ""]) => ({
    line,
    printed,
  }),
);

it("the README's walk through planning, typed in as printed, gives the printed answers", async () => {
  const workingDirectory = mkdtempSync(join(tmpdir(), "shardrock-readme-"));
  try {
    expect(steps.length).toBeGreaterThanOrEqual(4);
    for (const { line, printed } of steps) {
      const [shardrock, ...argv] = wordsOf(line);
      using host = fakeHost();
      const code = await main(argv, { ...host, workingDirectory });

      expect(shardrock).toBe("shardrock");
      expect([line, code]).toEqual([line, line.endsWith("--check") ? 3 : 0]);
      expect(shown(host.stdout.text, printed)).toBe(printed);
    }
  } finally {
    rmSync(workingDirectory, { recursive: true, force: true });
  }
}, 120_000);

/** As a shell parts a line that has no quotes but these. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

/** The output as far as it is printed: a last line of `…` stands for the rest. */
function shown(output: string, printed: string): string {
  const lines = output.trimEnd().split("\n");
  if (!printed.endsWith("\n…")) return lines.join("\n");
  return [...lines.slice(0, printed.split("\n").length - 1), "…"].join("\n");
}
