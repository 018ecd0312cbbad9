/**
 * What a router does when somebody else uses one of its accounts: three accounts in two Regions, and from minute 3 to
 * minute 33 a hidden consumer takes half of every quota of the first. In virtual time over an hour, with the real router
 * and ledger and a CloudWatch that is 5 to 15 minutes late; next to the router without that, to one that knows what the
 * consumer takes, and to one that asks the limiters themselves.
 *
 *   pnpm bench drift [--load overload,fits] [--limiter bucket25] [--contender drift,told] [--seeds N] [--minutes]
 *
 * Then what reading limits and metrics of 50 accounts in 4 Regions takes, beside AWS's rates. `--minutes` prints every minute of every run. Exits with 1 when a bar is missed.
 */
import type { LimiterKind } from "@shardrock/simulator";
import { isMet, sayBar, sayFigure } from "./ceiling/figure.ts";
import { sayMachine, thisMachine } from "./ceiling/machine.ts";
import type { DriftResult } from "./drift/drift-run.ts";
import { type Beside, figuresOf } from "./drift/figures.ts";
import { sayPollCost } from "./drift/poll-cost.ts";
import { readOptions, sayLoad } from "./drift/options.ts";
import { sharedTpm } from "./drift/minute-record.ts";
import { type Contender, type DriftRun, type LoadName, summedTpm } from "./drift/scene.ts";
import { buildPackages } from "./measure/build-packages.ts";
import { runInChildren } from "./measure/run-in-children.ts";
import { percent, table } from "./measure/table.ts";

const options = readOptions(process.argv.slice(2));
buildPackages();
const startMs = performance.now();
console.log(`pnpm bench drift: ${sayMachine(thisMachine())}`);
const runs = options.loads.flatMap(runsOf);
const results: DriftResult[] = [];
let done = 0;
await runInChildren<DriftResult>([...runs.entries()], {
  file: new URL("./drift/drift-run.ts", import.meta.url),
  onResult(place, result) {
    results[place] = result;
    done += 1;
    note(`${done} of ${runs.length} runs`);
  },
});
note("");
if (options.isVerbose) for (const [place, run] of runs.entries()) sayMinutes(run, results[place]);
const missed = options.loads.flatMap(sayLoadTable);
console.log(`\n${sayPollCost({ accounts: 50, regions: 4 })}`);
console.log(`\n${runs.length} runs in ${Math.round((performance.now() - startMs) / 1e3)} s`);
console.log(missed.length === 0 ? "every bar met" : `MISSED:\n${missed.join("\n")}`);
if (missed.length > 0) process.exitCode = 1;

function runsOf(load: LoadName): DriftRun[] {
  return options.limiters.flatMap((limiter) =>
    options.contenders.flatMap((contender) => options.seeds.map((seed) => ({ contender, limiter, load, seed }))),
  );
}

/** Prints a load's table. @returns what it misses, in words. */
function sayLoadTable(load: LoadName): string[] {
  const lines = options.limiters.flatMap((limiter) =>
    options.contenders.map((contender) => {
      const figures = figuresOf(contender, load, resultsBeside(load, limiter));
      return { limiter, contender, figures, misses: figures.filter((figure) => isMet(figure) === false).map(sayBar) };
    }),
  );
  const titles = lines[0]?.figures.map(({ title }) => title) ?? [];
  const cells = lines.map(({ limiter, contender, figures, misses }) => {
    const met = contender === "drift" ? "met" : "none";
    return [contender, limiter, ...figures.map(sayFigure), misses.length === 0 ? met : `MISSED: ${misses.join(", ")}`];
  });
  console.log(`\n${sayLoad(load)}\n${table(["contender", "limiter", ...titles, "bar"], cells)}`);
  return lines.flatMap(({ limiter, misses }) => misses.map((miss) => `${load}, ${limiter}: ${miss}`));
}

function resultsBeside(load: LoadName, limiter: LimiterKind): Beside {
  const of = (contender: Contender): readonly DriftResult[] => resultsOf({ contender, limiter, load });
  return { drift: of("drift"), learning: of("learning"), truth: of("truth"), told: of("told") };
}

function resultsOf({ contender, limiter, load }: Omit<DriftRun, "seed">): DriftResult[] {
  return results.filter((_, place) => {
    const run = runs[place];
    return run?.contender === contender && run.limiter === limiter && run.load === load;
  });
}

function sayMinutes({ contender, limiter, load, seed }: DriftRun, result: DriftResult | undefined): void {
  const cells = (result?.minutes ?? []).map((minute, index) => [
    String(index),
    percent(minute.tokens / summedTpm, 1),
    percent(minute.sharedTokens / sharedTpm, 1),
    percent(minute.consumerTokens / sharedTpm, 1),
    percent(minute.foreign / sharedTpm, 1),
    percent(minute.planned / sharedTpm, 1),
    `${minute.sharedThrottled} of ${minute.sharedAttempts}`,
    `${minute.throttled - minute.sharedThrottled} of ${minute.attempts - minute.sharedAttempts}`,
  ]);
  const titles = ["minute", "goodput", "there", "consumer", "foreign", "planned", "throttled there", "elsewhere"];
  console.log(`\n${contender}, ${limiter}, ${load}, seed ${seed}\n${table(titles, cells)}`);
}

function note(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
