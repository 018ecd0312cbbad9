import {
  BlockingHealth,
  type Clock,
  type FailoverPolicy,
  type Health,
  moveOnWhenUnprocessed,
  type Random,
} from "@shardrock/core";

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
  /** Retries of what may have been processed, for each call. */
  readonly ambiguousRetries: number;
  /** Retries of what AWS may have worked on, of all calls together: so many a call, and so many in every ten seconds. */
  readonly retryBudget: { readonly share: number; readonly floor: number } | undefined;
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
  ambiguousRetries: 0,
  retryBudget: undefined,
};

/** What the failover package makes. */
export interface Failover {
  policy(parts: Parts): FailoverPolicy;
  health(parts: Parts): Health;
}

/** The failover package's defaults, as it describes them. */
export function failoverSubjectOf(failover: () => Failover): Subject {
  return {
    name: "failover",
    open(parts) {
      const made = failover();
      return { policy: made.policy(parts), health: made.health(parts) };
    },
    movesOnAfter: new Set([...unprocessed, "overloaded", "ambiguous"]),
    owesAfter: new Set(unprocessed),
    repeatsAfter: new Set(["throttled", "not-ready", "session-refused", "overloaded", "refused-by-shared-capacity"]),
    ambiguousRetries: 1,
    retryBudget: { share: 0.2, floor: 10 },
  };
}

/** To switch the promises over: `failoverSubjectOf(() => failover())`. */
export const failoverSubject: Subject | undefined = undefined;
