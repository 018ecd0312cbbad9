/**
 * What callers notice when one of four accounts dies for two minutes, at 80 % of their summed quotas: its role is denied,
 * or it answers 503, or takes calls and never answers. In virtual time, with the real router, ledger and failover, next to
 * core alone and to round-robin with the SDK's retries on the very same calls.
 *
 *   pnpm bench failover [--fault denied,503,black-hole,one-piece] [--limiter bucket25] [--contender failover] [--seeds N]
 *
 * Exits with 1 when a bar is missed.
 */
import { isMet, sayBar, sayFigure } from "./ceiling/figure.ts";
import { sayMachine, thisMachine } from "./ceiling/machine.ts";
import type { FaultRun } from "./failover/fault.ts";
import type { FaultResult } from "./failover/fault-result.ts";
import { figuresOf } from "./failover/figures.ts";
import { readOptions, type Row } from "./failover/options.ts";
import { buildPackages } from "./measure/build-packages.ts";
import { runInChildren } from "./measure/run-in-children.ts";
import { table } from "./measure/table.ts";

const options = readOptions(process.argv.slice(2));
buildPackages();
const startMs = performance.now();
console.log(`pnpm bench failover: ${sayMachine(thisMachine())}`);
const runs = options.rows.flatMap(runsOf);
const results: FaultResult[] = [];
let done = 0;
await runInChildren<FaultResult>([...runs.entries()], {
  file: new URL("./failover/fault-run.ts", import.meta.url),
  onResult(place, result) {
    results[place] = result;
    done += 1;
    note(`${done} of ${runs.length} runs`);
  },
});
note("");
const missed = options.rows.flatMap(sayRow);
console.log(`\n${runs.length} runs in ${Math.round((performance.now() - startMs) / 1e3)} s`);
console.log(missed.length === 0 ? "every bar met" : `MISSED:\n${missed.join("\n")}`);
if (missed.length > 0) process.exitCode = 1;

function runsOf({ fault, limiters }: Row): FaultRun[] {
  return limiters.flatMap((limiter) =>
    options.contenders.flatMap((contender) => options.seeds.map((seed) => ({ fault, limiter, contender, seed }))),
  );
}

/** Prints a row's table. @returns what it misses, in words. */
function sayRow({ name, title, fault, limiters }: Row): string[] {
  const lines = limiters.flatMap((limiter) =>
    options.contenders.map((contender) => {
      const figures = figuresOf(contender, fault, resultsOf({ fault, limiter, contender }));
      return { limiter, contender, figures, misses: figures.filter((figure) => isMet(figure) === false).map(sayBar) };
    }),
  );
  const titles = lines[0]?.figures.map((figure) => figure.title) ?? [];
  const cells = lines.map(({ limiter, contender, figures, misses }) => {
    const met = contender === "failover" ? "met" : "none";
    return [contender, limiter, ...figures.map(sayFigure), misses.length === 0 ? met : `MISSED: ${misses.join(", ")}`];
  });
  console.log(`\n${name}: ${title}\n${table(["contender", "limiter", ...titles, "bar"], cells)}`);
  return lines.flatMap(({ limiter, misses }) => misses.map((miss) => `${name}, ${limiter}: ${miss}`));
}

function resultsOf({ fault, limiter, contender }: Omit<FaultRun, "seed">): FaultResult[] {
  return results.filter((_, place) => {
    const run = runs[place];
    return run?.fault === fault && run.limiter === limiter && run.contender === contender;
  });
}

function note(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
