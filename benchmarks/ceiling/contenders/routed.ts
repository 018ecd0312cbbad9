import {
  BlockingHealth,
  type Candidate,
  type Classify,
  type Cost,
  type Ledger,
  MemoryLedger,
  moveOnWhenUnprocessed,
  Router,
  type Target,
} from "@shardrock/core";
import { type Answer, attempt, type Serve, type Stage } from "../stage.ts";
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
  readonly answer: Answer;

  constructor(answer: Answer) {
    super();
    this.answer = answer;
  }
}

const classify: Classify = (error) => {
  if (!(error instanceof Throttled)) return { kind: "ambiguous" };
  return { kind: "throttled", scope: scopeOf(error.answer) };
};

function scopeOf(answer: Answer): "requests-per-minute" | "tokens-per-minute" | "tokens-per-day" {
  if (answer.startsWith("Too many requests")) return "requests-per-minute";
  return answer.includes("per day") ? "tokens-per-day" : "tokens-per-minute";
}

function routed(stage: Stage, ledger: Ledger, arrived: (target: Target, tokens: number) => void): Serve {
  const { world, clock, random, tally } = stage;
  const indexes = new Map(world.targets.map((target, index) => [target, index]));
  const router = new Router({
    ledger,
    limits: world.limits,
    health: new BlockingHealth({ clock }),
    policy: moveOnWhenUnprocessed,
    classify,
    clock,
    random,
    bounds: { maxInFlight: 1_000_000, maxQueued: 1_000_000, maxQueuedBytes: 1e12 },
    maxWaitMs: maxWaitMinutes * stage.windowMs,
  });
  const candidatesOf = candidatesByHold(world.targets);
  return async (call) => {
    const cost = call.hold;
    const candidates = candidatesOf(cost);
    try {
      await router.run({ pool: "chat", candidates }, async (target, running) => {
        arrived(target, cost.tokens ?? 0);
        const index = indexes.get(target) ?? -1;
        const answer = await attempt(stage, index, call);
        if (answer !== "ok") throw new Throttled(answer);
        running.settle(call.actual);
        tally.serve(call.stream, index, { tokens: call.actual.tokens ?? 0, waitedMs: running.waitedMs });
      });
    } catch {
      tally.refuse(call.stream); // for lack of room
    }
  };
}

/** Calls of one size have one list of candidates: made once, it is as good for all. */
function candidatesByHold(targets: readonly Target[]): (cost: Cost) => readonly Candidate[] {
  const known = new Map<number, readonly Candidate[]>();
  return (cost) => {
    const tokens = cost.tokens ?? 0;
    const before = known.get(tokens);
    if (before !== undefined) return before;
    const candidates = targets.map((target) => ({ target, cost }));
    known.set(tokens, candidates);
    return candidates;
  };
}
