import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seededRandom } from "@shardrock/core";
import { type LimiterKind, SimulatedBedrock } from "@shardrock/simulator";
import { hostAws } from "../aws-by-message.ts";
import { type FaultLine, type HistoryLine, linesOf } from "../history/history-line.ts";
import { nowUs } from "../history/history-writer.ts";
import { startRedisServer } from "../redis-server.ts";
import { ServerCounts } from "../server-counts.ts";
import type { Contender, FleetProcessOptions, FromFleet, ProcessResult, ToFleet } from "./message.ts";
import { simulatedQuotas, summedTokens } from "./scene.ts";
import { Timeline } from "./timeline.ts";

export interface FleetShape {
  readonly contender: Contender;
  readonly processes: number;
  readonly limiter: LimiterKind;
  /** Offered tokens, as a multiple of all quotas. */
  readonly load: number;
  readonly windowMs: number;
  readonly learningMs: number;
  readonly measuredMs: number;
  /** When the store stops answering, in ms since the learning ended, and for how long. */
  readonly outages: readonly { readonly atMs: number; readonly forMs: number }[];
  readonly seed: number;
  /** Whether everything the book is asked is written down. */
  readonly isRecorded: boolean;
}

/** What the measured time of a run showed. */
export interface FleetResult {
  /** Tokens served, as a share of all quotas. */
  readonly goodput: number;
  /** Share of the attempts that AWS refused. */
  readonly throttled: number;
  readonly served: number;
  /** Scripts that Redis ran for each call that was served, and µs of its processor time. */
  readonly scriptsPerCall: number;
  readonly redisUsPerCall: number;
  /** Of the whole run. */
  readonly refused: number;
  readonly failed: number;
  readonly lagMs: number;
  readonly lines: readonly HistoryLine[];
}

/** Runs a fleet of real processes, with one simulated AWS here and one Redis. */
export async function runFleet(shape: FleetShape): Promise<FleetResult> {
  const folder = mkdtempSync(join(tmpdir(), "shardrock-fleet-"));
  await using redis = await startRedisServer();
  using counts = new ServerCounts(redis.port);
  const fleet = new Fleet(shape, redis.port, folder);
  try {
    await fleet.start();
    const faults: FaultLine[] = [];
    const outages = shape.outages.map(async ({ atMs, forMs }) => {
      await wait(shape.learningMs + atMs);
      const fromUs = nowUs();
      redis.pause();
      await wait(forMs);
      redis.goOn();
      faults.push({ kind: "fault", fault: "pause", fromUs, toUs: nowUs() });
    });
    fleet.go();
    await wait(shape.learningMs);
    const before = { scripts: await counts.scripts(), seconds: await counts.cpuSeconds() };
    await Promise.all([...outages, wait(shape.measuredMs)]);
    const scripts = (await counts.scripts()) - before.scripts;
    const seconds = (await counts.cpuSeconds()) - before.seconds;
    const results = await fleet.end();
    const { attempts, throttled, served, tokens } = fleet.measured();
    return {
      goodput: (tokens * shape.windowMs) / (summedTokens * shape.measuredMs),
      throttled: throttled / attempts,
      served,
      scriptsPerCall: scripts / served,
      redisUsPerCall: (seconds * 1e6) / served,
      refused: results.reduce((sum, { refused }) => sum + refused, 0),
      failed: results.reduce((sum, { failed }) => sum + failed, 0),
      lagMs: Math.max(...results.map(({ lagMs }) => lagMs)),
      lines: [...fleet.lines(), ...faults],
    };
  } finally {
    fleet.tidy();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Fleet {
  readonly #shape: FleetShape;
  readonly #port: number;
  readonly #folder: string;
  readonly #timeline = new Timeline();
  readonly #bedrock: SimulatedBedrock;
  #children: readonly ChildProcess[] = [];
  #results: readonly Promise<ProcessResult>[] = [];
  #sinceMs = 0;

  constructor(shape: FleetShape, port: number, folder: string) {
    this.#shape = shape;
    this.#port = port;
    this.#folder = folder;
    const { limiter, seed, windowMs } = shape;
    const random = seededRandom(seed);
    this.#bedrock = new SimulatedBedrock({ quotas: simulatedQuotas, limiter, windowMs, random });
  }

  /** Resolves when every process is there. */
  async start(): Promise<void> {
    this.#children = Array.from({ length: this.#shape.processes }, (_, place) => this.#launch(place));
    await Promise.all(this.#children.map((child) => heard(child, "ready")));
  }

  go(): void {
    this.#sinceMs = performance.now();
    this.#results = this.#children.map((child) => heard(child, "done"));
    for (const child of this.#children) tell(child, "go");
  }

  /** Resolves when every process is gone; what it has under way ends with it. */
  async end(): Promise<readonly ProcessResult[]> {
    const results = await Promise.all(this.#results);
    const gone = this.#children.map((child) => once(child, "exit"));
    for (const child of this.#children) tell(child, "leave");
    await Promise.all(gone);
    return results;
  }

  measured(): ReturnType<Timeline["between"]> {
    const { learningMs, measuredMs } = this.#shape;
    return this.#timeline.between(learningMs, learningMs + measuredMs);
  }

  lines(): readonly HistoryLine[] {
    return readdirSync(this.#folder).flatMap((file) => linesOf(readFileSync(join(this.#folder, file), "utf8")));
  }

  tidy(): void {
    for (const child of this.#children) child.kill("SIGKILL");
  }

  #launch(place: number): ChildProcess {
    const { contender, processes, load, windowMs, learningMs, measuredMs, seed, isRecorded } = this.#shape;
    const process = `p${place + 1}`;
    const options: FleetProcessOptions = {
      process,
      contender,
      processes,
      port: this.#port,
      seed: seed * 1_000 + place,
      load: load / processes,
      forMs: learningMs + measuredMs,
      windowMs,
      ...(isRecorded && { file: join(this.#folder, `${process}.jsonl`) }),
    };
    const child = fork(fileURLToPath(new URL("./fleet-process.ts", import.meta.url)), [JSON.stringify(options)], {
      execArgv,
    });
    const nowMs = (): number => performance.now() - this.#sinceMs;
    hostAws(child, {
      bedrock: this.#bedrock,
      nowMs,
      onDecision: (isAdmitted) => this.#timeline.attempt(nowMs(), !isAdmitted),
      onEnd: ({ inputTokens, outputTokens }) => this.#timeline.end(nowMs(), inputTokens + outputTokens),
    });
    return child;
  }
}

/** On the built packages: what tsx makes of their sources while running takes a quarter more time. */
const execArgv = process.execArgv.filter((argument) => !argument.includes("@shardrock/source"));

function tell(child: ChildProcess, kind: ToFleet["kind"]): void {
  child.send({ to: "fleet", kind } satisfies ToFleet);
}

/** @throws {Error} when the process ends before. */
function heard<Kind extends FromFleet["kind"]>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<FromFleet, { kind: Kind }>> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => reject(new Error(`a process of the fleet ended before it was ${kind}`));
    child.once("exit", onExit);
    child.on("message", (message: FromFleet | { readonly from?: undefined }) => {
      if (message.from !== "fleet" || message.kind !== kind) return;
      child.off("exit", onExit);
      resolve(message as Extract<FromFleet, { kind: Kind }>);
    });
  });
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
