import type { Evidence } from "./evidence.ts";
import { habit } from "./habit.ts";

/**
 * What a limit is taken for, as a share of what it was, once nothing explains what AWS refused under it.
 * @param slidingLimit - what a sliding window's limit would have to be, as a share of it; undefined: it is not that.
 */
export function afterRetreat({ most }: Evidence, slidingLimit: number | undefined): number {
  const { raise, retreat, slidingRetreat, steepestRetreat } = habit;
  const isFarBeyond = slidingLimit === undefined && most > raise;
  const step = isFarBeyond ? most : Math.max(steepestRetreat, slidingLimit ?? Math.min(1, most));
  return step * (slidingLimit === undefined ? retreat : slidingRetreat);
}
