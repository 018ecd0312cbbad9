/** Plays one shape in a process of its own, and sends what it took to its parent. */
import { createHash } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { simulate, type SimulationReport, type TraceCall } from "@shardrock/cli";
import { type Failover, BlockingHealth, moveOnWhenUnprocessed, parseConfig, seededRandom } from "@shardrock/core";
import { chatSize, poissonGapMs } from "@shardrock/simulator";
import type { SimulateResult, SimulateShape } from "./shape.ts";

const accounts = 10;
const regions = ["us-east-1", "us-west-2", "us-east-2"];
const models = { chat: 5, summary: 1 } as const;
const tokensPerMinute = 1_000_000;
/** Means of a generated call, as `chatSize` draws it. */
const meanInputTokens = 1_161;
const meanOutputTokens = 214;
const maxTokens = 1_000;

/** 10 accounts × 3 Regions × 2 models: 60 targets with two quotas a minute each. */
function config() {
  const quotas = { tokensPerMinute, requestsPerMinute: 10_000 };
  return parseConfig({
    accounts: Array.from({ length: accounts }, (_, index) => {
      const id = String(index + 1).padStart(12, "1");
      return { id, roleArn: `arn:aws:iam::${id}:role/shardrock`, externalId: "bench-simulate", regions };
    }),
    models: Object.fromEntries(
      Object.entries(models).map(([name, burndown]) => [
        name,
        {
          servedBy: [{ id: `us.anthropic.${name}-v1:0`, destinations: regions }],
          burndown,
          maxOutputTokens: 64_000,
          quotas,
        },
      ]),
    ),
    residency: { allowedRegions: "anywhere" },
    waiting: { maxWaitMs: 30_000, maxInFlight: 100_000, maxQueued: 1_000_000 },
  });
}

function* callsOf({ load, calls, seed, spanMs }: SimulateShape): Generator<TraceCall> {
  const random = seededRandom(seed + 7);
  const places = accounts * regions.length;
  const perMs = Object.values(models).map(
    (burndown) => (load * places * tokensPerMinute) / 60_000 / (meanInputTokens + meanOutputTokens * burndown),
  );
  const [first = 0, second = 0] = perMs;
  const together = spanMs === undefined ? first + second : calls / spanMs;
  let atMs = 0;
  for (let index = 0; index < calls; index += 1) {
    atMs += poissonGapMs(together, random);
    const model = random() * (first + second) < first ? "chat" : "summary";
    const { inputTokens, outputTokens } = chatSize(random);
    yield { atMs, model, tenant: undefined, inputTokens, outputTokens, maxTokens, priority: 0 };
  }
}

async function* asRead(calls: Iterable<TraceCall>): AsyncGenerator<TraceCall> {
  yield* calls;
}

const coreOnly: Failover = {
  policy: () => moveOnWhenUnprocessed,
  health: ({ clock }) => new BlockingHealth({ clock }),
};

async function play(shape: SimulateShape): Promise<SimulateResult> {
  const { seed, warmUp, source, failover } = shape;
  let from = read();
  const report = await simulate({
    config: config(),
    calls: source === "loop" ? callsOf(shape) : asRead(callsOf(shape)),
    limiter: "bucket25",
    seed,
    failover: failover === "core" ? coreOnly : undefined,
    onProgress: ({ calls }) => {
      if (calls === warmUp) from = read();
    },
  });
  return resultOf(report, { from, to: read() });
}

function resultOf(report: SimulationReport, { from, to }: { from: Reading; to: Reading }): SimulateResult {
  const text = JSON.stringify(report);
  const { offered, served, delayed, refused, throttled, spanMs } = report;
  return {
    calls: offered,
    served,
    delayed,
    refused,
    throttled,
    spanMs,
    cpuSeconds: (to.cpuUs - from.cpuUs) / 1e6,
    wallSeconds: (to.wallMs - from.wallMs) / 1e3,
    grownBytes: to.heapBytes - from.heapBytes,
    heapBytes: to.heapBytes,
    peakRssBytes: process.resourceUsage().maxRSS * 1_024,
    reportHash: createHash("sha256").update(text).digest("hex").slice(0, 16),
    reportBytes: text.length,
  };
}

interface Reading {
  readonly cpuUs: number;
  readonly wallMs: number;
  readonly heapBytes: number;
}

/** Collects the garbage, and is not charged for it. */
function read(): Reading {
  const { user, system } = process.cpuUsage();
  const wallMs = performance.now();
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const heapBytes = process.memoryUsage().heapUsed;
  return { cpuUs: user + system, wallMs, heapBytes };
}

const [asked] = process.argv.slice(2);
if (asked !== undefined) console.log(await play(JSON.parse(asked) as SimulateShape));
if (process.send !== undefined)
  process.on("message", (shape: SimulateShape) => void play(shape).then((result) => process.send?.(result)));
