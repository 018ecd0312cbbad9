import type { Target } from "../../budget/target.ts";
import { NoEligibleTargetError, ShardrockError } from "../../errors.ts";
import { type Fleet, type RefusedTarget, type ServedModel, servedModel } from "../fleet/served-model.ts";
import type { Binding } from "./binding.ts";
import { placeOfArn } from "./resource-arn.ts";

type Endpoint = Target["endpoint"];

/** A model, and the targets that what was asked for leaves of it. */
export interface AskedModel {
  readonly model: ServedModel;
  /** Those of the endpoints that have the operation. */
  readonly targets: readonly Target[];
  /** The id that was asked for, which only some targets have; "" when it was the model's name. */
  readonly lane: string;
  /** Where that id exists, when it exists in one account only. */
  readonly bindings: readonly Binding[];
}

/** Finds models by their names in the config and, for code that was written before there was one, by the ids that serve them. */
export class ModelIndex {
  readonly #fleet: Fleet;
  readonly #byName: ReadonlyMap<string, AskedModel>;
  readonly #byId = new Map<string, AskedModel[]>();
  /** By foundation models that count tokens for a model, whether or not they serve it. */
  readonly #byCountId = new Map<string, AskedModel[]>();

  readonly #endpoints: readonly Endpoint[];

  /** @param endpoints - those that have the operation that is asked for. */
  constructor(fleet: Fleet, endpoints: readonly Endpoint[] = ["runtime"]) {
    this.#fleet = fleet;
    this.#endpoints = endpoints;
    this.#byName = new Map([...fleet.models].map(([name, model]) => [name, this.#whole(model)]));
    for (const whole of this.#byName.values()) {
      for (const id of idsOf(whole.targets)) add(this.#byId, id, partOfModel(whole, id));
      for (const id of idsOf(whole.model.countTargets)) add(this.#byCountId, id, whole);
    }
  }

  /**
   * The model to generate with.
   * @param asked - a name of the config, or an id of `servedBy`: then only targets of that very id are left.
   * @throws {ShardrockError} `model-unknown`; `request-invalid` when an id serves two models or is of a foreign account,
   * or when only the other endpoint serves the model.
   * @throws {NoEligibleTargetError} when residency took all targets, or AWS has told of none.
   */
  toServe(asked: string): AskedModel {
    const found = this.#byName.get(asked) ?? this.#one(asked, this.#byId.get(asked));
    if (found.targets.length > 0) return found;
    if (found.model.targets.length === 0) throw this.#withoutTargets(found.model);
    throw new ShardrockError("request-invalid", this.#servedElsewhere(found));
  }

  /**
   * The model to count tokens with: any foundation model behind it counts alike, wherever it is called.
   * @throws {ShardrockError} as `toServe` does.
   * @throws {NoEligibleTargetError} when no foundation model behind it is known.
   */
  toCount(asked: string): AskedModel {
    const { model } = this.#byName.get(asked) ?? this.#one(asked, this.#byId.get(asked) ?? this.#byCountId.get(asked));
    if (model.countTargets.length > 0) return { model, targets: model.countTargets, lane: "", bindings: [] };
    if (model.targets.length === 0) throw this.#withoutTargets(model);
    const message = `CountTokens needs a foundation model, and none is known behind ${model.name}`;
    throw new NoEligibleTargetError(message, []);
  }

  #one(asked: string, found: readonly AskedModel[] = []): AskedModel {
    const [only, ...others] = found;
    if (only === undefined) return this.#refuse(asked);
    if (others.length === 0) return only;
    const names = found.map(({ model }) => model.name).join(", ");
    throw new ShardrockError("request-invalid", `modelId ${asked} serves several models; name one of them: ${names}`);
  }

  /** Says why nothing has that name, as closely as can be said. */
  #refuse(asked: string): AskedModel {
    const refused = this.#fleet.refused.filter(({ targetId }) => targetId.split("/").slice(3).join("/") === asked);
    if (refused.length > 0) throw mayTakeNone(asked, refused);
    const accountId = placeOfArn(asked)?.accountId;
    if (accountId !== undefined && !this.#fleet.accounts.has(accountId)) {
      const message = `modelId ${asked} is in account ${accountId}, which is not in the config`;
      throw new ShardrockError("request-invalid", message);
    }
    return this.#whole(servedModel(this.#fleet, asked));
  }

  #whole(model: ServedModel): AskedModel {
    const targets = model.targets.filter(({ endpoint }) => this.#endpoints.includes(endpoint));
    return { model, targets, lane: "", bindings: [] };
  }

  /** Only where AWS is asked which targets there are: else the config would have been refused. */
  #withoutTargets({ name }: ServedModel): NoEligibleTargetError {
    const refused = this.#fleet.refused.filter(({ model }) => model === name);
    if (refused.length > 0) return mayTakeNone(name, refused);
    return new NoEligibleTargetError(`no target of ${name} is known: AWS could not be asked, or has none of it`, []);
  }

  #servedElsewhere({ model }: AskedModel): string {
    const isOfRuntime = this.#endpoints.includes("runtime");
    const elsewhere = isOfRuntime ? "mantle" : "runtime";
    const remedy = isOfRuntime ? "; for those it has, use createRoutedFetch" : "";
    return `${model.name} is served by bedrock-${elsewhere} only, which has no such operation${remedy}`;
  }
}

function mayTakeNone(asked: string, refused: readonly RefusedTarget[]): NoEligibleTargetError {
  const reasons = refused.map(({ targetId, reason }) => `${targetId}: ${reason}`);
  return new NoEligibleTargetError(`no target of ${asked} may take calls:\n${reasons.join("\n")}`, reasons);
}

function partOfModel({ model, targets }: AskedModel, id: string): AskedModel {
  const place = placeOfArn(id);
  return {
    model,
    targets: targets.filter(({ modelId }) => modelId === id),
    lane: id,
    bindings: place === undefined ? [] : [{ by: `modelId ${id}`, places: [place] }],
  };
}

function idsOf(targets: readonly Target[]): ReadonlySet<string> {
  return new Set(targets.map(({ modelId }) => modelId));
}

function add(index: Map<string, AskedModel[]>, id: string, found: AskedModel): void {
  const known = index.get(id);
  if (known === undefined) index.set(id, [found]);
  else known.push(found);
}
