/** First words of ids, and where they were read. Config cannot change them: an id may only be trusted less, never more. */
export interface IdWords {
  readonly words: ReadonlySet<string>;
  readonly source: string;
  /** Date the source was read. */
  readonly readOn: string;
}

/** Prefixes of a geography's cross-Region profiles; `global` is a scope of its own. An unknown one is taken for a geography. */
export const profilePrefixes: IdWords = {
  words: new Set("us us-gov eu apac jp au ca sa kr in il mx".split(" ")),
  source: "AWS agent toolkit and sample-bedrock-quota-checker",
  readOn: "2026-11-22",
};

/**
 * First words of plain model ids. A word that is not here proves nothing, so such an id's destinations are unknown:
 * without this list a new geography's profile would pass for a model that stays in its Region.
 */
export const providers: IdWords = {
  words: new Set(
    (
      "ai21 amazon anthropic cohere deepseek google luma meta minimax mistral moonshot moonshotai nvidia openai qwen " +
      "stability twelvelabs writer zai"
    ).split(" "),
  ),
  source: 'AWS, "Models at a glance" and "Supported foundation models"',
  readOn: "2026-11-22",
};
