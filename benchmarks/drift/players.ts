import {
  BlockingHealth,
  type CallRequest,
  type Candidate,
  classify,
  type Clock,
  type Cost,
  MemoryLimits,
  moveOnWhenUnprocessed,
  openRouter,
  type QuotaSnapshot,
  type QuotaSource,
  type Random,
  Router,
  type Target,
} from "@shardrock/core";
import type { SimulatedBedrock } from "@shardrock/simulator";
import { ToldLedger } from "../ceiling/told-ledger.ts";
import { modelName, sceneConfig } from "./scene.ts";

/** A router, as the run uses it. */
export interface Player {
  readonly router: Router;
  candidates(cost: Cost): readonly Candidate[];
  /** What the book shows. */
  quotas(): readonly QuotaSnapshot[];
  /** A call with a hold of so many tokens has reached the limiter. */
  arrived(target: Target, tokens: number): void;
}

export interface PlayerParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly scale: number;
}

/** This library. */
export function shardrock({ clock, random, scale }: PlayerParts, quotas: QuotaSource | undefined): Player {
  const opened = openRouter(sceneConfig(scale), { clock, random, quotas });
  return {
    router: opened.router,
    candidates: (cost) => opened.candidates(modelName, cost),
    quotas: () => opened.ledger.snapshot(clock.monotonicMs()),
    arrived: () => undefined,
  };
}

/** The same router, told by the limiters themselves. */
export function told({ clock, random, scale }: PlayerParts, bedrock: SimulatedBedrock): Player {
  const config = sceneConfig(scale);
  const { candidates, fleet } = openRouter(config, { clock, random });
  const limits = new MemoryLimits();
  for (const { key, value, source } of fleet.limits) limits.set(key, value, source);
  const ledger = new ToldLedger({ bedrock, clock });
  const { maxWaitMs, ageingMs, ...bounds } = config.waiting;
  const router = new Router({
    ledger,
    limits,
    health: new BlockingHealth({ clock }),
    policy: moveOnWhenUnprocessed,
    classify,
    clock,
    random,
    bounds,
    maxWaitMs,
    ageingMs,
  });
  return {
    router,
    candidates: (cost) => candidates(modelName, cost),
    quotas: () => [],
    arrived: (target, tokens) => ledger.arrived(target, tokens),
  };
}

export const pool: Pick<CallRequest, "pool" | "operation"> = { pool: modelName, operation: "Converse" };
