/**
 * How close to the ceiling: every way AWS might enforce quotas, the router not told which, in virtual time, and for two
 * of them over sockets with the real SDK. A table for each promise, with its bar and the spread over seeds.
 *
 *   pnpm bench ceiling [--rows 1,3] [--limiter bucket25] [--case chat] [--contender shardrock,told] [--minutes N]
 *                      [--seeds N] [--full] [--trace FILE] [--no-sockets] [--json FILE]
 *
 * The whole table is written to `results/` with a chart. `--full` is 60 targets and 10 seeds; stopped, it goes on where
 * it was. Exits with 1 when a bar is missed.
 */
import { fileURLToPath } from "node:url";
import { arrivalsOf } from "./ceiling/cell.ts";
import { cellFile, cellMemory, forgetful, sourceHash } from "./ceiling/cell-store.ts";
import { sayMachine, thisMachine } from "./ceiling/machine.ts";
import { readOptions } from "./ceiling/options.ts";
import { type Judged, judge, sayRow } from "./ceiling/report.ts";
import { writeResults } from "./ceiling/results.ts";
import { allRows } from "./ceiling/rows/all-rows.ts";
import type { Case, Row } from "./ceiling/rows/row.ts";
import { runCells } from "./ceiling/run-cells.ts";
import { buildPackages } from "./measure/build-packages.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const options = readOptions(process.argv.slice(2));
arrivalsOf(options.trace); // a trace that cannot be read fails here, before anything runs

buildPackages();
const sources = [
  "packages/core/src/budget",
  "packages/core/src/routing",
  "packages/simulator/src",
  "benchmarks/ceiling",
];
const store = options.isFull
  ? cellFile(`${root}/.cache/ceiling-full.jsonl`, sourceHash(sources.map((folder) => `${root}/${folder}`)))
  : cellMemory();
const machine = thisMachine();
const startMs = performance.now();
const judged: Judged[] = [];
console.log(`pnpm bench ceiling: ${sayMachine(machine)}`);
for (const row of allRows.filter(isAskedFor)) {
  const sinceMs = performance.now();
  const of = await runRow(row);
  if (of.length > 0) console.log(`\n${sayRow(row, of)}\n${secondsSince(sinceMs)} s`);
  judged.push(...of);
}
const missed = judged.filter(({ misses }) => misses.length > 0);
const seconds = secondsSince(startMs);
console.log(`\n${judged.length} cases in ${seconds} s, ${missed.length} with a bar missed`);
for (const file of writeResults({ options, machine, seconds, judged })) console.log(`written: ${file}`);
if (missed.length > 0) process.exitCode = 1;

function isAskedFor({ number, needs }: Row): boolean {
  return (options.rows?.includes(String(number)) ?? true) && (options.withSockets || needs !== "sockets");
}

async function runRow(row: Row): Promise<Judged[]> {
  const cases = row
    .cases(options)
    .filter(({ limiter }) => options.limiters?.includes(limiter) ?? true)
    .filter(({ label }) => options.labels?.includes(label) ?? true);
  const runs = cases.flatMap((one) =>
    runsOf(one).flatMap(([name, cells]) => cells.map((cell) => ({ one, name, cell }))),
  );
  const results = await runCells(
    runs.map(({ cell }) => cell),
    {
      store: row.needs === undefined ? store : forgetful,
      onDone: (done) => note(`row ${row.number}: ${done} of ${runs.length} runs`),
      ...(row.needs && { processes: 1 }),
    },
  );
  note("");
  return cases.map((one) => {
    const byName = runsOf(one).map(([name]) => {
      return [name, results.filter((_, index) => runs[index]?.one === one && runs[index].name === name)] as const;
    });
    return judge(row, one, Object.fromEntries(byName));
  });
}

function runsOf(one: Case) {
  return Object.entries(one.runs).filter(([name]) => options.contenders?.includes(name) ?? true);
}

function secondsSince(ms: number): number {
  return Math.round((performance.now() - ms) / 1e3);
}

function note(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
