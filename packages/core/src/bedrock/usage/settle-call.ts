import type { Target } from "../../budget/target.ts";
import type { AttemptCall } from "../../routing/call.ts";
import type { ServedModel } from "../fleet/served-model.ts";
import { countedTokens } from "./answer/counted-tokens.ts";
import type { UsageReading } from "./answer/token-usage.ts";
import { actualCost, promptTokens } from "./cost.ts";
import type { Estimates } from "./estimates/estimates.ts";
import type { RequestSize } from "./request/request-size.ts";

/** A call as it was planned. */
export interface PlannedSize {
  readonly model: ServedModel;
  readonly size: RequestSize;
  /** Who it is for; undefined: nobody was named. */
  readonly tenant: string | undefined;
  /** The `maxTokens` of its size was filled in, in tokens; undefined: its caller set it, or nobody did. */
  readonly filledMaxTokens: number | undefined;
}

/** A call that has ended well, and what AWS said of it. */
export interface EndedCall extends PlannedSize {
  readonly reading: UsageReading;
  readonly call: AttemptCall;
  readonly target: Target;
}

/** Books what a call used and learns from it. Doubt keeps the hold. Only text teaches the ratio: blocks go by rules. */
export function settleCall(ended: EndedCall, estimates: Estimates): void {
  const { reading, call, target, model, size, tenant, filledMaxTokens } = ended;
  call.note({ usageSource: reading.kind, ...(filledMaxTokens !== undefined && { filledMaxTokens }) });
  if (reading.kind !== "reported") return call.settle(undefined);
  const { usage, finish } = reading;
  call.note({ usage });
  call.settle(actualCost(usage, model.burndown, target.endpoint));
  const inputTokens = promptTokens(usage);
  if (size.blockTokens === 0) estimates.learnText(model, tenant, { bytes: size.textBytes, tokens: inputTokens });
  if (finish !== "complete" && finish !== "cut") return;
  estimates.learnLength(model, tenant, {
    outputTokens: usage.outputTokens,
    isCut: finish === "cut",
    heldTokens: size.maxTokens ?? model.maxOutputTokens,
    isUnset: size.maxTokens === undefined || filledMaxTokens !== undefined,
    inputTokens,
  });
}

/** Learns from what CountTokens said of a request; what was no count of text alone teaches nothing. */
export function learnCount(answer: unknown, { model, size, tenant }: PlannedSize, estimates: Estimates): void {
  const tokens = countedTokens(answer);
  if (tokens === undefined || size.blockTokens !== 0) return;
  estimates.learnText(model, tenant, { bytes: size.textBytes, tokens });
}
