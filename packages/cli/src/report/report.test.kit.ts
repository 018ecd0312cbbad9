import { parseConfig } from "@shardrock/core";
import type { LimiterKind } from "@shardrock/simulator";
import type { CaseQuota, Check, PlanCase, PlannedLoad, PlanReport, ReplayReport, Spread } from "../plan/plan-report.ts";
import { simulate } from "../simulation/simulate.ts";
import type { SimulationReport } from "../simulation/simulation-report.ts";
import { generateTrace } from "../traces/synthetic/generate-trace.ts";

const accounts = ["111111111111", "222222222222", "333333333333"];
const limiters: readonly LimiterKind[] = ["bucket25", "sliding60"];
const seeds = [1, 2];

/** A plan of a small fleet whose tokens bind at noon, made from true runs. */
export async function examplePlan(): Promise<PlanReport> {
  const asItIs = await exampleCase("as it is", { callsPerSecond: 4.3, count: 3 });
  const lost = await exampleCase("account 333333333333 lost", { callsPerSecond: 4.3, count: 2 });
  const halved = { ...asItIs, name: "max_tokens halved", detail: null };
  const check = { runs: 4, served: asItIs.served, p99WaitMs: asItIs.waits.p99 };
  return {
    kind: "plan",
    config: configOf("router.yaml", 3),
    traffic: exampleTraffic,
    grid: { seeds, limiters },
    slo: "p99 wait < 2 s",
    loads: [
      {
        growth: 1,
        case: asItIs,
        ...answers(check),
      },
      {
        growth: 2,
        case: { ...lost, name: "as it is", detail: null },
        accounts: { accounts: null, has: 3, tried: 24, checks: [], limits: ["calls larger than the quota carries"] },
        raises: { raises: null, tried: 8, checks: [], limits: [] },
      },
    ],
    whatIfs: [{ ...lost, detail: null }, halved],
    increase: [form],
    assumptions: ["Every process of the router counts as one.", "An answer takes 500 ms and 20 ms for each token."],
    warnings: ["The limits of 222222222222 are AWS’s defaults, not what it was given."],
  };
}

const place = { accountId: "111111111111", region: "us-east-1" };

const form: PlanReport["increase"][number] = {
  ...place,
  modelId: "us.anthropic.claude-chat",
  scope: "cross-region",
  steadyTokensPerMinute: 48_211.4,
  peakTokensPerMinute: 79_870,
  steadyRequestsPerMinute: 52,
  peakRequestsPerMinute: 88,
  averageInputTokens: 610.3,
  averageOutputTokens: 61.2,
  tokensPerMinute: { from: 60_000, to: 81_000 },
  requestsPerMinute: { from: 120, to: 120 },
};

function answers(check: Omit<Check, "name" | "runsMet">): Pick<PlannedLoad, "accounts" | "raises"> {
  return {
    accounts: {
      accounts: 4,
      has: 3,
      tried: 24,
      checks: [
        { ...check, name: "3 accounts", runsMet: 0 },
        { ...check, name: "4 accounts", runsMet: 4 },
      ],
      limits: [],
    },
    raises: {
      raises: [
        {
          modelId: "us.anthropic.claude-chat",
          endpoint: "runtime",
          scope: "cross-region",
          unit: "tokens",
          factor: 1.35,
          places: [{ ...place, from: 60_000, to: 81_000 }],
        },
      ],
      tried: 8,
      checks: [{ ...check, name: "1.35 times the quotas", runsMet: 4 }],
      limits: [],
    },
  };
}

/** Two configs on the same traffic, the second with one account fewer. */
export async function exampleReplay(): Promise<ReplayReport> {
  const [first, second] = await Promise.all(
    [3, 2].map((count) => exampleCase("as it is", { callsPerSecond: 4.3, count })),
  );
  if (first === undefined || second === undefined) throw new Error("there are two cases");
  const change = (one: Spread, other: Spread): Spread => spreadOf([other.least - one.least, other.most - one.most]);
  return {
    kind: "replay",
    configs: [configOf("three.yaml", 3), configOf("two.yaml", 2)],
    traffic: exampleTraffic,
    grid: { seeds, limiters },
    slo: null,
    cases: [first, second],
    differences: [
      {
        name: "served",
        unit: "share",
        first: first.served,
        second: second.served,
        change: change(first.served, second.served),
      },
      {
        name: "p99 wait",
        unit: "ms",
        first: first.waits.p99,
        second: second.waits.p99,
        change: change(first.waits.p99, second.waits.p99),
      },
    ],
    assumptions: ["Every process of the router counts as one."],
    warnings: [],
  };
}

const exampleTraffic = {
  says: "4.3 calls per second, diurnal, drawn by seed",
  calls: 774,
  spanMs: 180_000,
  callsPerSecond: 4.3,
  meanInputTokens: 600,
  meanOutputTokens: 60,
  maxTokensShare: 0.5,
  meanMaxTokens: 300,
};

function configOf(name: string, count: number): PlanReport["config"] {
  return { name, isDefault: false, accounts: count, regions: ["us-east-1", "us-west-2"], models: ["chat", "vision"] };
}

interface Fleet {
  readonly callsPerSecond: number;
  /** Accounts of it. */
  readonly count: number;
}

const cases = new Map<string, Promise<PlanCase>>();

/** Runs are the costly part: those of a plan do for a replay too. */
async function exampleCase(name: string, fleet: Fleet): Promise<PlanCase> {
  const key = JSON.stringify(fleet);
  const known = cases.get(key) ?? playedCase(name, fleet);
  cases.set(key, known);
  return { ...(await known), name };
}

async function playedCase(name: string, { callsPerSecond, count }: Fleet): Promise<PlanCase> {
  const config = parseConfig({
    accounts: accounts.slice(0, count).map((id) => ({
      id,
      roleArn: `arn:aws:iam::${id}:role/shardrock`,
      externalId: "simulated",
      regions: ["us-east-1", "us-west-2"],
    })),
    models: Object.fromEntries(
      ["chat", "vision"].map((model) => [
        model,
        {
          servedBy: [{ id: `us.anthropic.claude-${model}`, destinations: ["us-east-1", "us-west-2"] }],
          burndown: 5,
          maxOutputTokens: 4_000,
          quotas: { tokensPerMinute: 45_000, requestsPerMinute: 90 },
        },
      ]),
    ),
    residency: { allowedRegions: "anywhere" },
  });
  const runs: SimulationReport[] = [];
  for (const limiter of limiters) {
    for (const seed of seeds) {
      const profile = {
        profile: "shardrock-traffic/1" as const,
        callsPerSecond,
        durationMs: 180_000,
        shape: "diurnal" as const,
        gapVariation: 1,
        input: { kind: "log-normal" as const, mean: 600, p95: 1_800 },
        output: { kind: "log-normal" as const, mean: 60, p95: 150 },
        maxTokens: { share: 1, size: { kind: "log-normal" as const, mean: 300, p95: 600 } },
        models: { chat: 0.75, vision: 0.25 },
        tenants: {},
      };
      runs.push(await simulate({ config, calls: generateTrace({ profile, seed }), limiter, seed }));
    }
  }
  return caseOf(name, runs);
}

function caseOf(name: string, runs: readonly SimulationReport[]): PlanCase {
  const over = (figure: (run: SimulationReport) => number): Spread => spreadOf(runs.map(figure));
  const [first] = runs;
  if (first === undefined) throw new Error("a case has runs");
  const isMet = (run: SimulationReport): boolean => run.waits.p99Ms < 2_000 && run.refused === 0;
  return {
    name,
    isMet: runs.every(isMet),
    runsMet: runs.filter(isMet).length,
    offered: over((run) => run.offered),
    served: over((run) => run.served / run.offered),
    delayed: over((run) => run.delayed / run.offered),
    refused: over((run) => run.refused / run.offered),
    lost: over((run) => (run.tooLarge + run.nowhere + run.failed) / run.offered),
    throttled: over((run) => run.throttled / run.attempts),
    waits: {
      mean: over((run) => run.waits.meanMs),
      p50: over((run) => run.waits.p50Ms),
      p90: over((run) => run.waits.p90Ms),
      p95: over((run) => run.waits.p95Ms),
      p99: over((run) => run.waits.p99Ms),
      longest: over((run) => run.waits.longestMs),
    },
    quotas: first.quotas.map((quota, place) => caseQuota(quota, { runs, place })),
    binding: first.quotas.some(({ boundMs }) => boundMs > 0) ? "tokens per minute of chat" : null,
    runs: runs.map((run) => ({
      seed: run.seed,
      limiter: run.limiter,
      isMet: isMet(run),
      served: run.served / run.offered,
      refused: run.refused / run.offered,
      p95WaitMs: run.waits.p95Ms,
      p99WaitMs: run.waits.p99Ms,
    })),
    detail: first,
  };
}

function caseQuota(
  { key, accountId, region, endpoint, unit, models, limit, windowMs }: SimulationReport["quotas"][number],
  { runs, place }: { readonly runs: readonly SimulationReport[]; readonly place: number },
): CaseQuota {
  const over = (figure: (quota: SimulationReport["quotas"][number]) => number): Spread =>
    spreadOf(runs.flatMap(({ quotas }) => quotas.slice(place, place + 1).map(figure)));
  const firsts = runs.flatMap(({ quotas }) => quotas[place]?.firstBoundAtMs ?? []);
  return {
    key,
    accountId,
    region,
    endpoint,
    unit,
    models,
    limit,
    windowMs,
    scope: "cross-region",
    utilisation: over((quota) => quota.utilisation),
    peakUtilisation: over((quota) => quota.peakUtilisation),
    throttled: over((quota) => quota.throttled),
    bound: over((quota) => quota.boundMs / 180_000),
    firstBoundAtMs: firsts.length === 0 ? null : Math.min(...firsts),
  };
}

function spreadOf(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((one, other) => one - other);
  return { typical: sorted[Math.floor(sorted.length / 2)] ?? 0, least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0 };
}
