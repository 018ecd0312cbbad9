import type { LimitSource } from "../../budget/limits.ts";
import type { Target } from "../../budget/target.ts";
import { ShardrockError } from "../../errors.ts";
import type { AccountConfig } from "../config/account.ts";
import type { ModelFamily } from "./model-catalogue.ts";
import { didYouMean, nameList } from "../config/nearest-name.ts";

/** One model under the name callers use, and every target that may serve it. */
export interface ServedModel {
  readonly name: string;
  readonly family: ModelFamily;
  /**
   * Quota tokens one output token costs on the runtime endpoint, 1 or more; the highest of its ids. On mantle, where
   * output has a quota of its own, it is always 1.
   */
  readonly burndown: number;
  /** What AWS holds on either endpoint for a call that sets no maximum, in tokens; the highest of its ids. */
  readonly maxOutputTokens: number;
  /** At least one, unless AWS is asked for quotas and has named none. Both endpoints' are here: a call that only one of them understands must choose by `endpoint`. */
  readonly targets: readonly Target[];
  /** Where its tokens can be counted for free: one for each account and Region of its runtime targets. */
  readonly countTargets: readonly Target[];
}

/** The limit a quota starts with. Day quotas have none: they are advisory. */
export interface FleetLimit {
  readonly key: string;
  /** Units per window for this process: what AWS applies, or else what the config says, divided by `instances`, not rounded. */
  readonly value: number;
  /** What the config allows at most where AWS applies a limit; undefined: as much as AWS does. */
  readonly most?: number | undefined;
  readonly source: LimitSource;
}

/** A target that is not used, by which rule: where it may run, or that nobody knows its quota. */
export interface RefusedTarget {
  readonly rule: "residency" | "quota";
  readonly model: string;
  readonly targetId: string;
  readonly reason: string;
}

/** What a config amounts to. */
export interface Fleet {
  /** By account id. */
  readonly accounts: ReadonlyMap<string, AccountConfig>;
  /** By the name callers use. */
  readonly models: ReadonlyMap<string, ServedModel>;
  /** Every account and Region residency allows, for calls that name no model: `modelId` is empty, `quotas` too. */
  readonly places: readonly Target[];
  /** One for every minute quota of every target. */
  readonly limits: readonly FleetLimit[];
  readonly refused: readonly RefusedTarget[];
}

/**
 * The model callers mean by a name.
 * @throws {ShardrockError} `model-unknown` naming the models there are.
 */
export function servedModel(fleet: Fleet, name: string): ServedModel {
  const model = fleet.models.get(name);
  if (model !== undefined) return model;
  const names = [...fleet.models.keys()];
  const asked = JSON.stringify(name.slice(0, 256));
  throw new ShardrockError(
    "model-unknown",
    `No model ${asked} in the config${didYouMean(name, names)}; it has ${nameList(names)}`,
  );
}
