import { isRecord } from "../../config/plain-data.ts";
import type { UsageReading } from "./token-usage.ts";

/**
 * Why an answer ended. `complete`: the model had said it all, or stopped where it was told to. `cut`: a limit of tokens
 * cut it, so it says only "at least this long". `other`: its length says nothing (a filter, several answers in one), or
 * nobody knows the reason.
 */
export type Finish = "complete" | "cut" | "other";

/**
 * In lower case: Converse, Anthropic, OpenAI, Llama, Mistral, Titan, Cohere.
 * Source: service model of client-bedrock-runtime 3.1163, and AWS, "Inference request parameters", one page a provider
 * (read 2026-11-22).
 */
const finishOfReason: ReadonlyMap<string, Finish> = new Map([
  ...["end_turn", "stop_sequence", "tool_use", "stop", "tool_calls", "tool_call", "function_call"].map(complete),
  ...["complete", "completed", "finish", "finished", "stop_criteria_met"].map(complete),
  ...["max_tokens", "length", "max_output_tokens", "model_context_window_exceeded"].map(cut),
]);

/** Why a whole answer ended, or what one event of a stream says of it; undefined when it says nothing. */
export function finishOf(answer: unknown): Finish | undefined {
  if (!isRecord(answer)) return undefined;
  const { choices, outputs, results, generations } = answer;
  for (const parts of [choices, outputs, results, generations]) {
    if (Array.isArray(parts) && parts.length > 0) return finishOfParts(parts);
  }
  const { stopReason, stop_reason: stopped, completionReason, finish_reason: finished } = answer;
  return finishOfText(stopReason ?? stopped ?? completionReason ?? finished) ?? finishOfResponse(answer);
}

/** What is known of a stream's end after one more event. Several answers in one stay what they are. */
export function laterFinish(earlier: Finish | undefined, later: Finish | undefined): Finish | undefined {
  return earlier === "other" ? earlier : (later ?? earlier);
}

/** A reading that says why its answer ended too. */
export function withFinish(reading: UsageReading, finish: Finish | undefined): UsageReading {
  return reading.kind === "reported" && finish !== undefined ? { ...reading, finish } : reading;
}

/** Usage is told for all parts together, so the length of one of several is not known. */
function finishOfParts(parts: readonly unknown[]): Finish | undefined {
  const [only, ...others] = parts;
  if (!isRecord(only)) return undefined;
  if (others.length > 0 || (typeof only["index"] === "number" && only["index"] > 0)) return "other";
  const { finish_reason: finished, stop_reason: stopped, completionReason } = only;
  return finishOfText(finished ?? stopped ?? completionReason);
}

/** Source: OpenAI, API reference, Response (read 2026-11-22). */
function finishOfResponse({ status, incomplete_details: details }: Readonly<Record<string, unknown>>) {
  if (status === "incomplete") return isRecord(details) ? finishOfText(details["reason"]) : "other";
  return status === "completed" ? "complete" : undefined;
}

function finishOfText(reason: unknown): Finish | undefined {
  return typeof reason === "string" ? (finishOfReason.get(reason.toLowerCase()) ?? "other") : undefined;
}

function complete(reason: string): readonly [string, Finish] {
  return [reason, "complete"];
}

function cut(reason: string): readonly [string, Finish] {
  return [reason, "cut"];
}
