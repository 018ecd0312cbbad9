/** What a search found, and how. */
export interface Smallest {
  /** Undefined: nothing up to the largest tried is enough. */
  readonly value: number | undefined;
  /** The largest that was tried. */
  readonly tried: number;
}

export interface SearchBounds {
  /** Where it begins, from `least` up to `most`. */
  readonly start: number;
  readonly least: number;
  readonly most: number;
}

/**
 * The smallest whole number that is enough, where more is never worse: what is not enough is doubled, then the gap is halved.
 * The number below the answer has been tried, unless it is below `least`.
 */
export async function smallest(
  isEnough: (value: number) => Promise<boolean>,
  { start, least, most }: SearchBounds,
): Promise<Smallest> {
  let [below, value, tried] = [least - 1, Math.min(start, most), 0];
  for (;;) {
    tried = Math.max(tried, value);
    if (await isEnough(value)) break;
    if (value >= most) return { value: undefined, tried };
    below = value;
    value = Math.min(most, Math.max(1, value) * 2);
  }
  while (value - below > 1) {
    const middle = Math.floor((below + value) / 2);
    if (await isEnough(middle)) value = middle;
    else below = middle;
  }
  return { value, tried };
}
