import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seededRandom } from "@shardrock/core";
import { type FaultProxy, type LimiterKind, SimulatedBedrock, startFaultProxy } from "@shardrock/simulator";
import { hostAws } from "../../../benchmarks/redis/aws-by-message.ts";
import { type RedisServer, startRedisServer } from "../../../benchmarks/redis/redis-server.ts";
import type { FromHammer, HammerOptions, ToHammer } from "./hammer.ts";
import { type HistoryLine, linesOf } from "../../../benchmarks/redis/history/history-line.ts";
import { nowUs } from "../../../benchmarks/redis/history/history-writer.ts";
import { leftInStore } from "./left-in-store.ts";
import type { StoreAtEnd } from "../../../benchmarks/redis/history/rule-left.ts";
import { simulatedQuotas, timeoutMs, windowMs } from "./scene.ts";

/** What the nemesis does, so long after everybody began. */
export interface Trouble {
  readonly atMs: number;
  readonly kind: "kill" | "pause" | "slow" | "empty";
  /** How long it lasts; a process that is killed comes back so much later, under another name. */
  readonly forMs: number;
}

export interface HistoryOptions {
  readonly processes: number;
  readonly callers: number;
  readonly forMs: number;
  readonly troubles: readonly Trouble[];
  readonly limiter: LimiterKind;
  readonly seed: number;
}

export interface RecordedHistory {
  readonly lines: readonly HistoryLine[];
  readonly left: StoreAtEnd;
  /** Share of the calls that the simulated AWS refused. */
  readonly throttled: number;
  readonly attempts: number;
}

/** Lets processes loose on one book, with a nemesis; returns what they did, and what they left. */
export async function runHistory(options: HistoryOptions): Promise<RecordedHistory> {
  await using redis = await startRedisServer();
  await using proxy = await startFaultProxy({ upstreamPort: redis.port });
  const scene = new Scene(options, redis, proxy);
  try {
    return await scene.play();
  } finally {
    scene.tidy();
  }
}

/**
 * What is waited for at most, in ms: on a busy machine processes take long to start, and to end what is under way; whoever is
 * silent for longer hangs.
 */
const patienceMs = { ready: 120_000, idle: 60_000, gone: 30_000, left: 60_000 } as const;

/** How slow the store's answers are while it is slow: later than anybody waits. */
const slowMs = 2 * timeoutMs;

class Scene {
  readonly #options: HistoryOptions;
  readonly #redis: RedisServer;
  readonly #proxy: FaultProxy;
  readonly #folder = mkdtempSync(join(tmpdir(), "shardrock-history-"));
  readonly #realm = "history";
  readonly #faults: HistoryLine[] = [];
  readonly #children = new Map<string, ChildProcess>();
  /** Those that were not told to begin yet. */
  readonly #spares: ChildProcess[] = [];
  readonly #bedrock: SimulatedBedrock;
  readonly #random: () => number;
  readonly #counts = { attempts: 0, throttled: 0 };
  #born = 0;

  constructor(options: HistoryOptions, redis: RedisServer, proxy: FaultProxy) {
    this.#options = options;
    this.#redis = redis;
    this.#proxy = proxy;
    this.#random = seededRandom(options.seed);
    const { limiter } = options;
    this.#bedrock = new SimulatedBedrock({ quotas: simulatedQuotas, limiter, windowMs, random: this.#random });
  }

  async play(): Promise<RecordedHistory> {
    const { processes, forMs, troubles } = this.#options;
    // A process takes long to start, so those that come in place of others are there from the beginning.
    const spares = troubles.filter(({ kind }) => kind === "kill").length;
    const children = await Promise.all(Array.from({ length: processes + spares }, () => this.#bear()));
    this.#spares.push(...children.splice(processes));
    for (const child of children) tell(child, "go");
    await Promise.all([wait(forMs), ...troubles.map((trouble) => this.#bring(trouble))]);
    await Promise.all([...this.#children].map(([process, child]) => stop(child, process)));
    await Promise.all([...this.#children].map(([process, child]) => leave(child, process)));
    await wait(windowMs);
    const looking = leftInStore({ port: this.#redis.port, realm: this.#realm });
    const left = await within(looking, patienceMs.left, "the store did not tell what is left in it");
    const { attempts, throttled } = this.#counts;
    return { lines: this.#lines(), left, attempts, throttled: throttled / Math.max(1, attempts) };
  }

  tidy(): void {
    for (const child of this.#children.values()) child.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Starts a process; resolves when it is there. */
  async #bear(): Promise<ChildProcess> {
    this.#born += 1;
    const process = `p${this.#born}`;
    const { callers, seed } = this.#options;
    const file = join(this.#folder, `${process}.jsonl`);
    const told: HammerOptions = {
      process,
      port: this.#proxy.port,
      realm: this.#realm,
      seed: seed * 100 + this.#born,
      callers,
      file,
    };
    const child = fork(fileURLToPath(new URL("./hammer.ts", import.meta.url)), [JSON.stringify(told)], { execArgv });
    this.#children.set(process, child);
    hostAws(child, {
      bedrock: this.#bedrock,
      nowMs: () => performance.now(),
      onDecision: (isAdmitted) => {
        this.#counts.attempts += 1;
        if (!isAdmitted) this.#counts.throttled += 1;
      },
    });
    await heard(child, process, "ready");
    return child;
  }

  async #bring({ atMs, kind, forMs }: Trouble): Promise<void> {
    await wait(atMs);
    const fromUs = nowUs();
    if (kind === "kill") return this.#replace(forMs);
    if (kind === "pause") this.#redis.pause();
    if (kind === "slow") await this.#slowDown();
    if (kind === "empty") await this.#redis.kill();
    await wait(forMs);
    if (kind === "pause") this.#redis.goOn();
    if (kind === "slow") await this.#proxy.poison({ kind: "down" }).then(() => this.#proxy.poison());
    if (kind === "empty") await this.#redis.start();
    this.#faults.push({ kind: "fault", fault: kind, fromUs, toUs: nowUs() });
  }

  /** Connections keep what they were made with, so they are cut. */
  async #slowDown(): Promise<void> {
    await this.#proxy.poison({ kind: "down" });
    await this.#proxy.poison({ kind: "latency", latencyMs: slowMs, jitterMs: slowMs / 4 });
  }

  async #replace(afterMs: number): Promise<void> {
    const next = this.#spares.shift();
    const names = [...this.#children].flatMap(([name, child]) =>
      this.#spares.includes(child) || child === next ? [] : [name],
    );
    const process = names[Math.floor(this.#random() * names.length)] ?? "";
    const child = this.#children.get(process);
    this.#children.delete(process);
    const atUs = nowUs();
    child?.kill("SIGKILL");
    this.#faults.push({ kind: "fault", fault: "kill", process, fromUs: atUs, toUs: atUs });
    await wait(afterMs);
    if (next !== undefined) tell(next, "go");
  }

  #lines(): readonly HistoryLine[] {
    const texts = readdirSync(this.#folder).map((file) => readFileSync(join(this.#folder, file), "utf8"));
    return [...texts.flatMap(linesOf), ...this.#faults];
  }
}

const execArgv = ["--import", "tsx", "--conditions=@shardrock/source"];

function tell(child: ChildProcess, kind: ToHammer["kind"]): void {
  child.send({ to: "hammer", kind } satisfies ToHammer);
}

/** @throws {Error} when the process ends before, or does not say so in time. */
function heard(child: ChildProcess, process: string, kind: FromHammer["kind"]): Promise<void> {
  let onExit = (): void => {};
  let onMessage = (_: FromHammer | { readonly from?: undefined }): void => {};
  const said = new Promise<void>((resolve, reject) => {
    onExit = () => reject(new Error(`${process} ended before it was ${kind}`));
    onMessage = (message) => {
      if (message.from === "hammer" && message.kind === kind) resolve();
    };
    child.once("exit", onExit);
    child.on("message", onMessage);
  });
  const ms = patienceMs[kind];
  return within(said, ms, `${process} was not ${kind} within ${ms / 1e3} s`).finally(() => {
    child.off("exit", onExit);
    child.off("message", onMessage);
  });
}

async function stop(child: ChildProcess, process: string): Promise<void> {
  const idle = heard(child, process, "idle");
  tell(child, "stop");
  await idle;
}

async function leave(child: ChildProcess, process: string): Promise<void> {
  const gone = once(child, "exit");
  tell(child, "leave");
  await within(gone, patienceMs.gone, `${process} did not leave within ${patienceMs.gone / 1e3} s`);
}

/** @throws {Error} with the message when it takes longer. */
async function within<T>(work: Promise<T>, ms: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), ms);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
