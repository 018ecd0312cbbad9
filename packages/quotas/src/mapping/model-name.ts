import { readIdModel } from "./id-model.ts";
import { nameOfIrregularId } from "./known-spellings.ts";
import { longestName } from "./plain-text.ts";

/**
 * What a foundation model is called, in the words of `ModelMeaning.model`, so that its id and its quota rows meet:
 * `anthropic.claude-sonnet-4-5-20250929-v1:0` is `claude-sonnet-4.5`, and so is "Anthropic Claude Sonnet 4.5 V1".
 * A model that nobody has heard of meets its rows too, when AWS names it in the usual way.
 * @returns undefined for what is no foundation model's id, such as a profile's, an ARN, or `amazon.nova-lite-v1:0:24k`.
 */
export function modelName(modelId: string): string | undefined {
  if (modelId.length > longestName) return undefined;
  const byRule = readIdModel(modelId.toLowerCase());
  return byRule === undefined ? undefined : nameOfIrregularId(byRule);
}
