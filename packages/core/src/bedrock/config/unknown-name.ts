import type { ConfigPath, ConfigProblem } from "./error.ts";
import { didYouMean, nameList } from "./nearest-name.ts";

/** A name that leads nowhere, and what it may have been; nothing when it is known. */
export function unknownName(name: string, known: readonly string[], path: ConfigPath): readonly ConfigProblem[] {
  if (known.includes(name)) return [];
  return [{ path, message: `speaks of ${name}, which is not among ${nameList(known)}${didYouMean(name, known)}` }];
}
