/**
 * What one decision costs: quote every candidate, reserve on the best, end the reservation; out of 10 000 configured
 * targets whose pages are all open, side by side with p-queue's `add` of an empty job. The bars hold for calls to one
 * busy model; beside them stands the worst there is for the processor's caches, other targets for every call.
 * A compiler's mood differs from process to process, so the figures are medians over fresh ones.
 * Exits with 1 when a bar is missed.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { configured, type DecisionCosts, sizes } from "./decide/shape.ts";
import { median } from "./measure/median.ts";
import { table } from "./measure/table.ts";

const processes = 7;
/** How many p-queue jobs a decision may cost, by size. */
const bars = [1, 3, 20] as const;

const costs: DecisionCosts[] = [];
for (let run = 0; run < processes; run += 1) costs.push(await measure());

console.log(
  `one p-queue job: ${median(costs.map(({ jobUs }) => jobUs)).toFixed(2)} µs; medians of ${processes} fresh processes, Node ${process.version}`,
);
const rows = sizes.map((size, place) => {
  const busy = inJobs(({ busyUs }) => busyUs[place]);
  const scattered = inJobs(({ scatteredUs }) => scatteredUs[place]);
  const bar = bars[place] ?? 0;
  const isMet = busy.jobs <= bar;
  if (!isMet) process.exitCode = 1;
  return [`${size} of ${configured}`, busy.text, `≤ ${bar} jobs: ${isMet ? "met" : "MISSED"}`, scattered.text];
});
console.log(table(["candidates", "one busy model", "bar", "others every call"], rows));

/** A cost as medians: µs, and p-queue jobs of the same process with their spread. */
function inJobs(costOf: (costs: DecisionCosts) => number | undefined): {
  readonly jobs: number;
  readonly text: string;
} {
  const us = costs.map((one) => costOf(one) ?? Number.NaN);
  const ratios = us.map((each, run) => each / (costs[run]?.jobUs ?? Number.NaN));
  const jobs = median(ratios);
  const spread = `${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)}`;
  return { jobs, text: `${median(us).toFixed(2)} µs = ${jobs.toFixed(2)} jobs (${spread})` };
}

function measure(): Promise<DecisionCosts> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL("./decide/measure.ts", import.meta.url)));
    child.once("message", (message) => resolve(message as DecisionCosts));
    child.once("exit", (code) => reject(new Error(`a measurement ended with exit code ${code}`)));
  });
}
