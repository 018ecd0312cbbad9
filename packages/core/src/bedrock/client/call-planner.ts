import type { ServiceInputTypes, ServiceOutputTypes } from "@aws-sdk/client-bedrock-runtime";
import type { Target } from "../../budget/target.ts";
import { ShardrockError } from "../../errors.ts";
import type { AttemptCall, CallRequest } from "../../routing/call.ts";
import { platformSignal } from "../transport/abort-signal.ts";
import type { OutgoingCall } from "../transport/sdk-attempt.ts";
import type { BedrockCommand, SdkSendOptions } from "./bedrock-command.ts";
import { commandKind, modelIdOf } from "./command-kind.ts";
import { rulesOf } from "../usage/request/family-rules.ts";
import type { RequestSize } from "../usage/request/request-size.ts";
import { sizeOfConverse } from "../usage/request/size-of-converse.ts";
import { sizeOfInvoke } from "../usage/request/size-of-invoke.ts";
import { type ServedModel, servedModel } from "../fleet/served-model.ts";
import type { UsageReading } from "../usage/answer/token-usage.ts";
import { actualCost, holdCost, promptTokens } from "../usage/cost.ts";
import type { BedrockEdge } from "./bedrock-edge.ts";
import { pinnedAccount } from "./pinned-account.ts";
import { TokenRatio } from "../usage/token-ratio.ts";

/** What one call asks of the router, beside what the SDK knows. */
export interface CallOptions {
  /** Higher goes first; 0 unless told. */
  readonly priority?: number | undefined;
  /** Longest wait for room, in ms, 0 up; the config's unless told. */
  readonly maxWaitMs?: number | undefined;
  /** Regions where this prompt may be processed; narrows the config's residency, never widens it. */
  readonly allowedRegions?: readonly string[] | undefined;
}

/** Options of `send`: the SDK's, and ours under a name of their own. */
export interface SendOptions extends SdkSendOptions {
  readonly shardrock?: CallOptions | undefined;
}

/** A call, as the router and as the transport need it. */
export interface PlannedCall<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> {
  readonly request: CallRequest;
  readonly outgoing: OutgoingCall<Input, Output>;
}

/** Turns commands into calls: which model, how large, where it may go, and what to learn from its end. */
export class CallPlanner {
  readonly #edge: Pick<BedrockEdge, "router" | "fleet">;
  readonly #ratios = new Map<string, TokenRatio>();

  constructor(edge: Pick<BedrockEdge, "router" | "fleet">) {
    this.#edge = edge;
  }

  /**
   * @throws {ShardrockError} `command-unsupported`, `request-invalid`, `model-unknown` or `option-invalid`.
   */
  plan<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: BedrockCommand<Input, Output>,
    { shardrock = {}, ...options }: SendOptions,
  ): PlannedCall<Input, Output> {
    const kind = commandKind(command);
    const model = servedModel(this.#edge.fleet, modelIdOf(command));
    const size =
      kind.api === "converse" ? sizeOfConverse(command.input, model.family) : sizeOfInvokeInput(command.input, model);
    const ratio = this.#ratioOf(model);
    const rules = { tokensPerByte: ratio.tokensPerByte, maxOutputTokens: model.maxOutputTokens };
    const costs = {
      runtime: holdCost(size, { ...rules, endpoint: "runtime" }),
      mantle: holdCost(size, { ...rules, endpoint: "mantle" }),
    };
    if (size.maxTokens === undefined) this.#warnOfUnset(model);
    const accountId = pinnedAccount(command.input);
    const signal = platformSignal(options.abortSignal);
    return {
      request: {
        pool: model.name,
        candidates: model.targets.map((target) => ({ target, cost: costs[target.endpoint] })),
        bytes: size.bytes,
        ...checked(shardrock),
        ...(accountId !== undefined && { pin: { accountId, by: "a guardrail's ARN" } }),
        ...(signal !== undefined && { signal }),
      },
      outgoing: {
        command,
        kind,
        options,
        onUsage: (reading, call, target) => settle({ reading, call, target, model, size, ratio }),
      },
    };
  }

  #ratioOf({ name, family }: ServedModel): TokenRatio {
    const known = this.#ratios.get(name);
    if (known !== undefined) return known;
    const ratio = new TokenRatio(rulesOf(family).tokensPerByte);
    this.#ratios.set(name, ratio);
    return ratio;
  }

  #warnOfUnset({ name, maxOutputTokens }: ServedModel): void {
    this.#edge.router.warn(
      `max-tokens-unset:${name}`,
      `A call to ${name} sets no maximum of output tokens, so AWS holds the model's: ${maxOutputTokens} tokens of quota ` +
        `for each such call, from start to end. Set it near what answers need; it is the largest lever on throughput.`,
    );
  }
}

interface EndedCall {
  readonly reading: UsageReading;
  readonly call: AttemptCall;
  readonly target: Target;
  readonly model: ServedModel;
  readonly size: RequestSize;
  readonly ratio: TokenRatio;
}

/** Doubt keeps the hold. Only text teaches the ratio: blocks go by rules. */
function settle({ reading, call, target, model, size, ratio }: EndedCall): void {
  call.note({ usageSource: reading.kind });
  if (reading.kind !== "reported") return call.settle(undefined);
  const { usage } = reading;
  call.note({ usage });
  call.settle(actualCost(usage, model.burndown, target.endpoint));
  if (size.blockTokens === 0) ratio.learn(size.textBytes, promptTokens(usage));
}

function sizeOfInvokeInput(input: object, { family }: ServedModel): RequestSize {
  return sizeOfInvoke(Reflect.get(input, "body"), family);
}

function checked({ priority, maxWaitMs, allowedRegions }: CallOptions): Partial<CallRequest> {
  if (priority !== undefined && !Number.isFinite(priority)) {
    throw new ShardrockError("option-invalid", `shardrock.priority must be a finite number, got ${priority}`);
  }
  if (maxWaitMs !== undefined && !(Number.isFinite(maxWaitMs) && maxWaitMs >= 0)) {
    throw new ShardrockError(
      "option-invalid",
      `shardrock.maxWaitMs must be a finite number from 0 up, got ${maxWaitMs}`,
    );
  }
  if (allowedRegions !== undefined && !Array.isArray(allowedRegions)) {
    throw new ShardrockError("option-invalid", "shardrock.allowedRegions must be a list of Regions");
  }
  return {
    ...(priority !== undefined && { priority }),
    ...(maxWaitMs !== undefined && { maxWaitMs }),
    ...(allowedRegions !== undefined && { allowedRegions }),
  };
}
