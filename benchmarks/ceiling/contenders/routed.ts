import {
  BlockingHealth,
  type CallRequest,
  type Candidate,
  type Classify,
  type Cost,
  type Ledger,
  MemoryLedger,
  moveOnWhenUnprocessed,
  NoCapacityError,
  Router,
  type Target,
} from "@shardrock/core";
import type { ThrottledCall } from "@shardrock/simulator";
import { type Answered, attempt, type Serve, type Stage } from "../stage.ts";
import type { StreamShape, WorkCall } from "../stream.ts";
import { ToldLedger } from "../told-ledger.ts";

/** How long a call waits for room unless its stream says otherwise, in windows. */
export const maxWaitMinutes = 0.5;

/** This library. */
export function shardrock(stage: Stage): Serve {
  const { limits } = stage.world;
  return routed(stage, new MemoryLedger({ limits, clock: stage.clock }), () => {});
}

/** The same router, told by the limiters themselves. */
export function told(stage: Stage): Serve {
  const ledger = new ToldLedger({ bedrock: stage.world.bedrock, clock: stage.clock });
  return routed(stage, ledger, (target, tokens) => ledger.arrived(target, tokens));
}

/** AWS said 429. */
class Throttled extends Error {
  override readonly name = "Throttled";
  readonly answer: ThrottledCall;

  constructor(answer: ThrottledCall) {
    super();
    this.answer = answer;
  }
}

const scopes = {
  "Too many requests, please wait before trying again.": "requests-per-minute",
  "Too many tokens, please wait before trying again.": "tokens-per-minute",
  "Too many tokens per day, please wait before trying again.": "tokens-per-day",
} as const satisfies Record<ThrottledCall["message"], string>;

const classify: Classify = (error) =>
  error instanceof Throttled ? { kind: "throttled", scope: scopes[error.answer.message] } : { kind: "ambiguous" };

function routed(stage: Stage, ledger: Ledger, arrived: (target: Target, tokens: number) => void): Serve {
  const { world, tally } = stage;
  const indexes = new Map(world.targets.map((target, index) => [target, index]));
  const router = routerOf(stage, ledger);
  const requestOf = stage.streams.map((stream) => requestsOf(stream, stage));
  return async (call) => {
    const request = requestOf[call.stream]?.(call);
    if (request === undefined) throw new RangeError(`no stream ${call.stream}`);
    try {
      await router.run(request, async (target, running) => {
        arrived(target, call.hold.tokens ?? 0);
        const index = indexes.get(target) ?? -1;
        const answer = await attempt(stage, index, call);
        if (answer.kind === "throttled") throw new Throttled(answer);
        if (call.prefix !== undefined) running.note({ usage: usageOf(call, answer) });
        running.settle(answer.tokens === call.actual.tokens ? call.actual : { requests: 1, tokens: answer.tokens });
        tally.serve(call.stream, index, { ...answer, waitedMs: running.waitedMs });
      });
    } catch (error) {
      tally.refuse(call.stream, error instanceof NoCapacityError && error.isEstimated); // for lack of room
    }
  };
}

function routerOf({ world, clock, random, windowMs, tenants }: Stage, ledger: Ledger): Router {
  return new Router({
    ledger,
    limits: world.limits,
    health: new BlockingHealth({ clock }),
    policy: moveOnWhenUnprocessed,
    classify,
    clock,
    random,
    bounds: { maxInFlight: 1_000_000, maxQueued: 1_000_000, maxQueuedBytes: 1e12 },
    maxWaitMs: maxWaitMinutes * windowMs,
    affinity: { ttlMs: 300_000, maxKeys: 100_000 },
    ...(tenants && { tenants }),
  });
}

/** How the calls of a stream ask the router. */
function requestsOf(stream: StreamShape, { world, windowMs }: Stage): (call: WorkCall) => CallRequest {
  const { targets: places, tenant, maxWaitMinutes: minutes, stickiness } = stream;
  const candidatesOf = candidatesByHold(world.targets.filter((_, place) => places?.includes(place) ?? true));
  if (tenant === undefined && minutes === undefined && stickiness === undefined) {
    return ({ hold }) => ({ pool: "chat", candidates: candidatesOf(hold) });
  }
  const always = {
    pool: "chat",
    ...(tenant !== undefined && { tenant }),
    ...(minutes !== undefined && { maxWaitMs: minutes * windowMs }),
  };
  return ({ hold, prefix }) => {
    const candidates = candidatesOf(hold);
    if (prefix === undefined || stickiness === "none") return { ...always, candidates };
    if (stickiness !== "nailed") return { ...always, candidates, affinityKey: prefix.key };
    const nailed = candidates[hashOf(prefix.key) % candidates.length];
    return { ...always, lane: nailed?.target.id, candidates: nailed === undefined ? [] : [nailed] };
  };
}

function usageOf({ inputTokens, outputTokens }: WorkCall, { cacheReadTokens, cacheWriteTokens }: Answered) {
  const cached = { cacheReadInputTokens: cacheReadTokens, cacheWriteInputTokens: cacheWriteTokens };
  return { inputTokens, outputTokens, ...cached };
}

/** Source: FNV-1a, 32 bits (public domain). */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (const character of key) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

/** Lists of candidates kept at once. */
const mostLists = 2_000;

/** Calls of one size have one list of candidates: made once, it is as good for all. */
function candidatesByHold(targets: readonly Target[]): (cost: Cost) => readonly Candidate[] {
  const known = new Map<number, readonly Candidate[]>();
  return (cost) => {
    const tokens = cost.tokens ?? 0;
    const before = known.get(tokens);
    if (before !== undefined) return before;
    if (known.size >= mostLists) known.clear();
    const candidates = targets.map((target) => ({ target, cost }));
    known.set(tokens, candidates);
    return candidates;
  };
}
