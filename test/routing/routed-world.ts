import {
  type Attempt,
  BlockingHealth,
  type CallRequest,
  type Classify,
  type Cost,
  MemoryLedger,
  MemoryLimits,
  moveOnWhenUnprocessed,
  Router,
  type RouterEvent,
  type RouterOptions,
  seededRandom,
  type Target,
  type Verdict,
} from "@shardrock/core";
import { VirtualClock } from "@shardrock/simulator";
import { minuteTokens, targetWith } from "../contract/ledger-world.ts";

/** An error that says what it means. */
export class Failure extends Error {
  readonly verdict: Verdict;

  constructor(verdict: Verdict) {
    super(verdict.kind);
    this.verdict = verdict;
  }
}

export const classifyFailure: Classify = (error) => (error instanceof Failure ? error.verdict : { kind: "ambiguous" });

/** A target of its own account: 60 000 tokens a minute unless told. */
export function accountTarget(letter: string, change: Partial<Target> = {}): Target {
  return { ...targetWith(letter, [minuteTokens(`${letter}/tokens`)]), accountId: letter.repeat(12), ...change };
}

/** What a world has instead of its own. */
export type WorldOptions = Partial<Omit<RouterOptions, "clock">> & { limit?: number; clock?: VirtualClock };

/**
 * A router over virtual time. A call takes `tokens`, lasts a second and uses what it holds, unless told.
 * @param isHeard - false: nobody listens.
 */
export function routedWorld(targets: readonly Target[], options: WorldOptions = {}, { isHeard = true } = {}) {
  const { clock = new VirtualClock() } = options;
  const limits = new MemoryLimits();
  for (const { quotas } of targets) for (const { key } of quotas) limits.set(key, options.limit ?? 60_000, "config");
  const ledger = new MemoryLedger({ limits, clock });
  const router = new Router({
    ledger,
    limits,
    health: new BlockingHealth({ clock }),
    policy: moveOnWhenUnprocessed,
    classify: classifyFailure,
    clock,
    random: seededRandom(1),
    bounds: { maxInFlight: 1_000, maxQueued: 1_000, maxQueuedBytes: 1_000_000 },
    maxWaitMs: 30_000,
    ...options,
  });
  const events: RouterEvent[] = [];
  if (isHeard) router.onEvent((event) => events.push(event));
  const request = (tokens: number, change: Partial<CallRequest> = {}): CallRequest => {
    const cost: Cost = { requests: 1, tokens };
    return { pool: "claude", candidates: targets.map((target) => ({ target, cost })), ...change };
  };
  const started: string[] = [];
  /** Serves for a second, notes the order of starts, and says where it ran. */
  const serve =
    (name = "call"): Attempt<string> =>
    async (target, call) => {
      started.push(name);
      await clock.sleep(1_000, call.signal);
      call.settle({ requests: 1, tokens: 0 });
      return target.id;
    };
  return { clock, limits, ledger, router, events, request, started, serve };
}

/** What a promise came to, without waiting for it to be handled. */
export function outcome<T>(promise: Promise<T>): Promise<{ value: T } | { error: unknown }> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}
