import type { Target } from "../../budget/target.ts";
import { NoEligibleTargetError, ShardrockError } from "../../errors.ts";
import { type Fleet, type ServedModel, servedModel } from "../fleet/served-model.ts";
import type { Binding } from "./binding.ts";
import { placeOfArn } from "./resource-arn.ts";

/** A model, and the targets that what was asked for leaves of it. */
export interface AskedModel {
  readonly model: ServedModel;
  readonly targets: readonly Target[];
  /** The id that was asked for, which only some targets have; "" when it was the model's name. */
  readonly lane: string;
  /** Where that id exists, when it exists in one account only. */
  readonly bindings: readonly Binding[];
}

interface Entry {
  readonly model: ServedModel;
  /** Those of bedrock-runtime. */
  readonly targets: readonly Target[];
}

/** Finds models by their names in the config and, for code that was written before there was one, by the ids that serve them. */
export class ModelIndex {
  readonly #fleet: Fleet;
  readonly #byName: ReadonlyMap<string, Entry>;
  readonly #byId = new Map<string, Set<Entry>>();
  /** Foundation models that count tokens for a model but do not serve it. */
  readonly #byCountId = new Map<string, Set<Entry>>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
    this.#byName = new Map([...fleet.models].map(([name, model]) => [name, entryOf(model)]));
    for (const entry of this.#byName.values()) {
      for (const { modelId } of entry.targets) add(this.#byId, modelId, entry);
      for (const { modelId } of entry.model.countTargets) add(this.#byCountId, modelId, entry);
    }
  }

  /**
   * The model to generate with.
   * @param asked - a name of the config, or an id of `servedBy`: then only targets of that very id are left.
   * @throws {ShardrockError} `model-unknown`; `request-invalid` when an id serves two models or is of a foreign account.
   * @throws {NoEligibleTargetError} when residency took all targets of an id.
   */
  toServe(asked: string): AskedModel {
    const named = this.#byName.get(asked);
    if (named !== undefined) return { ...servable(named), lane: "", bindings: [] };
    const { model, targets } = servable(this.#one(asked, this.#byId.get(asked)));
    const place = placeOfArn(asked);
    return {
      model,
      targets: targets.filter(({ modelId }) => modelId === asked),
      lane: asked,
      bindings: place === undefined ? [] : [{ by: `modelId ${asked}`, places: [place] }],
    };
  }

  /**
   * The model to count tokens with: any foundation model behind it counts alike, wherever it is called.
   * @throws {ShardrockError} as `toServe` does.
   * @throws {NoEligibleTargetError} when no foundation model behind it is known.
   */
  toCount(asked: string): AskedModel {
    const entry = this.#byName.get(asked) ?? this.#one(asked, this.#byId.get(asked) ?? this.#byCountId.get(asked));
    const { model } = entry;
    if (model.countTargets.length > 0) return { model, targets: model.countTargets, lane: "", bindings: [] };
    const message = `CountTokens needs a foundation model, and none is known behind ${model.name}`;
    throw new NoEligibleTargetError(message, []);
  }

  #one(asked: string, entries: ReadonlySet<Entry> | undefined): Entry {
    const [entry, ...others] = entries ?? [];
    if (entry === undefined) return this.#refuse(asked);
    if (others.length === 0) return entry;
    const names = [entry, ...others].map(({ model }) => model.name).join(", ");
    throw new ShardrockError("request-invalid", `modelId ${asked} serves several models; name one of them: ${names}`);
  }

  /** Says why nothing has that name, as closely as can be said. */
  #refuse(asked: string): Entry {
    const reasons = this.#fleet.refused
      .filter(({ targetId }) => targetId.split("/").slice(3).join("/") === asked)
      .map(({ targetId, reason }) => `${targetId}: ${reason}`);
    if (reasons.length > 0) {
      throw new NoEligibleTargetError(`no target of ${asked} may take calls:\n${reasons.join("\n")}`, reasons);
    }
    const accountId = placeOfArn(asked)?.accountId;
    if (accountId !== undefined && !this.#fleet.accounts.has(accountId)) {
      const message = `modelId ${asked} is in account ${accountId}, which is not in the config`;
      throw new ShardrockError("request-invalid", message);
    }
    return entryOf(servedModel(this.#fleet, asked));
  }
}

function entryOf(model: ServedModel): Entry {
  return { model, targets: model.targets.filter(({ endpoint }) => endpoint === "runtime") };
}

function add(index: Map<string, Set<Entry>>, id: string, entry: Entry): void {
  index.set(id, (index.get(id) ?? new Set()).add(entry));
}

/** @throws {ShardrockError} `request-invalid` for a model that bedrock-runtime does not serve. */
function servable(entry: Entry): Entry {
  if (entry.targets.length > 0) return entry;
  const message = `${entry.model.name} is served by bedrock-mantle only, which has no such command; use createRoutedFetch`;
  throw new ShardrockError("request-invalid", message);
}
