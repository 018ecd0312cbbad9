import type { Target } from "../../budget/target.ts";
import type { AttemptCall } from "../../routing/call.ts";
import type { ServedModel } from "../fleet/served-model.ts";
import { countedTokens } from "./answer/counted-tokens.ts";
import type { UsageReading } from "./answer/token-usage.ts";
import { actualCost, promptTokens } from "./cost.ts";
import { rulesOf } from "./request/family-rules.ts";
import type { RequestSize } from "./request/request-size.ts";
import { TokenRatio } from "./token-ratio.ts";

/** A call that has ended well, and what AWS said of it. */
export interface EndedCall {
  readonly reading: UsageReading;
  readonly call: AttemptCall;
  readonly target: Target;
  readonly model: ServedModel;
  readonly size: RequestSize;
}

/** Books what a call used and learns from it. Doubt keeps the hold. Only text teaches the ratio: blocks go by rules. */
export function settleCall({ reading, call, target, model, size }: EndedCall): void {
  call.note({ usageSource: reading.kind });
  if (reading.kind !== "reported") return call.settle(undefined);
  const { usage } = reading;
  call.note({ usage });
  call.settle(actualCost(usage, model.burndown, target.endpoint));
  if (size.blockTokens === 0) tokenRatioOf(model).learn(size.textBytes, promptTokens(usage));
}

/** Learns from what CountTokens said of a request; what was no count of text alone teaches nothing. */
export function learnCount(answer: unknown, model: ServedModel, size: RequestSize): void {
  const tokens = countedTokens(answer);
  if (tokens !== undefined && size.blockTokens === 0) tokenRatioOf(model).learn(size.textBytes, tokens);
}

const ratios = new WeakMap<ServedModel, TokenRatio>();

/** What is known of a model's tokenizer, learnt by every way into Bedrock that serves the model. */
export function tokenRatioOf(model: ServedModel): TokenRatio {
  const known = ratios.get(model);
  if (known !== undefined) return known;
  const ratio = new TokenRatio(rulesOf(model.family).tokensPerByte);
  ratios.set(model, ratio);
  return ratio;
}
