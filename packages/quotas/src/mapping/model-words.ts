import { providers } from "./providers.ts";
import type { Provider } from "./providers.ts";

/** A word, or a number with its points: `sonnet`, `llama3`, `4.5`, `v3.2`, `a3b`. */
const wordPattern = /^[a-z0-9]+(?:\.\d+)*$/;

/** Letters with a number glued to them, which rows and ids do as they like: `llama4`. One letter is a name: `k2.5`. */
const gluedPattern = /^([a-z]{2,})(\d+(?:\.\d+)*)$/;

/**
 * Words of a name in plain text, a number apart from the letters before it.
 * Undefined: it holds what no name of a model holds.
 */
export function modelWords(text: string): readonly string[] | undefined {
  const words = text.split(/[ -]/).filter((word) => word !== "");
  return words.length > 0 && words.every((word) => wordPattern.test(word)) ? words.flatMap(unglued) : undefined;
}

function unglued(word: string): readonly string[] {
  const [, letters, number] = gluedPattern.exec(word) ?? [];
  return letters === undefined || number === undefined ? [word] : [letters, number];
}

/** The provider a row's words begin with, and what follows it. */
export function splitProvider(text: string): { readonly provider: Provider; readonly rest: string } | undefined {
  for (const provider of providers) {
    const spelling = provider.spellings.find((each) => text.startsWith(`${each} `));
    if (spelling !== undefined) return { provider, rest: text.slice(spelling.length + 1) };
  }
  return undefined;
}

/** The provider whose model ids begin so; an unknown one is known by that word. */
export function providerOfId(first: string): Provider {
  return providers.find(({ ids }) => ids.includes(first)) ?? { ids: [first], spellings: [], families: [] };
}

/** What a provider's model is called: without the provider where the family is known without it. */
export function nameOf({ ids, families }: Provider, words: readonly string[]): string {
  const [first = ""] = words;
  return families.includes(first) ? words.join("-") : [...ids.slice(0, 1), ...words].join("-");
}
