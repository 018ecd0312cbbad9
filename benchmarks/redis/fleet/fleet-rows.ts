import { openRouter } from "@shardrock/core";
import type { LimiterKind } from "@shardrock/simulator";
import type { Figure } from "../../ceiling/figure.ts";
import { merge } from "../history/merged-history.ts";
import { judgeLaw } from "../history/rule-law.ts";
import { judgeShares } from "../history/rule-fair.ts";
import type { HistoryWorld } from "../history/world.ts";
import type { Line } from "../report.ts";
import { type FleetResult, type FleetShape, runFleet } from "./fleet-run.ts";
import type { LimitedContender } from "./message.ts";
import { timeoutMs } from "./open-source.ts";
import { timeAlone } from "./time-alone.ts";
import { fleetConfig, minuteMs, places, shortMinuteMs } from "./scene.ts";

/** How many processes, how long a window is, and how long all of it, in windows. */
interface Length {
  readonly processes: number;
  readonly windowMs: number;
  readonly learning: number;
  readonly measured: number;
}

const full = { processes: 16, windowMs: shortMinuteMs, learning: 3, measured: 5 } as const;
const quick = { processes: 4, windowMs: shortMinuteMs, learning: 1, measured: 1 } as const;
/** In true time: what a process does about a store that is gone takes the same 50 and 500 ms whatever a minute takes. */
const gone = { processes: 16, windowMs: minuteMs, learning: 1.75, measured: 2 } as const;

/** For how long a process may have nothing to do after a timer of the store's time-out and before the answer, in ms. */
const mostWaitedMs = 10;

export interface FleetOptions {
  readonly limiter: LimiterKind;
  readonly isQuick: boolean;
}

function shapeOf(
  { limiter }: FleetOptions,
  { processes, windowMs, learning, measured }: Length,
): Omit<FleetShape, "contender"> {
  const length = { learningMs: learning * windowMs, measuredMs: measured * windowMs };
  return { processes, limiter, load: 3, windowMs, ...length, outages: [], seed: 1, isRecorded: false };
}

/** 16 processes with one book beside the same load in one process with the book in memory. */
export async function fleetLines(options: FleetOptions): Promise<readonly Line[]> {
  const shape = shapeOf(options, options.isQuick ? quick : full);
  const alone = await runFleet({ ...shape, contender: "memory", processes: 1 });
  const shared = await runFleet({ ...shape, contender: "shared", isRecorded: true });
  const world = worldOf(shape);
  const history = merge(shared.lines, world);
  const shares = judgeShares(history, world, isOfTokens);
  const figures: Figure[] = [
    goodput(shared),
    { title: "of one process", kind: "share", values: [shared.goodput / alone.goodput], bar: { least: 0.98 } },
    throttled(shared),
    { title: "scripts per call", kind: "number", values: [shared.scriptsPerCall], bar: { most: 3 } },
    { title: "Redis µs per call", kind: "number", values: [shared.redisUsPerCall] },
    { title: "law broken", kind: "number", values: [judgeLaw(history, world).length], bar: { most: 0 } },
    { title: "least share", kind: "share", values: [shares.least], bar: { least: 0.5 } },
    // While processes cannot reach the store in time, the figures above are not those of one book.
    { title: "time alone", kind: "share", values: [timeAlone(shared.lines)] },
    failed(shared),
  ];
  const unmeasured: Figure[] = figures.slice(3).map(({ title, kind }) => ({ title, kind, values: [] }));
  const ofItself: Figure = { title: "of one process", kind: "share", values: [] };
  return [
    { name: "1 process, book in memory", figures: [goodput(alone), ofItself, throttled(alone), ...unmeasured] },
    { name: `${shape.processes} processes, one book`, figures },
  ];
}

/** The store does not answer for half a minute of each two. */
export async function goneLines(options: FleetOptions): Promise<readonly Line[]> {
  const shape = shapeOf(options, options.isQuick ? { ...quick, measured: 2 } : gone);
  const { windowMs, processes } = shape;
  const outages = [{ atMs: 0.75 * windowMs, forMs: windowMs / 2 }];
  const result = await runFleet({ ...shape, contender: "shared", outages, isRecorded: true });
  const world = worldOf(shape);
  const late = result.lines.flatMap((line) => ("overdueUs" in line ? [line] : []));
  const overdueMs = Math.max(0, ...late.map(({ overdueUs = 0 }) => overdueUs / 1e3));
  const waitedMs = Math.max(0, ...late.map(({ waitedUs = 0 }) => waitedUs / 1e3));
  const figures: Figure[] = [
    { ...goodput(result), bar: { least: 0.9 } },
    { ...throttled(result), bar: { most: 0.005 } },
    { title: "waited past the time-out", kind: "ms", values: [waitedMs], bar: { most: mostWaitedMs } },
    { title: "decided past it", kind: "ms", values: [overdueMs] },
    {
      title: "law broken",
      kind: "number",
      values: [judgeLaw(merge(result.lines, world), world).length],
      bar: { most: 0 },
    },
    failed(result),
  ];
  return [{ name: `${processes} processes, Redis gone for a quarter of the time`, figures }];
}

const others: readonly LimitedContender[] = [
  "bottleneck",
  "bottleneck, eighths",
  "rate-limiter-flexible",
  "rate-limiter-flexible, eighths",
];

/** What people use today, on the same load. */
export async function otherLines(options: FleetOptions): Promise<readonly Line[]> {
  const shape = shapeOf(options, options.isQuick ? quick : { ...full, learning: 1, measured: 2 });
  const lines: Line[] = [];
  for (const contender of others) {
    const result = await runFleet({ ...shape, contender });
    const figures: Figure[] = [
      goodput(result),
      throttled(result),
      { title: "scripts per call", kind: "number", values: [result.scriptsPerCall] },
      { title: "Redis µs per call", kind: "number", values: [Math.round(result.redisUsPerCall)] },
      failed(result),
    ];
    lines.push({ name: `${shape.processes} processes, ${contender}`, figures });
  }
  return lines;
}

/** A limit that seems too low is taken for so much more at most. Source: core's `habit.raise`. */
const raise = 1.25;

function worldOf({ processes, windowMs }: Pick<FleetShape, "processes" | "windowMs">): HistoryWorld {
  using opened = openRouter(fleetConfig(windowMs));
  const quotas = opened.candidates("chat", { tokens: 1 }).flatMap(({ target }) => {
    const { limit = 0 } = places.find(({ accountId }) => accountId === target.accountId) ?? {};
    return target.quotas.map(({ key }) => [key, limit * raise] as const);
  });
  return {
    windowUs: windowMs * 1e3,
    limits: new Map(quotas),
    processes,
    localShare: 0.8,
    timeoutUs: timeoutMs * 1e3,
    graceUs: 1_000_000,
  };
}

function isOfTokens(key: string): boolean {
  return key.includes("/tokens");
}

function goodput({ goodput }: FleetResult): Figure {
  return { title: "goodput", kind: "share", values: [goodput] };
}

function throttled({ throttled }: FleetResult): Figure {
  return { title: "throttled", kind: "small share", values: [throttled] };
}

/** Neither answered nor refused for lack of room. */
function failed({ failed }: FleetResult): Figure {
  return { title: "failed", kind: "number", values: [failed] };
}
