import type { Ledger, Reservation } from "../budget/ledger.ts";
import type { Limits } from "../budget/limits.ts";
import type { Candidate, Target } from "../budget/target.ts";
import type { Clock } from "../clock.ts";
import { NoCapacityError, NoEligibleTargetError, NotSentError, ShardrockError } from "../errors.ts";
import type { Random } from "../random.ts";
import { Admission, type AdmissionBounds } from "./admission.ts";
import type { Attempt, CallRequest } from "./call.ts";
import type { HardRules } from "./eligibility.ts";
import { explain, type Explanation } from "./explain.ts";
import type { FailoverPolicy } from "./failover-policy.ts";
import type { Health } from "./health.ts";
import { RoutedCall } from "./routed-call.ts";
import type { CallEnd, RouterEvent, RouterListener, Warning } from "./router-event.ts";
import { type Ending, RunningAttempt } from "./running-attempt.ts";
import type { Classify, Verdict } from "./verdict.ts";

export interface RouterOptions {
  readonly ledger: Ledger;
  readonly limits: Limits;
  readonly health: Health;
  readonly policy: FailoverPolicy;
  readonly classify: Classify;
  readonly clock: Clock;
  readonly random: Random;
  readonly bounds: AdmissionBounds;
  /** Milliseconds a call may wait for room unless it says otherwise, 0 up. */
  readonly maxWaitMs: number;
  /** Regions where prompts may be processed; undefined: anywhere. */
  readonly allowedRegions?: readonly string[] | undefined;
}

type Outcome<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "failed"; readonly error: unknown; readonly verdict: Verdict; readonly isCommitted: boolean };

/** The loop: order → admit → reserve → send → end. Knows no transport: an attempt is a function it is given. */
export class Router {
  readonly #options: RouterOptions;
  readonly #admission: Admission;
  readonly #listeners = new Set<RouterListener>();
  readonly #warnings = new Map<string, Warning>();
  readonly #neverAborts = new AbortController().signal;
  #calls = 0;
  #isClosed = false;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#admission = new Admission(options);
  }

  /**
   * Routes one call: waits for room, sends it by `attempt`, and moves it on when the policy says so.
   * @throws {NoEligibleTargetError} when hard rules or health leave nowhere to go.
   * @throws {RequestTooLargeError} when no quota can ever carry the call.
   * @throws {NoCapacityError} when there is no room in time.
   * @throws what the attempt threw, when the policy stops.
   */
  async run<T>(request: CallRequest, attempt: Attempt<T>): Promise<T> {
    this.#calls += 1;
    const callId = this.#calls;
    let call: RoutedCall | undefined;
    try {
      if (this.#isClosed) throw closedError();
      request.signal?.throwIfAborted();
      call = this.#open(request, callId);
      const value = await this.#serve(call, attempt);
      this.#tell(endOf(callId, "ok", call));
      return value;
    } catch (error) {
      this.#tell(endOf(callId, outcomeOf(error, request.signal), call));
      throw error;
    }
  }

  /** Every candidate's score and reason, best first; books and sends nothing. */
  explain(request: CallRequest): readonly Explanation[] {
    return explain({ ...this.#options, candidates: request.candidates, rules: this.#rules(request) });
  }

  /** Calls waiting for room, and calls under way. */
  get load(): { readonly queued: number; readonly inFlight: number } {
    return { queued: this.#admission.queued, inFlight: this.#admission.inFlight };
  }

  /** Hears every event from now on, after the warnings so far; dispose to stop. A listener that throws harms nobody. */
  onEvent(listener: RouterListener): Disposable {
    for (const warning of this.#warnings.values()) tell(listener, warning);
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Tells people something, once per code. */
  warn(code: string, message: string): void {
    if (this.#warnings.has(code)) return;
    const warning: Warning = { kind: "warning", code, message };
    this.#warnings.set(code, warning);
    this.#tell(warning);
  }

  /** Takes no more calls and refuses those that wait; calls under way go on. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#admission.close(closedError());
  }

  #open(request: CallRequest, id: number): RoutedCall {
    const { clock, health, limits, maxWaitMs } = this.#options;
    return new RoutedCall({ request, id, rules: this.#rules(request), clock, health, limits, maxWaitMs });
  }

  /** A call may narrow the router's residency, never widen it. */
  #rules({ allowedRegions, pin }: CallRequest): HardRules {
    const own = this.#options.allowedRegions;
    const both =
      own && allowedRegions ? allowedRegions.filter((region) => own.includes(region)) : (allowedRegions ?? own);
    return { ...(both && { allowedRegions: both }), ...(pin !== undefined && { pin }) };
  }

  async #serve<T>(call: RoutedCall, attempt: Attempt<T>): Promise<T> {
    let failure: { readonly error: unknown } | undefined;
    for (;;) {
      const reservation = await this.#admit(call, failure);
      const outcome = await this.#try(call, reservation, attempt);
      if (outcome.kind === "ok") return outcome.value;
      failure = outcome;
      if (!this.#mayRetry(call, reservation.target, outcome)) throw outcome.error;
    }
  }

  /** What sent the call back is the cause of not finding room again. */
  async #admit(call: RoutedCall, failure: { readonly error: unknown } | undefined): Promise<Reservation> {
    const { clock } = this.#options;
    const sinceMs = clock.monotonicMs();
    try {
      return await this.#admission.admit(call, failure !== undefined);
    } catch (error) {
      if (failure === undefined) throw error;
      if (error instanceof NoEligibleTargetError) throw failure.error;
      if (!(error instanceof NoCapacityError)) throw error;
      const { message, retryAfterMs, isEstimated } = error;
      throw new NoCapacityError(message, { retryAfterMs, isEstimated, cause: failure.error });
    } finally {
      call.waitedMs += clock.monotonicMs() - sinceMs;
    }
  }

  async #try<T>(call: RoutedCall, reservation: Reservation, attempt: Attempt<T>): Promise<Outcome<T>> {
    call.attempts += 1;
    call.lastTarget = reservation.target;
    const { number: callId, attempts, waitedMs } = call;
    const running = new RunningAttempt({
      reservation,
      classify: this.#options.classify,
      onEnd: (ending) => this.#ended(call, { target: reservation.target, attempt: attempts, ending }),
      call: { signal: call.signal ?? this.#neverAborts, callId, attempt: attempts, waitedMs },
    });
    try {
      if (call.signal?.aborted) throw new NotSentError(call.signal.reason);
      const value = await attempt(reservation.target, running);
      // Only what has been committed, a stream, may go on after its attempt.
      if (!running.isCommitted) running.settle(undefined);
      return { kind: "ok", value };
    } catch (thrown) {
      const verdict = running.fail(thrown);
      const error = thrown instanceof NotSentError ? thrown.cause : thrown;
      return { kind: "failed", error, verdict, isCommitted: running.isCommitted };
    }
  }

  #mayRetry(call: RoutedCall, target: Target, failed: Extract<Outcome<never>, { kind: "failed" }>): boolean {
    const { verdict, error, isCommitted } = failed;
    if (isCommitted || this.#isClosed || call.signal?.aborted) return false;
    const step = this.#options.policy.next({ target, verdict, error, attempts: call.attempts });
    if (step.kind === "stop") return false;
    for (const excluded of step.exclude) call.exclude(excluded);
    return true;
  }

  #ended(call: RoutedCall, { target, attempt, ending }: { target: Target; attempt: number; ending: Ending }): void {
    const { booking, verdict, actual, facts } = ending;
    this.#admission.leave(call, shareOf(call.costAt(target), actual));
    this.#options.health.observe({ callId: call.number, target, verdict });
    if (this.#listeners.size === 0) return;
    const { id: targetId, accountId, region, modelId } = target;
    const { number: callId, waitedMs } = call;
    const where = { targetId, accountId, region, modelId, requestId: facts.requestId };
    this.#tell({ kind: "attempt-end", callId, attempt, waitedMs, ...where, verdict, booking });
  }

  #tell(event: RouterEvent): void {
    for (const listener of this.#listeners) tell(listener, event);
  }
}

function tell(listener: RouterListener, event: RouterEvent): void {
  try {
    listener(event);
  } catch {
    // A listener's fault is its own: the call it hears of must not suffer.
  }
}

function endOf(callId: number, outcome: CallEnd["outcome"], call: RoutedCall | undefined): CallEnd {
  const { attempts = 0, waitedMs = 0, lastTarget } = call ?? {};
  return { kind: "call-end", callId, outcome, attempts, waitedMs, ...(lastTarget && { targetId: lastTarget.id }) };
}

function shareOf(held: Candidate["cost"], actual: Candidate["cost"] | undefined): number | undefined {
  if (actual?.tokens === undefined || !held.tokens) return undefined;
  return actual.tokens / held.tokens;
}

function outcomeOf(error: unknown, signal: AbortSignal | undefined): "failed" | "refused" | "aborted" {
  if (signal?.aborted) return "aborted";
  const isRefusal =
    error instanceof ShardrockError && ["no-capacity", "request-too-large", "no-eligible-target"].includes(error.code);
  return isRefusal ? "refused" : "failed";
}

function closedError(): ShardrockError {
  return new ShardrockError("closed", "this client is closed: make a new one to send more calls");
}
