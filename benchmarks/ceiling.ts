/**
 * How close to the ceiling: workload chat at 3 times and 0.9 times the summed quota, under each way AWS might enforce
 * quotas, the router not told which. In virtual time, and for two limiters over sockets with the real SDK.
 *
 *   pnpm bench ceiling [--trace FILE] [--minutes N] [--seeds N] [--no-sockets] [--json FILE]
 *
 * Exits with 1 when a bar is missed.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { limiterKinds } from "@shardrock/simulator";
import { arrivalsOf, type Cell } from "./ceiling/cell.ts";
import { runCells } from "./ceiling/run-cells.ts";
import { runSocketCases } from "./ceiling/socket-cases.ts";
import { type Case, figuresOf, missesOf, spread } from "./ceiling/verdict.ts";
import { type Contender, warmUpMinutes } from "./ceiling/virtual-run.ts";
import { fullSize } from "./ceiling/world.ts";
import { percent, table } from "./measure/table.ts";

const { values } = parseArgs({
  options: {
    trace: { type: "string" },
    minutes: { type: "string", default: "30" },
    seeds: { type: "string", default: "3" },
    "no-sockets": { type: "boolean", default: false },
    json: { type: "string" },
  },
});
const minutes = count("minutes", values.minutes, warmUpMinutes + 1);
const seeds = Array.from({ length: count("seeds", values.seeds, 1) }, (_, index) => index + 1);
const loads = [3, 0.9] as const;
const contenders: readonly Contender[] = ["shardrock", "told", "round-robin"];
arrivalsOf(values.trace); // a trace that cannot be read fails here, before anything runs

const startMs = performance.now();
const virtual = await runVirtualCases();
report(virtual);
const sockets = values["no-sockets"] ? [] : await runSocketCases(values.trace, note);
if (sockets.length > 0) report(sockets);
finish([...virtual, ...sockets]);

async function runVirtualCases(): Promise<Case[]> {
  const shapes = limiterKinds.flatMap((limiter) => loads.map((load) => ({ limiter, load })));
  const where = "virtual time";
  const cells: Cell[] = shapes.flatMap((shape) =>
    contenders.flatMap((contender) =>
      seeds.map((seed) => ({ ...shape, contender, seed, minutes, size: fullSize, trace: values.trace, where })),
    ),
  );
  const results = await runCells(cells, (done) => note(`${done} of ${cells.length} runs in virtual time`));
  return shapes.map((shape, index) => {
    const from = index * contenders.length * seeds.length;
    const [shardrock = [], told = [], roundRobin = []] = contenders.map((_, contender) =>
      results.slice(from + contender * seeds.length, from + (contender + 1) * seeds.length),
    );
    return { ...shape, where, shardrock, told, roundRobin };
  });
}

function report(cases: readonly Case[]): void {
  const header = [
    "limiter",
    "load",
    "goodput",
    "of told",
    "throttled",
    "over seeds",
    "served",
    "wait p50 / p99",
    "round-robin: goodput",
    "throttled",
    "served",
    "bar",
  ];
  const rows = cases.map((one) => {
    const { goodput, ofTold, throttled, served } = figuresOf(one);
    const [run] = one.shardrock;
    const [other] = one.roundRobin;
    const misses = missesOf(one);
    return [
      one.limiter,
      `${one.load}x`,
      percent(goodput),
      percent(ofTold),
      percent(throttled, 3),
      spread(one.shardrock.map((result) => result.goodput)),
      percent(served),
      `${Math.round(run?.waitP50Ms ?? 0)} / ${Math.round(run?.waitP99Ms ?? 0)} ms`,
      percent(other?.goodput ?? 0),
      percent(other?.throttled ?? 0),
      percent(other?.served ?? 0),
      misses === undefined ? "none yet" : misses.length === 0 ? "met" : `MISSED: ${misses.join(", ")}`,
    ];
  });
  console.log(`\n${cases[0]?.where ?? ""}: goodput as a share of the summed quotas\n${table(header, rows)}`);
}

function finish(cases: readonly Case[]): void {
  const missed = cases.filter((one) => (missesOf(one)?.length ?? 0) > 0);
  const seconds = Math.round((performance.now() - startMs) / 1e3);
  console.log(`\n${cases.length} cases in ${seconds} s, ${missed.length} with a bar missed`);
  if (missed.length > 0) process.exitCode = 1;
  if (values.json === undefined) return;
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  const head = {
    date: new Date().toISOString(),
    machine,
    minutes,
    seeds: seeds.length,
    trace: values.trace !== undefined,
  };
  const results = cases.map((one) => ({ ...one, figures: figuresOf(one), misses: missesOf(one) ?? null }));
  writeFileSync(values.json, `${JSON.stringify({ ...head, results }, undefined, 2)}\n`);
}

function count(option: string, value: string, least: number): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= least) return number;
  console.error(`--${option} must be a whole number from ${least} up, got ${value}`);
  process.exit(2);
}

function note(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
