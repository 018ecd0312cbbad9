import { lengthQuantile } from "./length-quantile.ts";
import type { OutputLengths } from "./output-lengths.ts";

/** What one risk of cutting an answer short allows. */
export type MaxTokensChoice =
  | {
      readonly kind: "known";
      /** Share of answers that would be longer, 0 to 1. */
      readonly risk: number;
      /** In tokens; at most 4.4 % above the length itself, never above the model's maximum. */
      readonly maxTokens: number;
      /** Tokens of quota a call would hold less while it runs, in the mean. What it is charged in the end stays. */
      readonly freedPerCall: number;
      /** The same for a minute of calls at the present pace. */
      readonly freedPerMinute: number;
      /** How many more calls the same room would hold at once, as a share of those it holds now: 1 is twice as many. */
      readonly concurrencyGain: number;
    }
  | {
      readonly kind: "too-few-calls";
      readonly risk: number;
      readonly maxTokens: undefined;
      /** Calls still needed; Infinity when calls are forgotten before there are enough. */
      readonly moreCalls: number;
    }
  | {
      /** Too many answers were cut by their own max_tokens to know how long they would be. */
      readonly kind: "answers-cut";
      readonly risk: number;
      readonly maxTokens: undefined;
    };

/** How long a model's answers are, what its calls hold for them, and what a tighter max_tokens would give back. */
export interface MaxTokensAdvice {
  /** The name callers use. */
  readonly model: string;
  /** Undefined: all calls of the model. */
  readonly tenant: string | undefined;
  /** Calls that ended well and for a known reason. Old ones count for less, though not here. */
  readonly calls: number;
  /** At the present pace. */
  readonly callsPerMinute: number;
  /** Share of calls that set no max_tokens, 0 to 1. */
  readonly unsetShare: number;
  /** Share of answers that a limit cut, 0 to 1. */
  readonly cutShare: number;
  /** Median of the max_tokens held: the one set, the one filled in, or the model's maximum. Undefined without calls. */
  readonly maxTokensP50: number | undefined;
  /** Lengths of answers in tokens, each undefined while too little is known; at most 4.4 % too long. */
  readonly outputTokens: Readonly<Record<"p50" | "p90" | "p99" | "p999", number | undefined>>;
  /** One for each risk asked for. */
  readonly choices: readonly MaxTokensChoice[];
}

export interface AdviceQuestion {
  readonly model: string;
  readonly tenant: string | undefined;
  /** Shares of answers that may be cut, each above 0 and below 1. */
  readonly risks: readonly number[];
  readonly callsPerMinute: number;
  /** Most tokens the model answers with. */
  readonly maxOutputTokens: number;
}

/** What the lengths seen so far say. */
export function maxTokensAdvice(lengths: OutputLengths, question: AdviceQuestion): MaxTokensAdvice {
  const { model, tenant, risks, callsPerMinute } = question;
  const { calls, unsetShare, cutShare } = lengths;
  const known = (risk: number): number | undefined => {
    const quantile = lengthQuantile(lengths, risk);
    return quantile.kind === "known" ? Math.min(quantile.tokens, question.maxOutputTokens) : undefined;
  };
  return {
    model,
    tenant,
    calls,
    callsPerMinute,
    unsetShare,
    cutShare,
    maxTokensP50: medianHeld(lengths),
    outputTokens: { p50: known(0.5), p90: known(0.1), p99: known(0.01), p999: known(0.001) },
    choices: risks.map((risk) => choiceAt(risk, lengths, question)),
  };
}

function choiceAt(
  risk: number,
  lengths: OutputLengths,
  { callsPerMinute, maxOutputTokens }: AdviceQuestion,
): MaxTokensChoice {
  const quantile = lengthQuantile(lengths, risk);
  if (quantile.kind !== "known") return { ...quantile, risk, maxTokens: undefined };
  const maxTokens = Math.min(quantile.tokens, maxOutputTokens);
  const freedPerCall = meanHeld(lengths, (held) => Math.max(0, held - maxTokens));
  const heldPerCall = lengths.meanInputTokens + meanHeld(lengths, (held) => held);
  return {
    kind: "known",
    risk,
    maxTokens,
    freedPerCall: Math.round(freedPerCall),
    freedPerMinute: Math.round(freedPerCall * callsPerMinute),
    concurrencyGain: heldPerCall / (heldPerCall - freedPerCall) - 1,
  };
}

function meanHeld({ held, lastHeld }: OutputLengths, value: (heldTokens: number) => number): number {
  let sum = 0;
  let total = 0;
  for (const [bin, weight] of held.entries()) {
    sum += weight * value(lastHeld[bin] ?? 0);
    total += weight;
  }
  return total === 0 ? 0 : sum / total;
}

function medianHeld({ held, lastHeld }: OutputLengths): number | undefined {
  const half = held.reduce((sum, weight) => sum + weight, 0) / 2;
  let sum = 0;
  for (const [bin, weight] of held.entries()) {
    sum += weight;
    if (sum > 0 && sum >= half) return lastHeld[bin];
  }
  return undefined;
}
