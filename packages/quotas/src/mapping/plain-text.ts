/** Far above the longest name AWS gives a quota or a model, so that no pattern ever sees more. */
export const longestName = 256;

/**
 * A name without what AWS varies and nobody means: case, the kind and number of spaces, the kind of hyphen.
 * Undefined: too long to be a name.
 */
export function plainText(name: string): string | undefined {
  if (name.length > longestName) return undefined;
  return name
    .replaceAll(/[\u2010-\u2015]/g, "-")
    .replaceAll(/\s+/g, " ")
    .trim()
    .toLowerCase();
}
