/** What a quota counts. */
export type Unit = "requests" | "tokens" | "inputTokens" | "outputTokens";

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

/** What a cost takes of a unit. Spelled out, because a property looked up by a changing name is slow where it counts. */
export function unitsOf(cost: Cost, unit: Unit): number | undefined {
  switch (unit) {
    case "tokens":
      return cost.tokens;
    case "requests":
      return cost.requests;
    case "inputTokens":
      return cost.inputTokens;
    case "outputTokens":
      return cost.outputTokens;
    default:
      return unit satisfies never;
  }
}
