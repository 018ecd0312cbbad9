import {
  BlockingHealth,
  type Clock,
  type FailoverPolicy,
  type Health,
  moveOnWhenUnprocessed,
  type Random,
} from "@shardrock/core";
import { failover, type FailoverOptions } from "@shardrock/failover";

interface Parts {
  readonly clock: Clock;
  readonly random: Random;
}

/** What is proven: a failover policy with its health, and what they say of themselves. */
export interface Subject {
  readonly name: string;
  open(parts: Parts): {
    readonly policy: FailoverPolicy;
    readonly health: Health;
  };
  /** Kinds of verdicts after which a call may be tried again. */
  readonly movesOnAfter: ReadonlySet<string>;
  /** Those of them after which it must be, while there is somewhere else to go: AWS did not process it. */
  readonly owesAfter: ReadonlySet<string>;
  /** Those of them after which the same target may be tried again. */
  readonly repeatsAfter: ReadonlySet<string>;
  /** Those of them after which it may be tried again only once. */
  readonly comesBackOnceAfter: ReadonlySet<string>;
  /** Retries of what may have been processed, for each call. */
  readonly ambiguousRetries: number;
  /** Retries of what AWS may have worked on, of all calls together: so many a call, and so many in every ten seconds. */
  readonly retryBudget: { readonly share: number; readonly floor: number } | undefined;
  /** Second attempts beside a slow one, of all calls together, as above; undefined: there is never more than one. */
  readonly hedges: { readonly share: number; readonly floor: number } | undefined;
}

const unprocessed = [
  "throttled",
  "account-failed",
  "session-refused",
  "target-denied",
  "unreachable",
  "not-ready",
  "refused-by-shared-capacity",
];

/** What core does by itself: it moves on what AWS did not process. */
export const coreSubject: Subject = {
  name: "core",
  open: ({ clock }) => ({ policy: moveOnWhenUnprocessed, health: new BlockingHealth({ clock }) }),
  movesOnAfter: new Set(unprocessed),
  owesAfter: new Set(unprocessed),
  repeatsAfter: new Set(["throttled"]),
  comesBackOnceAfter: new Set(),
  ambiguousRetries: 0,
  retryBudget: undefined,
  hedges: undefined,
};

/** The failover package, by its options. */
export const failoverOf = (name: string, options: FailoverOptions = {}): Subject => ({
  name,
  open(parts) {
    const made = failover(options);
    return { policy: made.policy(parts), health: made.health(parts) };
  },
  movesOnAfter: new Set([...unprocessed, "overloaded", "ambiguous"]),
  owesAfter: new Set(unprocessed),
  repeatsAfter: new Set(["throttled", "unreachable", "not-ready", "overloaded", "refused-by-shared-capacity"]),
  comesBackOnceAfter: new Set(["unreachable", "not-ready"]),
  ambiguousRetries: 1,
  retryBudget: { share: options.retryBudget?.share ?? 0.2, floor: options.retryBudget?.floor ?? 10 },
  hedges: options.hedging && { share: options.hedging.share ?? 0.02, floor: 1 },
});

/** The failover package as it comes. */
export const failoverSubject: Subject = failoverOf("failover");

/** It hedges, and soon, so that many calls have two attempts side by side. */
export const hedgingSubject: Subject = failoverOf("hedging", { hedging: { afterMs: 500, share: 0.5 } });

/** It may hardly make anything again, so that the budget is what ends many calls. */
export const thriftySubject: Subject = failoverOf("thrifty", { retryBudget: { share: 0.1, floor: 1 } });

/** Everything that is proven, by its name. */
export const subjects: readonly Subject[] = [coreSubject, failoverSubject, hedgingSubject, thriftySubject];

/** Each seed proves one. @param among - of these. */
export function subjectOf(seed: number, among: readonly Subject[] = subjects): Subject {
  return among[seed % among.length] ?? coreSubject;
}
