/** Measures decisions in a process of its own, and sends the medians to its parent. */
import {
  type Candidate,
  MemoryLedger,
  MemoryLimits,
  pickEarliest,
  seededRandom,
  systemClock,
  type Target,
} from "@shardrock/core";
import PQueue from "p-queue";
import { configured, type DecisionCosts, sizes } from "./shape.ts";
import { median } from "../measure/median.ts";

const rounds = 21;
const perRound = 2_000;
const limits = new MemoryLimits();
const ledger = new MemoryLedger({ limits, clock: systemClock });
const random = seededRandom(1);
const cost = { requests: 1, tokens: 2_155 };
const fleet = Array.from({ length: configured }, (_, index): Candidate => ({ target: makeTarget(index), cost }));
const queue = new PQueue({ concurrency: 100 });

for (const { target } of fleet) await ledger.reserve([{ target, cost }]);
const jobs: number[] = [];
const busy = sizes.map((): number[] => []);
const scattered = sizes.map((): number[] => []);
for (let round = 0; round < rounds; round += 1) {
  jobs.push(await timePer(() => queue.add(noWork)));
  for (const [index, candidates] of sizes.entries()) {
    busy[index]?.push(await timePer(decideAmong(candidates, 0)));
    scattered[index]?.push(await timePer(decideAmong(candidates, candidates)));
  }
}

process.send?.({
  jobUs: median(jobs),
  busyUs: busy.map(median),
  scatteredUs: scattered.map(median),
} satisfies DecisionCosts);

async function noWork(): Promise<void> {
  // The smallest job there is.
}

/** @returns µs for one operation, after checking that each did its work. */
async function timePer(operation: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  for (let index = 0; index < perRound; index += 1) await operation();
  return ((performance.now() - startMs) * 1e3) / perRound;
}

/** One call's decision; the next call's candidates begin `step` targets further on. */
function decideAmong(count: number, step: number): () => Promise<void> {
  let first = 0;
  let candidates = fleet.slice(0, count);
  return async () => {
    if (step > 0) {
      first = (first + step) % (configured - count);
      candidates = fleet.slice(first, first + count);
    }
    const nowMs = systemClock.monotonicMs();
    const best = pickEarliest(candidates, { ledger, nowMs, random });
    if (best === undefined) throw new Error("a decision found no candidate");
    const answer = await ledger.reserve([best.candidate]);
    if (answer.kind !== "reserved") throw new Error(`a decision was refused: ${answer.short.key}`);
    answer.settle({ requests: 1, tokens: 1_366 });
  };
}

/** A target as a config makes it: tokens and requests per minute, and the day quota of its account and Region. */
function makeTarget(index: number): Target {
  const accountId = String(index).padStart(12, "0");
  const region = "us-east-1";
  const quotas = [
    { key: `${accountId}/${region}/tokens`, unit: "tokens", windowMs: 60_000 },
    { key: `${accountId}/${region}/requests`, unit: "requests", windowMs: 60_000 },
    { key: `${accountId}/${region}/day`, unit: "tokens", windowMs: 86_400_000 },
  ] as const;
  // Uneven, and far above what AWS gives: a loop of decisions without calls between them must not run out.
  limits.set(quotas[0].key, 1e12 * (1 + (index % 20)), "config");
  limits.set(quotas[1].key, 1e10, "config");
  const modelId = "us.anthropic.claude-chat";
  const id = `${accountId}/${region}/runtime/${modelId}`;
  return {
    id,
    accountId,
    region,
    endpoint: "runtime",
    modelId,
    destinationRegions: [region],
    weight: 1,
    quotas,
  };
}
