import type { TraceCall } from "../traces/trace-call.ts";

/** What calls ask for as max_tokens, if not what they do. */
export type MaxTokensRule = "as given" | "halved" | "as used";

/**
 * A call with another maximum; never so low that its answer would be cut.
 * @param maximum - what it holds when it sets none; undefined: what the router has learnt, of which there is no half.
 */
export function withMaxTokens(call: TraceCall, rule: MaxTokensRule, maximum: number | undefined): TraceCall {
  const least = Math.max(1, call.outputTokens);
  switch (rule) {
    case "as given":
      return call;
    case "halved": {
      const held = call.maxTokens ?? maximum;
      return held === undefined ? call : { ...call, maxTokens: Math.max(least, Math.ceil(held / 2)) };
    }
    case "as used":
      return { ...call, maxTokens: least };
    default:
      return rule satisfies never;
  }
}
