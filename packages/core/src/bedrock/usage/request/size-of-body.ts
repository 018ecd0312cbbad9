import type { ModelFamily } from "../../fleet/model-catalogue.ts";
import { sizeOfContent } from "./content-size.ts";
import { rulesOf } from "./family-rules.ts";
import { type FieldPath, maxTokensAt } from "./max-tokens.ts";
import { openBody, type RequestSize, sizeOfUnread } from "./request-size.ts";

/** What sizing a JSON body needs known besides the body. */
export interface BodyRules {
  readonly family: ModelFamily;
  /** Where the body says how many tokens may come back. */
  readonly maxTokensPaths: readonly FieldPath[];
}

/** Measures a JSON body, all of whose text the model reads. */
export function sizeOfBody(body: unknown, { family, maxTokensPaths }: BodyRules): RequestSize {
  const opened = openBody(body);
  if (opened.fields === undefined) return sizeOfUnread(opened);
  const { textBytes, blockTokens, blockBytes } = sizeOfContent(opened.fields, rulesOf(family));
  const maxTokens = maxTokensAt(opened.fields, maxTokensPaths);
  return { textBytes, blockTokens, maxTokens, bytes: opened.bytes ?? textBytes + blockBytes };
}
