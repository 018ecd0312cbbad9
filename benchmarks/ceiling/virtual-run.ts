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
import { actualOf, holdOf, makeWorld, maxTokens, type Size, type World } from "./world.ts";

/** Who decides where calls go: this library, the same router told by the limiter itself, or what people do today. */
export type Contender = "shardrock" | "told" | "round-robin";

export interface RunShape {
  readonly contender: Contender;
  readonly limiter: LimiterKind;
  /** Offered tokens as a multiple of the summed quotas. */
  readonly load: number;
  readonly seed: number;
  readonly arrivals: Arrivals;
  /** Windows the run lasts, the warm-up included. */
  readonly minutes: number;
  readonly size: Size;
}

/** Windows before counting starts. */
export const warmUpMinutes = 2;

/** How long a call waits for room, in windows. */
export const maxWaitMinutes = 0.5;

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
  readonly windowMs: number;
}

/** Serves a call or gives it up; never rejects. */
export type Serve = (call: TrafficCall) => Promise<void>;

/** One run in virtual time. The same shape gives the same result, bit for bit. */
export async function runVirtual(shape: RunShape): Promise<RunResult> {
  const clock = new VirtualClock();
  const world = makeWorld(shape);
  const { windowMs } = shape.size;
  const tally = new Tally(clock, warmUpMinutes * windowMs);
  const stage: Stage = { world, clock, tally, windowMs, random: seededRandom(shape.seed + 1) };
  const serve = servers[shape.contender](stage);
  const calls = shape.arrivals((shape.load * world.summedTpm) / windowMs, seededRandom(shape.seed + 2));
  arrive(calls, { clock, serve });
  await clock.advance(shape.minutes * windowMs);
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
  "round-robin": (stage) => {
    const { world, clock, random, tally } = stage;
    const clients = new RoundRobin({ targets: world.targets, clock, random });
    return async (call) => {
      const sinceMs = clock.monotonicMs();
      const isServed = await clients.send((target) => attempt(stage, target, call));
      if (!isServed) return tally.refuse();
      tally.serve(actualOf(call).tokens ?? 0, clock.monotonicMs() - sinceMs - serviceMsOf(call, stage.windowMs));
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
    maxWaitMs: maxWaitMinutes * stage.windowMs,
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
      tally.refuse(); // for lack of room
    }
  };
}

/** One attempt at the simulated AWS; false is a 429. */
async function attempt({ world, clock, tally, windowMs }: Stage, target: Target, call: TrafficCall): Promise<boolean> {
  const { inputTokens, outputTokens } = call;
  const answer = world.bedrock.admit({ ...target, inputTokens, maxTokens }, clock.monotonicMs());
  tally.attempt(answer.kind === "throttled");
  if (answer.kind !== "admitted") return false;
  await clock.sleep(serviceMsOf(call, windowMs));
  answer.end({ inputTokens, outputTokens }, clock.monotonicMs());
  return true;
}

/** The model is as much faster as the window is shorter. */
function serviceMsOf({ outputTokens }: TrafficCall, windowMs: number): number {
  return (serviceMs(outputTokens) * windowMs) / 60_000;
}
