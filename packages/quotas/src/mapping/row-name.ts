import { nameOfSpelling } from "./known-spellings.ts";
import type { Meaning, ModelMeaning, Unmapped } from "./meaning.ts";
import { longestName, plainText } from "./plain-text.ts";
import { readRowModel } from "./row-model.ts";

/** What a row's name says before the model. */
type Kind = Omit<ModelMeaning, "kind" | "model">;

/** A family of rows: the whole name, its last part the model. Each pattern is read in one pass: no part can match twice. */
interface Family {
  readonly pattern: RegExp;
  /** @param words - what the pattern's groups caught but for the model. */
  readonly kindOf: (words: readonly (string | undefined)[]) => Kind;
}

/**
 * Source: AWS General Reference, "Amazon Bedrock endpoints and quotas"; aws-samples/sample-bedrock-quota-checker and
 * awslabs/bedrock-usage-analyzer for mantle and latency-optimized rows (read 2026-11-22).
 */
const families: readonly Family[] = [
  {
    pattern:
      /^(on-demand|cross-region|global cross-region)(,? latency-optimi[sz]ed)? model inference (tokens|requests) per (minute|day) for (.+)$/,
    kindOf: ([scope, latency, unit, window]) => ({
      endpoint: "runtime",
      scope: scope === "on-demand" ? "on-demand" : scope === "cross-region" ? "geo" : "global",
      variant: latency === undefined ? "standard" : "latency-optimized",
      unit: unit === "requests" ? "requests" : "tokens",
      window: window === "day" ? "day" : "minute",
    }),
  },
  {
    pattern:
      /^model invocation max (latency-optimi[sz]ed )?tokens per day for ([^()]+?)(?: \(doubled for cross-region calls\))?$/,
    kindOf: ([latency]) => ({
      endpoint: "runtime",
      scope: "regional",
      variant: latency === undefined ? "standard" : "latency-optimized",
      unit: "tokens",
      window: "day",
    }),
  },
  {
    pattern: /^\[bedrock-mantle endpoint\] (input|output) tokens per minute for (.+)$/,
    kindOf: ([unit]) => ({
      endpoint: "mantle",
      scope: "on-demand",
      variant: "standard",
      unit: unit === "output" ? "outputTokens" : "inputTokens",
      window: "minute",
    }),
  },
];

/** The account's day, by its name of today and by the one before. */
const crossModelDay: ReadonlySet<string> = new Set([
  "cross-model max tokens per day",
  "cross-model account-level tokens per day",
]);

/** What a row's name alone says. */
export function meaningOfName(name: string): Meaning {
  const text = plainText(name);
  if (text === undefined) return unmapped(`its name has ${name.length} characters, more than ${longestName}`);
  if (crossModelDay.has(text)) return { kind: "cross-model-day" };
  for (const { pattern, kindOf } of families) {
    const words = pattern.exec(text)?.slice(1);
    if (words !== undefined) return meaningOfModel(kindOf(words), words.at(-1) ?? "");
  }
  return speaksOfInference(text)
    ? unmapped("its name speaks of inference in words that are not known")
    : { kind: "unrelated" };
}

function meaningOfModel(kind: Kind, text: string): Meaning {
  const read = readRowModel(text);
  if (read.kind === "unknown-words") return unmapped(read.reason);
  if (read.isLongContext && kind.variant !== "standard") return unmapped("it is of long context and of low latency");
  const variant = read.isLongContext ? "long-context" : kind.variant;
  return { kind: "model", ...kind, variant, model: nameOfSpelling(read.model) };
}

/** Quotas of what is built around models begin so; they count text units, pages and requests of their own. */
const featurePattern =
  /^\((?:automated reasoning|data automation|evaluation|flows|guardrails|knowledge bases|model customization|prompt management)\) /;
/** How often an operation that runs no model may be called: "GetAgent requests per second". */
const operationPattern = /^(?!invokemodel|converse|counttokens|responses|messages|chat)[a-z]+ requests per second$/;
const countedPattern = /\b(?:tokens?|requests?|invocations?|calls?|tpm|rpm|tpd|rpd)\b/;
const inferencePattern =
  /\b(?:inference|invocations?|invoke[a-z]*|converse[a-z]*|mantle|cross-region|cross-model|on-demand|latency|per minute|per day|tpm|rpm|tpd|rpd)\b/;

/** Rather too often than too seldom: what is said to be unrelated is never heard of again. */
function speaksOfInference(text: string): boolean {
  if (featurePattern.test(text) || operationPattern.test(text)) return false;
  return countedPattern.test(text) && inferencePattern.test(text);
}

function unmapped(reason: string): Unmapped {
  return { kind: "unmapped", reason };
}
