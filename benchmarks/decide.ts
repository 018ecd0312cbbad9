/**
 * What one decision costs: quote every candidate, reserve on the best, end the reservation; out of 10 000 configured
 * targets, side by side with p-queue's `add` of an empty job. Exits with 1 when a bar is missed.
 */
import { type Candidate, MemoryLedger, MemoryLimits, pickBest, seededRandom, systemClock, type Target } from "@shardrock/core";
import PQueue from "p-queue";
import { median } from "./measure/median.ts";

const configured = 10_000;
const rounds = 21;
const perRound = 2_000;
/** Candidates of a decision, and how many p-queue jobs it may cost. */
const bars = [
  { candidates: 10, jobs: 1 },
  { candidates: 40, jobs: 3 },
  { candidates: 300, jobs: 20 },
] as const;

const limits = new MemoryLimits();
const ledger = new MemoryLedger({ limits, clock: systemClock });
const random = seededRandom(1);
const targets = Array.from({ length: configured }, (_, index) => makeTarget(index));
const queue = new PQueue({ concurrency: 100 });

const decisions = new Map<number, number[]>(bars.map(({ candidates }) => [candidates, []]));
const jobs: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  jobs.push(await timePer(() => queue.add(noWork)));
  for (const [count, times] of decisions) times.push(await timePer(decideAmong(count)));
}

const jobUs = median(jobs);
console.log(`p-queue add: ${jobUs.toFixed(2)} µs (median of ${rounds} interleaved rounds of ${perRound}, Node ${process.version})`);
for (const { candidates, jobs: bar } of bars) {
  const us = median(decisions.get(candidates) ?? []);
  const ratio = us / jobUs;
  const isMet = ratio <= bar;
  if (!isMet) process.exitCode = 1;
  const verdict = isMet ? "met" : "MISSED";
  console.log(`${String(candidates).padStart(4)} of ${configured}: ${us.toFixed(2)} µs = ${ratio.toFixed(2)} p-queue jobs (bar ${bar}: ${verdict})`);
}

async function noWork(): Promise<void> {
  // The smallest job there is.
}

/** @returns µs for one operation, after checking that each did its work. */
async function timePer(operation: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  for (let index = 0; index < perRound; index += 1) await operation();
  return ((performance.now() - startMs) * 1e3) / perRound;
}

/** One call's decision among a fresh stretch of the fleet, on quotas that are in use. */
function decideAmong(count: number): () => Promise<void> {
  let first = 0;
  return async () => {
    first = (first + 7) % (configured - count);
    const cost = { requests: 1, tokens: 2_155 };
    const candidates: Candidate[] = [];
    for (let index = first; index < first + count; index += 1) {
      const target = targets[index];
      if (target !== undefined) candidates.push({ target, cost });
    }
    const nowMs = systemClock.monotonicMs();
    const best = pickBest(candidates, (candidate) => ledger.startsInMs(candidate, nowMs), random);
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
  limits.set(quotas[0].key, 2_000_000, "config");
  limits.set(quotas[1].key, 10_000, "config");
  const modelId = "us.anthropic.claude-chat";
  const id = `${accountId}/${region}/runtime/${modelId}`;
  return { id, accountId, region, endpoint: "runtime", modelId, destinationRegions: [region], weight: 1, isDrained: false, quotas };
}
