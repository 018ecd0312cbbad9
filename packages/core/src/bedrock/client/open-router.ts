import { MemoryLedger } from "../../budget/memory-ledger.ts";
import { MemoryLimits } from "../../budget/memory-limits.ts";
import type { Cost } from "../../budget/quota.ts";
import type { Candidate } from "../../budget/target.ts";
import { type Clock, systemClock } from "../../clock.ts";
import { type Random, systemRandom } from "../../random.ts";
import { BlockingHealth } from "../../routing/blocking-health.ts";
import type { Failover } from "../../routing/failover.ts";
import { moveOnWhenUnprocessed } from "../../routing/failover-policy.ts";
import { Router } from "../../routing/router.ts";
import { classify } from "../classify.ts";
import { publishDiagnostics } from "./diagnostics.ts";
import { type Fleet, servedModel } from "../fleet/served-model.ts";
import { configHash } from "../config/config-hash.ts";
import type { Config } from "../config/shardrock-config.ts";
import { buildFleet } from "../fleet/build-fleet.ts";

export interface OpenRouterOptions {
  /** The machine's own unless told. */
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  /**
   * What happens when AWS fails, such as `failover()` of `@shardrock/failover`. Unless told, what AWS did not process moves
   * on, and what failed is left alone for a while.
   */
  readonly failover?: Failover | undefined;
}

/** A router over the targets of a config, for any transport. */
export interface OpenRouter {
  readonly router: Router;
  readonly ledger: MemoryLedger;
  readonly fleet: Fleet;
  /**
   * Every target that serves a model, at the same cost.
   * @throws {ShardrockError} `model-unknown` naming the models there are.
   */
  readonly candidates: (modelName: string, cost: Cost) => readonly Candidate[];
}

/**
 * Builds everything between a config and a transport: targets, limits, the book, health and the router.
 * @throws {ConfigError} `config-invalid`, every problem at once.
 */
export function openRouter(
  config: Config,
  { clock = systemClock, random = systemRandom, failover }: OpenRouterOptions = {},
): OpenRouter {
  const fleet = buildFleet(config);
  const limits = new MemoryLimits();
  for (const { key, value, source } of fleet.limits) limits.set(key, value, source);
  const { maxWaitMs, ageingMs, ...bounds } = config.waiting;
  const { allowedRegions } = config.residency;
  const ledger = new MemoryLedger({ limits, clock });
  const router = new Router({
    ledger,
    limits,
    health: failover?.health({ clock, random }) ?? new BlockingHealth({ clock }),
    policy: failover?.policy({ clock, random }) ?? moveOnWhenUnprocessed,
    classify,
    clock,
    random,
    bounds,
    maxWaitMs,
    ageingMs,
    tenants: Object.fromEntries(config.tenants),
    affinity: config.affinity,
    configHash: configHash(config),
    ...(allowedRegions !== "anywhere" && { allowedRegions }),
  });
  publishDiagnostics(router);
  for (const { model, targetId, reason } of fleet.refused) {
    router.warn(`residency:${model}:${targetId}`, `${targetId} is not used for ${model}: ${reason}`);
  }
  return {
    router,
    ledger,
    fleet,
    candidates: (modelName, cost) => servedModel(fleet, modelName).targets.map((target) => ({ target, cost })),
  };
}
