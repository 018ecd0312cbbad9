import { runQuietly } from "./command.mjs";
import { checkPackages, packageFolders, removeStaleBuilds } from "./packages.mjs";
import { countLine, readReport, vitestArguments } from "./tests.mjs";

const steps = {
  types: () => runQuietly("tsc", ["-b", ...packageFolders(), "test", "examples", "benchmarks"]),
  lint: () => runQuietly("oxlint", []),
  format: () => runQuietly("prettier", ["--check", "--cache", "--cache-location=.cache/prettier", "."]),
  tests: () => runQuietly("vitest", vitestArguments([])),
  build() {
    removeStaleBuilds();
    return runQuietly("tsc", ["-b", ...packageFolders()]);
  },
  packages: checkPackages,
};

/**
 * Everything that must hold before a change is merged; answers with an exit code.
 * @param args - `--all`: a skipped test is a failure too.
 */
export async function check(args) {
  const failed = [];
  const printed = new Set();
  for (const [name, step] of Object.entries(steps)) {
    const startMs = performance.now();
    const { isOk, output } = await step();
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    console.log(`${name.padEnd(10)}${seconds.padStart(5)} s  ${isOk ? "ok" : "FAILED"}`);
    if (isOk) continue;
    failed.push(name);
    console.log(printed.has(output) ? "(as above)" : output.trimEnd());
    printed.add(output);
  }
  const report = readReport();
  for (const name of report.skipped) console.log(`SKIPPED: ${name}`);
  if (args.includes("--all") && report.skipped.length > 0) failed.push("skipped tests");
  if (failed.length > 0) console.log(`failed: ${failed.join(", ")}`);
  console.log(countLine(report));
  return failed.length > 0 ? 1 : 0;
}
