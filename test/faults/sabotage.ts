import type { Attempt, Ledger, RouterEvent, RouterOptions } from "@shardrock/core";

/** Parts broken on purpose, to see that a run notices. */
export interface Sabotage {
  /** Goes between the router and the book that is watched. */
  readonly ledger?: (ledger: Ledger) => Ledger;
  readonly options?: (options: RouterOptions) => RouterOptions;
  readonly attempt?: <T>(attempt: Attempt<T>) => Attempt<T>;
  /** What listeners are told in place of an event. */
  readonly tells?: (event: RouterEvent) => readonly RouterEvent[];
  /** The router never hears of what operators do. */
  readonly isDeaf?: boolean;
}
