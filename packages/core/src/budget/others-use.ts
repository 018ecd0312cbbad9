import { habit } from "./habit.ts";

/** What others use of a quota, of which more or less is known than was. */
export interface OthersUse {
  /** Units per window that they left, as far as was known, and that they leave. */
  readonly leftBefore: number;
  readonly left: number;
  /** Share of their use, as it was known, that is still there, 0 to 1; 0: they have gone. */
  readonly stays: number;
}

/**
 * What remains of a limit that was learned, as a share of what others leave, once it is known what they use. A smaller limit
 * than was known of may be nothing but their use, and a larger one that they have gone: so much of it is taken back, and the
 * book goes by the same limit as before. What little is left of it was others' use too, and goes as they go.
 */
export function shareBeside(share: number, { leftBefore, left, stays }: OthersUse): number {
  const explained = (share * leftBefore) / left;
  if (share >= 1) return Math.max(1, Math.min(share, explained));
  if (left >= leftBefore) return 1 - (1 - share) * stays;
  return explained >= habit.explained ? 1 : explained;
}

/**
 * What remains of a limit that was learned, as a share of what AWS publishes, once it publishes another one. A smaller limit
 * that was learned may be that very cut, and a larger one that raise: so much of it is taken back, or it would count twice.
 * @param ratio - what was published before ÷ now.
 */
export function shareOfAnother(share: number, ratio: number): number {
  const explained = share * ratio;
  if (share < 1 && ratio > 1) return explained >= habit.explained ? 1 : explained;
  return share > 1 && ratio < 1 ? Math.max(1, explained) : share;
}
