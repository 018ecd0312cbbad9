import {
  BlockingHealth,
  type Candidate,
  classify,
  type Clock,
  type Failover,
  MemoryLedger,
  moveOnWhenUnprocessed,
  NoCapacityError,
  type Random,
  Router,
} from "@shardrock/core";
import { failover } from "@shardrock/failover";
import { type Attempted, StandardRetry } from "../ceiling/contenders/standard-retry.ts";
import type { World } from "../ceiling/world.ts";
import type { DyingAws, Sent } from "./dying-aws.ts";
import type { Contender, Fault } from "./fault.ts";

/** Where contenders play. */
export interface Stage {
  readonly world: World;
  readonly clock: Clock;
  readonly random: Random;
  readonly aws: DyingAws;
  readonly fault: Fault;
}

/** Serves a call or gives it up; never rejects. */
export type Serve = (sent: Sent) => Promise<void>;

/** This library with its failover and without it, and what people do first. */
export const contenders: Readonly<Record<Contender, (stage: Stage) => Serve>> = {
  failover: (stage) => routed(stage, failover()),
  core: (stage) => routed(stage, coreAlone),
  "round-robin": roundRobin,
};

const coreAlone: Failover = {
  policy: () => moveOnWhenUnprocessed,
  health: ({ clock }) => new BlockingHealth({ clock }),
};

/** Longest wait for room, in ms: the default of this library's clients. */
const maxWaitMs = 30_000;

function routed(stage: Stage, failover: Failover): Serve {
  const { world, clock, random, aws, fault } = stage;
  const router = new Router({
    ledger: new MemoryLedger({ limits: world.limits, clock }),
    limits: world.limits,
    health: failover.health({ clock, random }),
    policy: failover.policy({ clock, random }),
    classify,
    clock,
    random,
    bounds: { maxInFlight: 1_000, maxQueued: 10_000, maxQueuedBytes: 1e12 },
    maxWaitMs,
  });
  const operation = fault.isStream ? "ConverseStream" : "Converse";
  return async (sent) => {
    const { call, record } = sent;
    const candidates = world.targets.map((target): Candidate => ({ target, cost: call.hold }));
    try {
      await router.run({ pool: "chat", candidates, operation }, async (target, running) => {
        const end = new AbortController();
        running.onStop?.((reason) => end.abort(reason));
        const restMs = await aws.attempt(sent, target, end.signal);
        running.commit();
        record.answeredAtMs ??= clock.monotonicMs();
        clock.timer(restMs, () => running.settle(call.actual));
      });
    } catch (error) {
      record.failure = error instanceof NoCapacityError ? "no room" : "fault";
    }
  };
}

/** One SDK client per target in turn, each with the SDK's standard retries, and with this library's timers, as it has none. */
function roundRobin({ world, clock, random, aws }: Stage): Serve {
  const clients = world.targets.map((target) => ({ target, retry: new StandardRetry({ clock, random }) }));
  let turn = 0;
  return async (sent) => {
    const { record } = sent;
    const client = clients[turn % clients.length];
    turn += 1;
    if (client === undefined) throw new RangeError("no targets");
    const outcomes: Attempted[] = [];
    const isServed = await client.retry.send(async () => {
      const outcome = await attempted(aws.attempt(sent, client.target));
      outcomes.push(outcome);
      return outcome;
    });
    if (isServed) record.answeredAtMs = clock.monotonicMs();
    else record.failure = outcomes.at(-1) === "throttled" ? "no room" : "fault";
  };
}

/** Source: @smithy/core 3.41, `isThrottlingError` and `isTransientError` (read 2026-11-22). */
async function attempted(attempt: Promise<unknown>): Promise<Attempted> {
  try {
    await attempt;
    return "served";
  } catch (error) {
    const { kind } = classify(error);
    if (kind === "throttled") return "throttled";
    return kind === "overloaded" || kind === "ambiguous" ? "transient" : "final";
  }
}
