/** What a history is judged by. */
export interface HistoryWorld {
  readonly windowUs: number;
  /** Units per window that no process may ever believe more than, by quota. */
  readonly limits: ReadonlyMap<string, number>;
  readonly processes: number;
  /** Part of the limits that all processes together may use while the store is gone. */
  readonly localShare: number;
  /** How long a process waits for the store, at least so long that a busy machine is not taken for it. */
  readonly timeoutUs: number;
  /** How long after a fault its consequences may last: time-outs, coming back, merging. */
  readonly graceUs: number;
}

/** Of the limit a window may hold while more of it is asked for on purpose. Source: core's `habit.largestAsked`. */
export const largestAsked = 1.05;
