import type { Cost, Quota } from "./quota.ts";
import type { QuotaSnapshot } from "./quota-snapshot.ts";
import type { Shifts } from "./shifts.ts";
import type { Candidate, Target } from "./target.ts";

/** When a candidate could start, as the book sees it now; may be stale when the book is shared. */
export interface Quote {
  /** Milliseconds until the call fits; 0 or less is now, less the less of its quotas is spent. Infinity: never. */
  readonly startsInMs: number;
  /** Share of the tightest quota that is free, 0 to 1. */
  readonly headroom: number;
  /** True when the time rests on something AWS does not publish. */
  readonly isEstimated: boolean;
}

/** Capacity held for one call. The first ending counts; later ones do nothing. */
export interface Reservation {
  readonly kind: "reserved";
  readonly target: Target;
  /** Above 0: booked ahead, it may not be sent before; in ms from the answer, at most 2 000. Unless told: now. */
  readonly startsInMs?: number;
  /**
   * The call ended and took `actual`: surplus goes back at once, a shortfall is booked.
   * A unit left out, or not a finite number of 0 or more, keeps its hold.
   */
  settle(actual: Cost): void;
  /** AWS surely took nothing: everything goes back. */
  release(): void;
  /** In doubt: the hold stays spent. */
  keep(reason: string): void;
  /** AWS refused where the book said yes: minute quotas keep the hold, day quotas give it back, and the book learns. */
  throttled(evidence: ThrottleEvidence): void;
}

/** "Not now": a value, not an error. A refusal changes nothing. */
export interface Refusal {
  readonly kind: "refused";
  /** The quota that is short on the candidate that could start first. */
  readonly short: Quota;
  /** Milliseconds until one candidate fits, above 0; of a shared book, until it is worth asking again. */
  readonly retryAfterMs: number;
  /** Milliseconds until one can start, where that is later than it is worth asking. */
  readonly startsInMs?: number;
  /** True when the time rests on something AWS does not publish. */
  readonly isEstimated: boolean;
}

/** AWS refused a call the book had room for. */
export interface ThrottleEvidence {
  /** Which quotas it speaks of; `unknown` is taken for every minute quota of the target. */
  readonly scope: "requests-per-minute" | "tokens-per-minute" | "tokens-per-day" | "unknown";
}

/** The book: what each quota has spent and promised. */
export interface Ledger {
  /** True: what it says fits now it books when asked in the same turn. Unless so, others book too, and an answer takes time. */
  readonly isExact?: boolean;
  /** Tells when a time it told is another; undefined: what it told says nothing of later. */
  readonly shifts?: Shifts | undefined;
  /** Milliseconds until the call fits; 0 or less is now, less the less of its quotas is spent, Infinity never. `nowMs` is the clock's `monotonicMs`. */
  startsInMs(candidate: Candidate, nowMs: number): number;
  /**
   * The same for each of many candidates, which is quicker at once; one that has not this is asked for each.
   * @param startsInMs - is written over from its beginning; at least as long as the candidates.
   */
  startsOfAll?(candidates: readonly Candidate[], nowMs: number, startsInMs: Float64Array): void;
  /** The same with what explains it; slower. */
  quote(candidate: Candidate, nowMs: number): Quote;
  /**
   * Books one candidate on all its quotas, or none at all.
   * @param candidates - in order of preference; the first that fits now is booked.
   * @param withinMs - what could only start later is refused instead of booked ahead; unless told, Infinity.
   */
  reserve(candidates: readonly Candidate[], signal?: AbortSignal, withinMs?: number): Promise<Reservation | Refusal>;
  /** What every minute quota that was ever asked for shows now. */
  snapshot(nowMs: number): readonly QuotaSnapshot[];
  /**
   * What calls of this book took of a quota, by the minute they ended in: its beginning in ms since 1970, units that were
   * settled. At least the last 40 minutes; a minute without any is not in it. A call in doubt took what it held.
   */
  settledByMinute(key: string): ReadonlyMap<number, number>;
  /** Resolves when every ending so far is in the book; a book of one process has them at once. @throws the signal's reason. */
  flush?(signal?: AbortSignal): Promise<void>;
  /** These targets are asked for no more; what is booked there ends as ever, and their quotas may be other targets' too. */
  forget?(targets: Iterable<Target>): void;
  /** Calls back whenever capacity came back earlier than quotes said; dispose to stop. */
  onGiveBack(listener: () => void): Disposable;
}
