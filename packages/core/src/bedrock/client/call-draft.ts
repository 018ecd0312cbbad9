import type { Cost } from "../../budget/quota.ts";
import type { Target } from "../../budget/target.ts";
import type { AttemptCall } from "../../routing/call.ts";
import type { Fleet, ServedModel } from "../fleet/served-model.ts";
import type { UsageReading } from "../usage/answer/token-usage.ts";
import { holdCost } from "../usage/cost.ts";
import { rulesOf } from "../usage/request/family-rules.ts";
import { conversePath, filledBody, filledFields } from "../usage/request/fill-max-tokens.ts";
import type { RequestSize } from "../usage/request/request-size.ts";
import { sizeOfConverse } from "../usage/request/size-of-converse.ts";
import { sizeOfCountTokens } from "../usage/request/size-of-count-tokens.ts";
import { sizeOfInvoke } from "../usage/request/size-of-invoke.ts";
import type { Estimates } from "../usage/estimates/estimates.ts";
import { learnCount, settleCall } from "../usage/settle-call.ts";
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
  /** The command's input, with what was filled in. */
  readonly input: object;
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

export interface DrafterOptions {
  readonly fleet: Fleet;
  readonly resources: ResourceIds;
  readonly estimates: Estimates;
}

/** A command whose model is called by name, and who it is for. */
export interface AskedCommand {
  readonly input: object;
  /** Undefined: nobody was named. */
  readonly tenant: string | undefined;
}

/** Drafts calls: one way for each kind of command. */
export class CallDrafter {
  readonly #fleet: Fleet;
  readonly #resources: ResourceIds;
  readonly #models: ModelIndex;
  readonly #estimates: Estimates;

  constructor({ fleet, resources, estimates }: DrafterOptions) {
    this.#fleet = fleet;
    this.#resources = resources;
    this.#models = new ModelIndex(fleet);
    this.#estimates = estimates;
  }

  /** @throws {ShardrockError} `request-invalid` or `model-unknown`. */
  draft({ api, operation }: CommandKind, command: AskedCommand): CallDraft {
    switch (api) {
      case "converse":
      case "invoke":
        return this.#generation(api, command);
      case "count":
        return this.#count(command, operation);
      case "guardrail":
        return this.#guardrail(command, operation);
      default:
        return api satisfies never;
    }
  }

  #generation(api: "converse" | "invoke", command: AskedCommand): CallDraft {
    const { model, targets, lane, bindings } = this.#models.toServe(modelIdOf(command));
    const { tenant } = command;
    const { input, size, filledMaxTokens } = this.#sized(api, model, command);
    const tokensPerByte = this.#estimates.tokensPerByte(model, tenant);
    const cost = holdCost(size, { tokensPerByte, maxOutputTokens: model.maxOutputTokens, endpoint: "runtime" });
    return {
      pool: model.name,
      lane,
      input,
      targets,
      cost,
      bytes: size.bytes,
      bound: bindings.length === 0 ? nothingBound : { ...nothingBound, bindings },
      idsAt: ({ modelId }) => ({ modelId }),
      onUsage: (reading, call, target) =>
        settleCall({ reading, call, target, model, size, tenant, filledMaxTokens }, this.#estimates),
      ...(size.maxTokens === undefined && { unlimited: model }),
    };
  }

  #sized(api: "converse" | "invoke", model: ServedModel, { input, tenant }: AskedCommand): SizedInput {
    const { family } = model;
    const isConverse = api === "converse";
    const size = isConverse ? sizeOfConverse(input, family) : sizeOfInvoke(Reflect.get(input, "body"), family);
    const maxTokens = size.maxTokens === undefined ? this.#estimates.filledMaxTokens(model, tenant) : undefined;
    const filled =
      maxTokens && (isConverse ? filledConverse(input, maxTokens) : filledInvoke(input, family, maxTokens));
    if (!filled) return { input, size, filledMaxTokens: undefined };
    return { input: filled, size: { ...size, maxTokens }, filledMaxTokens: maxTokens };
  }

  /** Free, and exact: what it counts teaches the ratio as a finished call would. */
  #count({ input, tenant }: AskedCommand, operation: string): CallDraft {
    const { model, targets } = this.#models.toCount(modelIdOf({ input }));
    const size = sizeOfCountTokens(input, model.family);
    const planned = { model, size, tenant, filledMaxTokens: undefined };
    return {
      pool: model.name,
      lane: operation,
      input,
      targets,
      cost: {},
      bytes: size.bytes,
      bound: nothingBound,
      idsAt: ({ modelId }) => ({ modelId }),
      onAnswer: (output) => learnCount(output, planned, this.#estimates),
      onUsage: settleFree,
    };
  }

  #guardrail({ input }: AskedCommand, operation: string): CallDraft {
    const { targets, bound } = guardrailTargets(input, { fleet: this.#fleet, resources: this.#resources });
    return {
      pool: operation,
      lane: "",
      input,
      targets,
      cost: {},
      bytes: sizeOfConverse({ messages: Reflect.get(input, "content") }, "other").bytes,
      bound,
      idsAt: ({ modelId }) => ({ guardrailIdentifier: modelId }),
      onUsage: settleFree,
    };
  }
}

/** An input, and how large it is. */
interface SizedInput {
  readonly input: object;
  readonly size: RequestSize;
  readonly filledMaxTokens: number | undefined;
}

function filledConverse(input: object, maxTokens: number): object | undefined {
  return filledFields({ ...input }, conversePath, maxTokens);
}

function filledInvoke(input: object, family: ServedModel["family"], maxTokens: number): object | undefined {
  const { fillPath } = rulesOf(family);
  const body = fillPath && filledBody(Reflect.get(input, "body"), fillPath, maxTokens);
  return body === undefined ? undefined : { ...input, body };
}

function settleFree(_reading: UsageReading, call: AttemptCall): void {
  call.settle({});
}
