/** What quotas count. */
export const units = ["requests", "tokens", "inputTokens", "outputTokens"] as const;
export type Unit = (typeof units)[number];

/** One ceiling AWS enforces. Several targets may share one; its limit lives in `Limits`. */
export interface Quota {
  /** The same key is the same page of the book. */
  readonly key: string;
  readonly unit: Unit;
  /** Length of the window the limit speaks of, in ms. A day or more is a day quota: counted, advisory until AWS refuses. */
  readonly windowMs: number;
}

/** What a call takes of each unit; a unit left out is 0. Counts are finite and 0 or more. */
export type Cost = Readonly<Partial<Record<Unit, number>>>;

/** Windows this long or longer are day quotas. */
export const dayWindowMs = 86_400_000;

/**
 * What a cost takes of the unit at a place of `units`. Spelled out, because a property looked up by a changing name is
 * slow where every candidate of every call is looked at.
 */
export function unitsAt(cost: Cost, place: number): number | undefined {
  switch (place) {
    case 0:
      return cost.requests;
    case 1:
      return cost.tokens;
    case 2:
      return cost.inputTokens;
    default:
      return cost.outputTokens;
  }
}
