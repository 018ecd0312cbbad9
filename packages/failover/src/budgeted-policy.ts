import type {
  BegunAttempt,
  Clock,
  FailedAttempt,
  FailoverPolicy,
  Hedge,
  NextStep,
  Random,
  Target,
} from "@shardrock/core";
import type { RetryBudget } from "./retry-budget.ts";
import { capacityScope } from "./scopes.ts";

export interface BudgetedPolicyOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly budget: RetryBudget;
  /** How often one call may be made again after what may have been processed, 0 up. */
  readonly ambiguousRetries: number;
  /** Undefined: no attempt is hedged. */
  readonly hedging?: Hedging | undefined;
}

/** When a second attempt is made beside a slow one. */
export interface Hedging {
  /** Of waiting for an answer, in ms above 0. */
  readonly afterMs: number;
  /** How many there may be, apart from retries; each is taken out of both. */
  readonly budget: RetryBudget;
}

/** First and longest wait before shared capacity is asked again where there is no other, in ms. */
const capacityBackoff = { firstMs: 250, longestMs: 8_000 };

/** A hedge takes its whole hold a second time, so it goes only where this much is free. */
const hedgeHeadroom = 0.5;

const stop: NextStep = { kind: "stop" };

/**
 * Moves a call on while there is a target that could still serve it. What AWS did not process costs nothing but the try;
 * what AWS may have worked on comes out of the retry budget.
 */
export class BudgetedPolicy implements FailoverPolicy {
  readonly #options: BudgetedPolicyOptions;
  /** Not there when nothing is hedged, so that no call is asked about. */
  readonly hedge: FailoverPolicy["hedge"];
  /** Errors of attempts that were broken off: their retry is taken out of the budget already. */
  readonly #paid = new WeakSet<object>();

  constructor(options: BudgetedPolicyOptions) {
    this.#options = options;
    const { hedging } = options;
    this.hedge = hedging && ((begun) => this.#hedgeOf(begun, hedging));
  }

  begins(): void {
    const { budget, clock, hedging } = this.#options;
    const nowMs = clock.monotonicMs();
    budget.deposit(nowMs);
    hedging?.budget.deposit(nowMs);
  }

  next(failed: FailedAttempt): NextStep {
    const step = this.#stepAfter(failed);
    if (step.kind === "stop") return step;
    const avoid = avoided(failed);
    return avoid.length === 0 ? step : { ...step, avoid };
  }

  breaksOff(hung: FailedAttempt): boolean {
    if (!this.#mayRepeat(hung) || !this.#mayRetry()) return false;
    if (typeof hung.error === "object" && hung.error !== null) this.#paid.add(hung.error);
    return true;
  }

  #hedgeOf({ target: { accountId }, candidates }: BegunAttempt, { afterMs, budget }: Hedging): Hedge | undefined {
    const suits = (target: Target): boolean => target.accountId !== accountId;
    if (!candidates.some(suits)) return undefined;
    const take = (): boolean => {
      const nowMs = this.#options.clock.monotonicMs();
      return budget.has(nowMs) && this.#mayRetry() && budget.withdraw(nowMs);
    };
    return { afterMs, leastHeadroom: hedgeHeadroom, suits, take };
  }

  #stepAfter(failed: FailedAttempt): NextStep {
    const { target, verdict, candidates } = failed;
    switch (verdict.kind) {
      case "throttled":
        // Its page of the book says when it has room again; one without quotas has no page.
        return { kind: "retry", exclude: target.quotas.length === 0 ? [target] : [] };
      case "account-failed":
      case "session-refused":
        return moveOn(candidates.filter(({ accountId }) => accountId === target.accountId));
      case "target-denied":
        return moveOn([target]);
      case "unreachable":
      case "not-ready":
        // Blocked for a while, but not given up yet: where no other has room by then, the call comes back, once.
        return moveOn(timesTried(failed) > 1 ? [target] : []);
      case "overloaded":
        return this.#afterOverload(failed);
      case "ambiguous":
        return this.#afterDoubt(failed);
      case "invalid":
      case "aborted":
      case "outrun":
        return stop;
      default:
        return verdict satisfies never;
    }
  }

  /** Another account draws on the same capacity, so the call goes to another Region or profile; or waits, if there is none. */
  #afterOverload(failed: FailedAttempt): NextStep {
    const { target, candidates } = failed;
    const isElsewhere = candidates.some((candidate) => capacityScope(candidate) !== capacityScope(target));
    if (!this.#mayRetry()) return stop;
    return isElsewhere ? moveOn([target]) : { kind: "retry", exclude: [], afterMs: this.#capacityWaitMs(failed) };
  }

  #afterDoubt(failed: FailedAttempt): NextStep {
    if (!this.#mayRepeat(failed)) return stop;
    return this.#isPaid(failed) || this.#mayRetry() ? moveOn([failed.target]) : stop;
  }

  #isPaid({ error }: FailedAttempt): boolean {
    return typeof error === "object" && error !== null && this.#paid.delete(error);
  }

  #mayRepeat({ tried, candidates }: FailedAttempt): boolean {
    const doubts = tried.filter(({ verdict }) => verdict.kind === "ambiguous").length;
    return doubts <= this.#options.ambiguousRetries && candidates.length > 1;
  }

  #mayRetry(): boolean {
    const { budget, clock } = this.#options;
    return budget.withdraw(clock.monotonicMs());
  }

  /** With full jitter, and as long as AWS asked. */
  #capacityWaitMs({ verdict, attempts }: FailedAttempt): number {
    const { firstMs, longestMs } = capacityBackoff;
    const jitteredMs = Math.min(firstMs * 2 ** (attempts - 1), longestMs) * this.#options.random();
    const askedMs = verdict.kind === "overloaded" ? (verdict.retryAfterMs ?? 0) : 0;
    return Math.max(1, jitteredMs, askedMs);
  }
}

function moveOn(exclude: readonly Target[]): NextStep {
  return { kind: "retry", exclude };
}

/** What draws on capacity that was short for this call; after doubt, what shares most with where it was. */
function avoided({ target, verdict, tried, candidates }: FailedAttempt): readonly Target[] {
  const short = new Set(
    tried.filter((each) => each.verdict.kind === "overloaded").map((each) => capacityScope(each.target)),
  );
  const scarce = candidates.filter((candidate) => short.has(capacityScope(candidate)));
  const shared = verdict.kind === "ambiguous" ? sharedBy(target, candidates) : [];
  return scarce.length === 0 ? shared : [...new Set([...scarce, ...shared])];
}

/**
 * What shares most with a target, as long as something is left: nobody knows whether its Region failed or its account did,
 * and the call is made again only once or so.
 */
function sharedBy(target: Target, candidates: readonly Target[]): readonly Target[] {
  const isThere = (other: Target): boolean => capacityScope(other) === capacityScope(target);
  const isIts = (other: Target): boolean => other.accountId === target.accountId;
  const shared = [(other: Target) => isThere(other) || isIts(other), isThere, isIts].map((isShared) =>
    candidates.filter(isShared),
  );
  return shared.find((avoid) => avoid.length < candidates.length) ?? [];
}

function timesTried({ target, tried, verdict }: FailedAttempt): number {
  return tried.filter((each) => each.target === target && each.verdict.kind === verdict.kind).length;
}
