import {
  BlockingHealth,
  type Classify,
  type Clock,
  type Ledger,
  MemoryLedger,
  moveOnWhenUnprocessed,
  type Random,
  Router,
  seededRandom,
  type Target,
} from "@shardrock/core";
import { type LimiterKind, serviceMs, type TrafficCall, VirtualClock } from "@shardrock/simulator";
import { ToldLedger } from "./told-ledger.ts";
import type { Arrivals } from "./arrivals.ts";
import { RoundRobin } from "./round-robin.ts";
import { resultOf, type RunResult, Tally } from "./tally.ts";
import { actualOf, holdOf, makeWorld, maxTokens, type World } from "./world.ts";

/** Who decides where calls go: this library, the same router told by the limiter itself, or what people do today. */
export type Contender = "shardrock" | "told" | "round-robin";

export interface RunShape {
  readonly contender: Contender;
  readonly limiter: LimiterKind;
  /** Offered tokens as a multiple of the summed quotas. */
  readonly load: number;
  readonly seed: number;
  readonly arrivals: Arrivals;
  readonly minutes: number;
}

/** Minutes before counting starts: two windows. */
export const warmUpMinutes = 2;

/** AWS said 429. */
class Throttled extends Error {
  override readonly name = "Throttled";
}

const classify: Classify = (error) =>
  error instanceof Throttled ? { kind: "throttled", scope: "tokens-per-minute" } : { kind: "ambiguous" };

interface Stage {
  readonly world: World;
  readonly clock: Clock;
  readonly random: Random;
  readonly tally: Tally;
}

/** Serves a call or gives it up; never rejects. */
export type Serve = (call: TrafficCall) => Promise<void>;

/** One run in virtual time. The same shape gives the same result, bit for bit. */
export async function runVirtual(shape: RunShape): Promise<RunResult> {
  const clock = new VirtualClock();
  const world = makeWorld(shape);
  const tally = new Tally(clock, warmUpMinutes * 60_000);
  const stage: Stage = { world, clock, tally, random: seededRandom(shape.seed + 1) };
  const serve = servers[shape.contender](stage);
  const calls = shape.arrivals((shape.load * world.summedTpm) / 60_000, seededRandom(shape.seed + 2));
  arrive(calls, { clock, serve });
  await clock.advance(shape.minutes * 60_000);
  return resultOf(tally, shape.minutes - warmUpMinutes, world.summedTpm);
}

function arrive(calls: Generator<TrafficCall>, run: { clock: Clock; serve: Serve }): void {
  const next = calls.next();
  if (next.done === true) return;
  run.clock.timer(next.value.atMs - run.clock.monotonicMs(), () => {
    void run.serve(next.value);
    arrive(calls, run);
  });
}

const servers: Record<Contender, (stage: Stage) => Serve> = {
  shardrock: (stage) => routed(stage, new MemoryLedger({ limits: stage.world.limits, clock: stage.clock }), () => {}),
  told: (stage) => {
    const ledger = new ToldLedger({ bedrock: stage.world.bedrock, clock: stage.clock });
    return routed(stage, ledger, (target, tokens) => ledger.arrived(target, tokens));
  },
  "round-robin": ({ world, clock, random, tally }) => {
    const clients = new RoundRobin({ targets: world.targets, clock, random });
    return async (call) => {
      const sinceMs = clock.monotonicMs();
      const isServed = await clients.send((target) => attempt({ world, clock, tally }, target, call));
      if (isServed) tally.serve(actualOf(call).tokens ?? 0, clock.monotonicMs() - sinceMs - serviceMs(call.outputTokens));
    };
  },
};

function routed(stage: Stage, ledger: Ledger, arrived: (target: Target, tokens: number) => void): Serve {
  const { world, clock, random, tally } = stage;
  const router = new Router({
    ledger,
    limits: world.limits,
    health: new BlockingHealth({ clock }),
    policy: moveOnWhenUnprocessed,
    classify,
    clock,
    random,
    bounds: { maxInFlight: 100_000, maxQueued: 100_000, maxQueuedBytes: 1e12 },
    maxWaitMs: 30_000,
  });
  return async (call) => {
    const cost = holdOf(call);
    const candidates = world.targets.map((target) => ({ target, cost }));
    try {
      await router.run({ pool: "chat", candidates }, async (target, running) => {
        arrived(target, cost.tokens ?? 0);
        if (!(await attempt(stage, target, call))) throw new Throttled();
        running.settle(actualOf(call));
        tally.serve(actualOf(call).tokens ?? 0, running.waitedMs);
      });
    } catch {
      // Refused for lack of room: it shows as a call that came and was not served.
    }
  };
}

/** One attempt at the simulated AWS; false is a 429. */
async function attempt(
  { world, clock, tally }: Omit<Stage, "random">,
  target: Target,
  { inputTokens, outputTokens }: TrafficCall,
): Promise<boolean> {
  const answer = world.bedrock.admit({ ...target, inputTokens, maxTokens }, clock.monotonicMs());
  tally.attempt(answer.kind === "throttled");
  if (answer.kind !== "admitted") return false;
  await clock.sleep(serviceMs(outputTokens));
  answer.end({ inputTokens, outputTokens }, clock.monotonicMs());
  return true;
}
