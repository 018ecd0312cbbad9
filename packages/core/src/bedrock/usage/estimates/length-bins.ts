/** So many bins for each doubling: a bin's ends are 4.4 % apart, so a length read off them is at most that much too long. */
const binsPerDoubling = 16;

/** Up to 2 ** 24 tokens: more than any model answers with, and more than a config may say. */
const doublings = 24;

export const binCount: number = binsPerDoubling * doublings + 1;

/** The bin of a number of tokens; nothing counts as 1. */
export function binOf(tokens: number): number {
  return tokens <= 1 ? 0 : Math.min(binCount - 1, Math.floor(Math.log2(tokens) * binsPerDoubling));
}

/** The largest number of tokens in a bin. */
export function mostIn(bin: number): number {
  return Math.max(1, Math.ceil(2 ** ((bin + 1) / binsPerDoubling)) - 1);
}
