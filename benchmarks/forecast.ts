/**
 * How true `shardrock plan` is: its forecast for four accounts beside the same traffic really sent. Real is the drop-in client
 * with the real SDK, in real time, against a simulated AWS over loopback sockets; both sides read the same `router.yaml`
 * and the same trace file, and AWS counts in the same way. Windows are 20 s, by the config, so that a run has four; a
 * model takes as long as ever.
 *
 *   pnpm bench forecast [--load 0.6,0.95,1.5] [--limiter bucket100,sliding60,fixed10] [--seed n] [--seconds n] [--quick]
 *
 * The forecast is the median of five seeds on that trace; reality is one run of it. Runs of a load take place at once, each in a
 * process of its own. Exits with 1 when a bar is missed. `--quick` only shows that it runs.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sayMachine, thisMachine } from "./ceiling/machine.ts";
import { type Compared, comparisonsOf, isMissed, sameWaitMs, sayComparison } from "./forecast/compare.ts";
import { forecastOf } from "./forecast/forecast-of.ts";
import { readOptions } from "./forecast/options.ts";
import type { RealOutcome } from "./forecast/outcome.ts";
import { callsPerSecond, type ForecastRun, traffic, windowMs } from "./forecast/scene.ts";
import { shardrock } from "./forecast/shardrock.ts";
import { buildPackages } from "./measure/build-packages.ts";
import { runInChildren } from "./measure/run-in-children.ts";
import { percent, table } from "./measure/table.ts";

const options = readOptions(process.argv.slice(2));
buildPackages();
const startMs = performance.now();
const machine = thisMachine();
console.log(`pnpm bench forecast: ${sayMachine(machine)}`);
console.log(`windows of ${windowMs / 1e3} s; waits within ${sameWaitMs} ms of each other count as the same`);
const folder = mkdtempSync(join(tmpdir(), "shardrock-forecast-"));
const all: Compared[] = [];
const missed: string[] = [];
try {
  for (const load of options.loads) {
    for (const compared of await playLoad(load)) {
      all.push(compared);
      missed.push(...say(compared));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (options.isWhole) writeResults();
console.log(`\nin ${Math.round((performance.now() - startMs) / 1e3)} s`);
console.log(missed.length === 0 ? "every bar met" : `MISSED:\n${missed.join("\n")}`);
if (missed.length > 0) process.exitCode = 1;

/** The real runs first: nothing else is to run beside them. A forecast knows the files alone. */
async function playLoad(load: number): Promise<readonly Compared[]> {
  const runs = options.limiters.map((limiter): ForecastRun => {
    return { load, limiter, seed: options.seed, folder: join(folder, `${load}-${limiter}`) };
  });
  for (const run of runs) await writeTrace(run);
  const real: RealOutcome[] = [];
  await runInChildren<RealOutcome>([...runs.entries()], {
    file: new URL("./forecast/real-run.ts", import.meta.url),
    processes: runs.length,
    onResult: (place, result) => void (real[place] = result),
  });
  const compared: Compared[] = [];
  for (const [place, run] of runs.entries()) {
    const own = real[place];
    if (own !== undefined) compared.push({ run, real: own, forecast: await forecastOf(run, options.plannedSeeds) });
  }
  return compared;
}

/** The same for every limiter. */
async function writeTrace({ load, seed, folder }: ForecastRun): Promise<void> {
  mkdirSync(folder);
  const { input, output, maxTokens, tenants } = traffic;
  const made = ["--rps", String(callsPerSecond(load)), "--duration", `${options.durationMs / 1e3}s`];
  const sizes = ["--input", input.join(), "--output", output.join(), "--max-tokens", String(maxTokens)];
  await shardrock(
    folder, "generate", ...made, ...sizes, "--model", "chat", "--tenant", tenants, "--seed", String(seed), "--out", "calls.csv",
  ); // prettier-ignore
}

/** Prints a run. @returns what it misses, in words. */
function say(compared: Compared): string[] {
  const { run, real } = compared;
  const comparisons = comparisonsOf(compared);
  const name = `${run.load}x, ${run.limiter}`;
  const titles = [name, "forecast", "of its runs", "real", "off", "bar", ""];
  console.log(`\n${table(titles, comparisons.map(sayComparison))}`);
  console.log(
    `${real.calls} calls, ${percent(real.offered, 1)} of the quotas; besides its wait and the model a call took ${real.overheadP50Ms.toFixed(1)} ms (p99 ${real.overheadP99Ms.toFixed(0)}); timers late by ${real.lagP99Ms.toFixed(0)} ms (p99), ${real.lagMostMs.toFixed(0)} ms at most`,
  );
  return comparisons.filter(isMissed).map((comparison) => `${name}: ${sayComparison(comparison).join(", ")}`);
}

function writeResults(): void {
  const { date, ...on } = machine;
  const runs = all.map((compared) => {
    const { run, real } = compared;
    return { load: run.load, limiter: run.limiter, real, comparisons: comparisonsOf(compared) };
  });
  const seconds = Math.round((performance.now() - startMs) / 1e3);
  const file = new URL("./results/forecast.json", import.meta.url);
  writeFileSync(
    file,
    `${JSON.stringify({ date, machine: on, seconds, windowMs, seed: options.seed, runs }, undefined, 1)}\n`,
  );
}
