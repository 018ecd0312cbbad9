import type { Episode, Happening, Plan, PlannedCall, PlannedTarget } from "./plan.ts";
import type { CallTruth, Trace } from "./world.ts";

/** What happens when something breaks: a run, and what must be so after it. */
export interface FaultPromise {
  /** Of the fault table. */
  readonly row: number;
  readonly says: string;
  readonly plan: Plan;
  readonly holds: (trace: Trace) => void;
}

interface Scene {
  readonly episodes?: readonly Partial<Episode>[];
  readonly happenings?: readonly Happening[];
  readonly accounts?: number;
  readonly regions?: readonly string[];
  readonly tokensPerMinute?: number;
  /** One after another, evenly. */
  readonly calls?: number;
  readonly call?: Partial<PlannedCall>;
  readonly bounds?: Partial<Plan["bounds"]>;
  readonly lengthMs?: number;
}

export const sickAccount = "111111111111";
export const sickRegion = "us-east-1";

/** A quiet world with room for all, in which only what is told goes wrong. */
export function scene({
  episodes = [],
  happenings = [],
  accounts = 4,
  regions = [sickRegion],
  tokensPerMinute = 600_000,
  calls = 240,
  call = {},
  bounds = {},
  lengthMs = 120_000,
}: Scene): Plan {
  const ids = Array.from({ length: accounts }, (_, index) => String(index + 1).repeat(12));
  return {
    seed: 1,
    limiter: "sliding60",
    targets: ids.flatMap((accountId) => regions.map((region) => targetOf(accountId, region, tokensPerMinute))),
    drained: new Map(),
    allowedRegions: undefined,
    bounds: { maxInFlight: 1_000, maxQueued: 1_000, maxQueuedBytes: 1e9, ...bounds },
    calls: Array.from({ length: calls }, (_, index) => ({
      ...plainCall,
      atMs: Math.round((index * lengthMs) / calls),
      ...call,
    })),
    episodes: episodes.map((episode) => ({ ...always, ...episode })),
    happenings,
    lengthMs,
  };
}

/** Attempts that began in a stretch of time at targets that are meant. */
export function attemptsAt(
  { calls }: Trace,
  { fromMs = 0, untilMs = Number.POSITIVE_INFINITY, accountId, region }: Partial<Episode>,
): CallTruth["attempts"] {
  return calls
    .flatMap(({ attempts }) => attempts)
    .filter(({ atMs }) => atMs >= fromMs && atMs < untilMs)
    .filter(({ target }) => accountId === undefined || target.accountId === accountId)
    .filter(({ target }) => region === undefined || target.region === region);
}

/** Calls whose caller got an error, but for the one that is sent after everything. */
export function failures({ calls }: Trace): readonly CallTruth[] {
  return calls.filter(({ end }) => end?.isOk !== true);
}

function targetOf(accountId: string, region: string, tokensPerMinute: number): PlannedTarget {
  const id = `${accountId}/${region}`;
  const plain = { requestsPerMinute: undefined, isDrained: false };
  return { id, accountId, region, destinationRegions: [region], tokensPerMinute, ...plain };
}

const plainCall: PlannedCall = {
  atMs: 0,
  inputTokens: 500,
  outputTokens: 50,
  maxTokens: 200,
  isStream: false,
  priority: 0,
  tenant: "default",
  maxWaitMs: 30_000,
  affinityKey: undefined,
  allowedRegions: undefined,
  pinnedTo: undefined,
  abortsAfterMs: undefined,
  leavesAfterMs: undefined,
  isInvalid: false,
};

const always: Episode = {
  kind: "role-denied",
  fromMs: 30_000,
  untilMs: 90_000,
  accountId: undefined,
  region: undefined,
  share: 1,
};
