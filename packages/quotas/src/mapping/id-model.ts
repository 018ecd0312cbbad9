import { modelWords, nameOf, providerOfId } from "./model-words.ts";

/** A provider, then words with hyphens between them, then at most one revision; so no prefix of a geography fits, and no ARN. */
const idPattern = /^([a-z0-9-]{1,32})\.([a-z0-9]+(?:\.\d+)*(?:-[a-z0-9]+(?:\.\d+)*)*)(?::(\d{1,2}))?$/;

/** The day a model is of, as its id says it: 20250929. */
const dayPattern = /^20\d{6}$/;

/**
 * Reads by rule what a foundation model's id calls the model: `claude-sonnet-4-5-20250929-v1:0` is `claude-sonnet-4.5`.
 * @param id - in lower case, of a bounded length.
 * @returns undefined for an id that is of no foundation model, or that the rule cannot read in one way only.
 */
export function readIdModel(id: string): string | undefined {
  const [, first, rest, revision] = idPattern.exec(id) ?? [];
  if (first === undefined || rest === undefined) return undefined;
  const edition = withRevision(rest, revision);
  const words = edition === undefined ? undefined : modelWords(edition);
  const joined = words === undefined ? undefined : withVersions(words);
  if (joined === undefined) return undefined;
  const named = joined.filter((word) => !dayPattern.test(word));
  const last = named.at(-1) === "v1" ? named.slice(0, -1) : named;
  return last.length === 0 ? undefined : nameOf(providerOfId(first), last);
}

/** Revision 0 is the edition itself: `v1:0` is `v1`, and `v1:1` is `v1.1`. */
function withRevision(rest: string, revision: string | undefined): string | undefined {
  if (revision === undefined || revision === "0") return rest;
  return /(?:^|-)v\d+$/.test(rest) ? `${rest}.${revision}` : undefined;
}

/** Ids write 4.5 as `4-5`. Undefined: three such numbers in a row, which can be read in more than one way. */
function withVersions(words: readonly string[]): readonly string[] | undefined {
  const joined: string[] = [];
  let run = 0;
  for (const word of words) {
    run = /^\d{1,2}$/.test(word) ? run + 1 : 0;
    if (run > 2) return undefined;
    if (run === 2) joined.push(`${joined.pop() ?? ""}.${word}`);
    else joined.push(word);
  }
  return joined;
}
