/**
 * How fast a trace is played through the production router in virtual time: 10 accounts × 3 Regions × 2 models, one core.
 * While nothing waits, while everything waits, and memory for a trace four times as long; each run in a process of its
 * own, twice, to see that it gives the same bytes. Seconds are processor time: what one core that does nothing else takes.
 *
 *   pnpm bench simulate [--calls N] [--runs N] [--day [--rows N]]
 *
 * `--day` plays a day of 10 million calls, or of `--rows`, instead. Exits with 1 when a bar is missed.
 */
import { parseArgs } from "node:util";
import { sayMachine, thisMachine } from "./ceiling/machine.ts";
import { buildPackages } from "./measure/build-packages.ts";
import { median } from "./measure/median.ts";
import { runInChildren } from "./measure/run-in-children.ts";
import { table } from "./measure/table.ts";
import type { SimulateResult, SimulateShape } from "./simulate/shape.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "300000" },
    runs: { type: "string", default: "3" },
    day: { type: "boolean", default: false },
    rows: { type: "string", default: "10000000" },
  },
});
const [calls, runs, rows] = [Number(values.calls), Number(values.runs), Number(values.rows)];

/** Calls a second, at least; undefined: only to compare with. */
interface Row extends SimulateShape {
  readonly bar?: number;
}

const common = { calls, warmUp: warmUpOf(calls), seed: 1, source: "loop" } as const;
const overload = { ...common, calls: Math.ceil(calls / 5), warmUp: warmUpOf(calls / 5) };
const day = { ...common, calls: rows, warmUp: warmUpOf(rows), source: "async", failover: "failover" } as const;
const shapes: readonly Row[] = values.day
  ? [{ ...day, label: "a day of calls, read one by one", load: 0.5, spanMs: 86_400_000 }]
  : [
      { ...common, label: "nothing waits", load: 0.5, failover: "failover", bar: 100_000 },
      { ...common, label: "nothing waits, core's own failover", load: 0.5, failover: "core" },
      { ...common, label: "nothing waits, read one by one", load: 0.5, failover: "failover", source: "async" },
      { ...common, label: "nothing waits, a trace 4 times as long", load: 0.5, failover: "failover", calls: calls * 4 },
      { ...overload, label: "everything waits", load: 1.5, failover: "failover", bar: 20_000 },
      { ...overload, label: "everything waits, core's own failover", load: 1.5, failover: "core" },
    ];

buildPackages();
console.log(`pnpm bench simulate: ${sayMachine(thisMachine())}`);
const jobs = shapes.flatMap((shape, place) =>
  Array.from({ length: values.day ? 1 : runs }, () => [place, shape] as const),
);
const results = shapes.map((): SimulateResult[] => []);
for (const job of jobs) {
  // One process after the other, each new: compiled code of one run must not help the next.
  await runInChildren<SimulateResult>([job], {
    file: new URL("./simulate/run.ts", import.meta.url),
    processes: 1,
    onResult: (place, result) => results[place]?.push(result),
  });
}
console.log(
  table(
    ["", "calls/s (processor)", "µs a call", "calls/s (wall)", "bar", "waited", "heap", "most memory", "same bytes"],
    shapes.map((shape, place) => rowOf(shape, results[place] ?? [])),
  ),
);

function rowOf({ label, bar, calls, warmUp }: Row, of: readonly SimulateResult[]): string[] {
  const counted = calls - warmUp;
  const perSecond = median(of.map(({ cpuSeconds }) => counted / cpuSeconds));
  const wall = median(of.map(({ wallSeconds }) => counted / wallSeconds));
  const isMet = bar === undefined || perSecond >= bar;
  const isSame = new Set(of.map(({ reportHash }) => reportHash)).size === 1;
  if (!isMet || !isSame) process.exitCode = 1;
  const [first] = of;
  return [
    label,
    count(perSecond),
    (1e6 / perSecond).toFixed(1),
    count(wall),
    bar === undefined ? "" : `≥ ${count(bar)}: ${isMet ? "met" : "MISSED"}`,
    `${Math.round(((first?.delayed ?? 0) / Math.max(1, first?.served ?? 0)) * 100)} %`,
    `${megabytes(Math.max(...of.map(({ heapBytes }) => heapBytes)))} MB`,
    `${megabytes(Math.max(...of.map(({ peakRssBytes }) => peakRssBytes)))} MB`,
    isSame ? (first?.reportHash ?? "") : "NO",
  ];
}

/** A third of the calls warm the process up, 100 000 at most; told by the 10 000. */
function warmUpOf(calls: number): number {
  return Math.max(10_000, Math.min(100_000, Math.round(calls / 3 / 10_000) * 10_000));
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
