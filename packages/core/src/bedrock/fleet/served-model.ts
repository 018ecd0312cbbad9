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
  /** Quota tokens one output token costs, 1 or more; the highest of its ids. */
  readonly burndown: number;
  /** What AWS holds for a call that sets no maximum, in tokens; the highest of its ids. */
  readonly maxOutputTokens: number;
  /** At least one. */
  readonly targets: readonly Target[];
}

/** The limit a quota starts with. Day quotas have none: they are advisory. */
export interface FleetLimit {
  readonly key: string;
  /** Units per window for this process: what the config says divided by `instances`, not rounded. */
  readonly value: number;
  readonly source: LimitSource;
}

/** A target residency took out. */
export interface RefusedTarget {
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
