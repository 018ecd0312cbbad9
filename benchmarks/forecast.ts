/**
 * How true `shardrock plan` is: its forecast for four accounts beside the same traffic really sent. Real is the drop-in client
 * with the real SDK, in real time, against a simulated AWS over loopback sockets; both sides read the same `router.yaml`
 * and the same trace file, and AWS counts in the same way. Windows are 20 s, by the config, so that a run has three; a
 * model takes as long as ever.
 *
 *   pnpm bench forecast [--load 0.95,1.15,1.5] [--limiter bucket25,sliding60] [--seed n] [--draws n] [--seconds n] [--quick]
 *
 * The forecast is the median of twenty seeds on that trace, reality that of four runs of it. Real runs of a load take place at
 * once, each in a process of its own. Exits with 1 when a bar is missed. `--quick` only shows that it runs.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sayMachine, thisMachine } from "./ceiling/machine.ts";
import { type Compared, comparisonsOf, isMissed, sameWaitMs, sayComparison } from "./forecast/compare.ts";
import { forecastOf } from "./forecast/forecast-of.ts";
import { readOptions } from "./forecast/options.ts";
import type { RealOutcome } from "./forecast/outcome.ts";
import { callsPerSecond, type RealRun, traffic, windowMs } from "./forecast/scene.ts";
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
if (options.isUsual) writeResults();
console.log(`\nin ${Math.round((performance.now() - startMs) / 1e3)} s`);
console.log(missed.length === 0 ? "every bar met" : `MISSED:\n${missed.join("\n")}`);
if (missed.length > 0) process.exitCode = 1;

/** The real runs first: nothing else is to run beside them. A forecast knows the files alone. */
async function playLoad(load: number): Promise<readonly Compared[]> {
  const runs = options.limiters.flatMap((limiter) =>
    Array.from({ length: options.draws }, (_, draw): RealRun => {
      return { load, limiter, seed: draw + 1, folder: join(folder, `${load}-${limiter}-${draw + 1}`) };
    }),
  );
  await writeTrace(load, runs);
  const real: RealOutcome[] = [];
  await runInChildren<RealOutcome>([...runs.entries()], {
    file: new URL("./forecast/real-run.ts", import.meta.url),
    processes: runs.length,
    onResult: (place, result) => void (real[place] = result),
  });
  const first = options.limiters.flatMap((limiter) => runs.find((run) => run.limiter === limiter) ?? []);
  return Promise.all(
    first.map(async (setting): Promise<Compared> => {
      const own = real.filter((_, place) => runs[place]?.limiter === setting.limiter);
      return { setting, real: own, forecast: await forecastOf(setting, options.plannedSeeds) };
    }),
  );
}

/** The same for every run of a load. */
async function writeTrace(load: number, runs: readonly RealRun[]): Promise<void> {
  const { input, output, maxTokens, tenants } = traffic;
  const made = ["--rps", String(callsPerSecond(load)), "--duration", `${options.durationMs / 1e3}s`];
  const sizes = ["--input", input.join(), "--output", output.join(), "--max-tokens", String(maxTokens)];
  const names = ["--model", "chat", "--tenant", tenants, "--seed", String(options.seed)];
  await shardrock(folder, "generate", ...made, ...sizes, ...names, "--out", "calls.csv");
  for (const run of runs) {
    mkdirSync(run.folder);
    copyFileSync(join(folder, "calls.csv"), join(run.folder, "calls.csv"));
  }
}

/** Prints a setting. @returns what it misses, in words. */
function say(compared: Compared): string[] {
  const { setting, real } = compared;
  const comparisons = comparisonsOf(compared);
  const name = `${setting.load}x, ${setting.limiter}`;
  console.log(`\n${table([name, "forecast", "real", "off", "bar", ""], comparisons.map(sayComparison))}`);
  const most = (valueOf: (outcome: RealOutcome) => number): string => Math.max(...real.map(valueOf)).toFixed(0);
  const [calls, offered] = [real[0]?.calls ?? 0, percent(real[0]?.offered ?? 0, 1)];
  console.log(
    `${calls} calls, ${offered} of the quotas; in the worst run a call took ${most((run) => run.overheadP50Ms)} ms (p99 ${most((run) => run.overheadP99Ms)}) besides its wait and the model, and timers were late by ${most((run) => run.lagP99Ms)} ms (p99), ${most((run) => run.lagMostMs)} at most`,
  );
  return comparisons.filter(isMissed).map((comparison) => `${name}: ${sayComparison(comparison).join(", ")}`);
}

/** Loads that were not run stay as they were. */
function writeResults(): void {
  const { date, ...on } = machine;
  const { seed, durationMs, draws, plannedSeeds } = options;
  const own = all.map((compared) => {
    const { load, limiter } = compared.setting;
    return { load, limiter, date, comparisons: comparisonsOf(compared), real: compared.real };
  });
  const file = new URL("./results/forecast.json", import.meta.url);
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { settings: typeof own }).settings : [];
  const kept = known.filter(({ load }) => !options.loads.includes(load));
  const settings = [...kept, ...own].toSorted((one, other) => one.load - other.load);
  const json = { machine: on, windowMs, durationMs, seed, draws, plannedSeeds, settings };
  writeFileSync(file, `${JSON.stringify(json, undefined, 1)}\n`);
}
