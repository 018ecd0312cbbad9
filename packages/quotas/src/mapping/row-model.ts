import { modelWords, nameOf, splitProvider } from "./model-words.ts";

/** A model as a row names it. */
export interface RowModel {
  readonly kind: "row-model";
  readonly model: string;
  readonly isLongContext: boolean;
}

/** What of a name is not understood. */
export interface UnknownWords {
  readonly kind: "unknown-words";
  readonly reason: string;
}

/** Words of rows that are no words of a model: where one is left over, the row says more than we know. */
const wordsOfRows: ReadonlySet<string> = new Set(
  (
    "account accounts batch call calls context cross custom day endpoint for global hour inference invocation " +
    "invocations latency length mantle minute model models optimised optimized per provisioned region regional " +
    "regions request requests runtime second token tokens"
  ).split(" "),
);

const longContext = " 1m context length";
/** Rows write the first edition of a model or leave it out; a later one they always write. */
const firstEdition = " v1";

/**
 * Reads by rule what a row says after "for", given as plain text.
 * Source: AWS General Reference, "Amazon Bedrock endpoints and quotas" (read 2026-11-22).
 */
export function readRowModel(text: string): RowModel | UnknownWords {
  const isLongContext = text.endsWith(longContext);
  const name = without(firstEdition, without(longContext, text));
  const { provider, rest } = splitProvider(name) ?? { provider: undefined, rest: name };
  const words = modelWords(rest);
  if (words === undefined) return unknown("what stands for the model is no name of a model");
  const surplus = words.find((word) => wordsOfRows.has(word));
  if (surplus !== undefined) return unknown(`what stands for the model holds the word "${surplus}"`);
  const model = provider === undefined ? words.join("-") : nameOf(provider, words);
  return { kind: "row-model", model, isLongContext };
}

function without(ending: string, text: string): string {
  return text.endsWith(ending) ? text.slice(0, -ending.length) : text;
}

function unknown(reason: string): UnknownWords {
  return { kind: "unknown-words", reason };
}
