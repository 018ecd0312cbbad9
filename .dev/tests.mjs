import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runAttached } from "./command.mjs";
import { root } from "./root.mjs";

const reportFile = ".cache/test-report.json";

/** What vitest is told; its report is read back by `readReport`. */
export function vitestArguments(args) {
  rmSync(join(root, reportFile), { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
  return ["run", "--config=test/vitest.config.ts", ...reporters, ...args];
}

/** Runs the tests whose file name holds one of the words in `args`; other arguments go to vitest. */
export async function runTests(args) {
  const code = await runAttached("vitest", vitestArguments(args));
  console.log(countLine(readReport()));
  return code;
}

/** What the last run counted; a file that could not be read counts as one failure. */
export function readReport() {
  const path = join(root, reportFile);
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: [] };
  const report = JSON.parse(readFileSync(path, "utf8"));
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: tests.filter((test) => test.status !== "passed" && test.status !== "failed").map((test) => test.fullName),
  };
}

export function countLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`;
}
