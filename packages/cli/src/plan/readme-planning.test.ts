import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { fakeHost } from "../command-line/host.test.kit.ts";
import { main } from "../command-line/main.ts";
import { planningSteps, shownAs, wordsOf } from "./readme-steps.test.kit.ts";

it("the README's walk through planning, typed in as printed, gives the printed answers", async () => {
  const workingDirectory = mkdtempSync(join(tmpdir(), "shardrock-readme-"));
  try {
    const steps = planningSteps();
    expect(steps.length).toBeGreaterThanOrEqual(4);
    for (const { line, printed } of steps) {
      const [shardrock, ...argv] = wordsOf(line);
      using host = fakeHost();
      const code = await main(argv, { ...host, workingDirectory });

      expect(shardrock).toBe("shardrock");
      expect([line, code]).toEqual([line, line.endsWith("--check") ? 3 : 0]);
      expect(shownAs(host.stdout.text, printed)).toBe(printed);
    }
  } finally {
    rmSync(workingDirectory, { recursive: true, force: true });
  }
}, 120_000);
