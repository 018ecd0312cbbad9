import type { Cost } from "../../budget/quota.ts";
import type { Target } from "../../budget/target.ts";
import type { AttemptCall } from "../../routing/call.ts";
import type { Fleet, ServedModel } from "../fleet/served-model.ts";
import type { UsageReading } from "../usage/answer/token-usage.ts";
import { holdCost } from "../usage/cost.ts";
import type { RequestSize } from "../usage/request/request-size.ts";
import { sizeOfConverse } from "../usage/request/size-of-converse.ts";
import { sizeOfCountTokens } from "../usage/request/size-of-count-tokens.ts";
import { sizeOfInvoke } from "../usage/request/size-of-invoke.ts";
import { learnCount, settleCall, tokenRatioOf } from "../usage/settle-call.ts";
import { type BoundIds, nothingBound } from "./binding.ts";
import { type CommandKind, modelIdOf } from "../transport/command-kind.ts";
import { guardrailTargets } from "./guardrail-targets.ts";
import { ModelIndex } from "./model-index.ts";
import type { ResourceIds } from "./resource-ids.ts";

/** What a command amounts to, before anybody looks at the ids in it and at the caller's options. */
export interface CallDraft {
  /** The model's name, or the operation's when it has no model. */
  readonly pool: string;
  /** Names why these are not all targets of the pool; "" when they are. */
  readonly lane: string;
  readonly targets: readonly Target[];
  /** What it takes at any of them. */
  readonly cost: Cost;
  /** Size in memory, in bytes. */
  readonly bytes: number;
  /** What the ids bind that the targets were chosen by. */
  readonly bound: BoundIds;
  /** The model that is called without a maximum of output tokens. */
  readonly unlimited?: ServedModel;
  /** The fields of the input that name the target. */
  readonly idsAt: (target: Target) => Readonly<Record<string, string>>;
  /** Told an answer that is no stream. */
  readonly onAnswer?: (output: object) => void;
  readonly onUsage: (reading: UsageReading, call: AttemptCall, target: Target) => void;
}

/** Drafts calls: one way for each kind of command. */
export class CallDrafter {
  readonly #fleet: Fleet;
  readonly #resources: ResourceIds;
  readonly #models: ModelIndex;

  constructor(fleet: Fleet, resources: ResourceIds) {
    this.#fleet = fleet;
    this.#resources = resources;
    this.#models = new ModelIndex(fleet);
  }

  /** @throws {ShardrockError} `request-invalid` or `model-unknown`. */
  draft({ api, operation }: CommandKind, command: { readonly input: object }): CallDraft {
    switch (api) {
      case "converse":
        return this.#generation(command, (family) => sizeOfConverse(command.input, family));
      case "invoke":
        return this.#generation(command, (family) => sizeOfInvoke(Reflect.get(command.input, "body"), family));
      case "count":
        return this.#count(command, operation);
      case "guardrail":
        return this.#guardrail(command, operation);
      default:
        return api satisfies never;
    }
  }

  #generation(command: { readonly input: object }, sizeFor: (family: ServedModel["family"]) => RequestSize): CallDraft {
    const { model, targets, lane, bindings } = this.#models.toServe(modelIdOf(command));
    const size = sizeFor(model.family);
    const { tokensPerByte } = tokenRatioOf(model);
    const cost = holdCost(size, { tokensPerByte, maxOutputTokens: model.maxOutputTokens, endpoint: "runtime" });
    return {
      pool: model.name,
      lane,
      targets,
      cost,
      bytes: size.bytes,
      bound: bindings.length === 0 ? nothingBound : { ...nothingBound, bindings },
      idsAt: ({ modelId }) => ({ modelId }),
      onUsage: (reading, call, target) => settleCall({ reading, call, target, model, size }),
      ...(size.maxTokens === undefined && { unlimited: model }),
    };
  }

  /** Free, and exact: what it counts teaches the ratio as a finished call would. */
  #count(command: { readonly input: object }, operation: string): CallDraft {
    const { model, targets } = this.#models.toCount(modelIdOf(command));
    const size = sizeOfCountTokens(command.input, model.family);
    return {
      pool: model.name,
      lane: operation,
      targets,
      cost: {},
      bytes: size.bytes,
      bound: nothingBound,
      idsAt: ({ modelId }) => ({ modelId }),
      onAnswer: (output) => learnCount(output, model, size),
      onUsage: settleFree,
    };
  }

  #guardrail({ input }: { readonly input: object }, operation: string): CallDraft {
    const { targets, bound } = guardrailTargets(input, { fleet: this.#fleet, resources: this.#resources });
    return {
      pool: operation,
      lane: "",
      targets,
      cost: {},
      bytes: sizeOfConverse({ messages: Reflect.get(input, "content") }, "other").bytes,
      bound,
      idsAt: ({ modelId }) => ({ guardrailIdentifier: modelId }),
      onUsage: settleFree,
    };
  }
}

function settleFree(_reading: UsageReading, call: AttemptCall): void {
  call.settle({});
}
