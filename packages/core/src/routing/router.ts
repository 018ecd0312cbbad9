import type { Ledger, Reservation } from "../budget/ledger.ts";
import type { Limits } from "../budget/limits.ts";
import type { Target } from "../budget/target.ts";
import type { Clock } from "../clock.ts";
import { NoCapacityError, NoEligibleTargetError, ShardrockError } from "../errors.ts";
import type { Random } from "../random.ts";
import { Admission } from "./admission.ts";
import type { AdmissionBounds } from "./admission-options.ts";
import { Affinity, type AffinityOptions } from "./affinity.ts";
import { begunAttempt, failedAttempt } from "./asked-policy.ts";
import { type Answered, Attempts, type Failed, type Outcome } from "./attempts.ts";
import type { Attempt, CallRequest } from "./call.ts";
import type { CallSurroundings } from "./call-surroundings.ts";
import { CarriedCosts } from "./carried-costs.ts";
import { rulesOf } from "./eligibility.ts";
import { explain, type Explanation } from "./explain.ts";
import type { FailoverPolicy } from "./failover-policy.ts";
import type { Health } from "./health.ts";
import { Lanes } from "./lanes.ts";
import type { Hears } from "./listeners.ts";
import { Operations } from "./operations.ts";
import { Race, type RaceLost } from "./race.ts";
import { Reporter } from "./reporter.ts";
import { RoutedCall } from "./routed-call.ts";
import type { RunningAttempt } from "./running-attempt.ts";
import type { LedgerNews, QuotaNews, RouterListener } from "./router-event.ts";
import type { RouterSnapshot } from "./router-snapshot.ts";
import type { DrainedAccounts, Replan } from "./setting.ts";
import { type TenantShare, Tenants } from "./tenants.ts";
import type { Classify } from "./verdict.ts";

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
  /** Accounts that take no calls from the start, by id, and why; none unless told. */
  readonly drained?: DrainedAccounts | undefined;
  /** What each tenant gets where others wait too; one that is not named weighs 1. */
  readonly tenants?: Readonly<Record<string, TenantShare>> | undefined;
  /** Waiting this long counts like one step of priority, in ms above 0; 10 000 unless told. */
  readonly ageingMs?: number | undefined;
  /** How affinity keys are remembered; 10 000 keys for 5 minutes each unless told. */
  readonly affinity?: AffinityOptions | undefined;
  /** Names this router in its events; by chance unless told. */
  readonly id?: string | undefined;
  /** Names the config the router was made from in its events. */
  readonly configHash?: string | undefined;
}

/** The loop: order → admit → reserve → send → end. Knows no transport: an attempt is a function it is given. */
export class Router {
  readonly #options: RouterOptions;
  readonly #admission: Admission;
  readonly #affinity: Affinity;
  /** What all calls share. */
  readonly #shared: CallSurroundings;
  readonly #reporter: Reporter;
  readonly #attempts: Attempts;
  /** For operators: drain, resume, reload, close. */
  readonly operations: Operations;
  #calls = 0;

  constructor(options: RouterOptions) {
    this.#options = options;
    const tenants = new Tenants(options.tenants);
    this.#admission = new Admission({ ...options, tenants, ageingMs: ageingMsOf(options) });
    this.#affinity = new Affinity(options.affinity, options.clock);
    this.#reporter = new Reporter(options);
    const { allowedRegions, maxWaitMs, drained = new Map(), clock, health } = options;
    const setting = { allowedRegions, maxWaitMs, drained, targets: undefined };
    const [admission, affinity, reporter] = [this.#admission, this.#affinity, this.#reporter];
    this.operations = new Operations({ setting, admission, affinity, reporter, tenants });
    const [carried, lanes] = [new CarriedCosts(options.limits), new Lanes()];
    this.#shared = { settings: this.operations, affinity, clock, health, carried, lanes };
    this.#attempts = new Attempts({ ...options, admission, reporter, running: this.operations.running });
    options.health.onHang?.((isHung) => {
      if (!this.operations.isClosed) this.#attempts.breakOff(isHung);
    });
    options.health.onUnblock?.(() => this.#admission.wake());
    options.health.onChange?.((change) => {
      this.#reporter.healthChanged(change);
      this.#admission.wake();
    });
  }

  /**
   * Routes one call: waits for room, sends it by `attempt`, and moves it on when the policy says so.
   * @param replan - plans the call anew, when targets were exchanged before it started. It keeps those that stay unless told.
   * @throws {NoEligibleTargetError} when hard rules or health leave nowhere to go.
   * @throws {RequestTooLargeError} when no quota can ever carry the call.
   * @throws {NoCapacityError} when there is no room in time.
   * @throws what the attempt threw, when the policy stops.
   */
  async run<T>(request: CallRequest, attempt: Attempt<T>, replan?: Replan): Promise<T> {
    const call = this.#open(request, replan);
    try {
      this.operations.demandOpen();
      request.signal?.throwIfAborted();
      call.qualify();
      this.#options.policy.begins?.();
      let failure: Failed | undefined;
      for (let isReturning = false; ; isReturning = true) {
        const sinceMs = call.nowMs();
        let reservation: Reservation;
        try {
          reservation = await this.#admission.admit(call, isReturning);
        } catch (error) {
          throw this.#refusal(call, failure, error);
        } finally {
          call.noteWaitSince(sinceMs);
        }
        if (!this.#maySend(call, reservation)) continue;
        const { race, running } = this.#begin(call, reservation, attempt);
        let outcome: Outcome<T> | RaceLost;
        try {
          outcome =
            race === undefined
              ? this.#attempts.answered(running, await this.#attempts.send(call, running, attempt))
              : await race;
        } catch (thrown) {
          outcome = this.#failed(running, thrown);
        }
        if (outcome.kind === "ok") return this.#answered(call, outcome);
        const failures = outcome.kind === "failed" ? [outcome] : outcome.failures;
        failure = failures.at(-1);
        const final = await this.#finalOf(call, failures);
        if (final === undefined) continue;
        call.decisive = final.running;
        throw final.error;
      }
    } catch (error) {
      this.#reporter.callEnded(call, { error });
      throw error;
    }
  }

  /** Every candidate's score and reason, best first; books and sends nothing. */
  explain(request: CallRequest): readonly Explanation[] {
    const { candidates, operation } = request;
    const { setting } = this.operations;
    const rules = rulesOf(request, setting);
    const home = this.#affinity.homeOf(request);
    const maxWaitMs = request.maxWaitMs ?? setting.maxWaitMs;
    return explain({
      ...this.#options,
      candidates,
      operation,
      home,
      rules,
      maxWaitMs,
      waiting: this.#admission.queued,
    });
  }

  /** What the book and the waiting room hold now, for a table or a gauge; changes nothing. */
  snapshot(): RouterSnapshot {
    const nowMs = this.#options.clock.monotonicMs();
    const quotas = this.#options.ledger.snapshot(nowMs);
    return { quotas, queue: this.#admission.queueSnapshot(nowMs), inFlight: this.#admission.inFlight };
  }

  /** Calls waiting for room, and calls under way. */
  get load(): { readonly queued: number; readonly inFlight: number } {
    return { queued: this.#admission.queued, inFlight: this.#admission.inFlight };
  }

  /** Events that a listener failed to take, because it threw or rejected; they are not told again. */
  get droppedEvents(): number {
    return this.#reporter.droppedEvents;
  }

  /**
   * Hears every event from now on, after the warnings so far; dispose to stop. A listener that throws or rejects harms nobody.
   * @param hears - says which kinds are wanted, asked for each event; all unless told.
   */
  onEvent(listener: RouterListener, hears?: Hears): Disposable {
    return this.#reporter.add(listener, hears);
  }

  /** Tells people something, once per code. */
  warn(code: string, message: string): void {
    this.#reporter.warn(code, message);
  }

  /** Something became known of a quota; whoever listens hears it. */
  tellOfQuota(news: QuotaNews): void {
    this.#reporter.quotaChanged(news);
  }

  /** Something has become of the book that is shared; whoever listens hears it. */
  tellOfLedger(news: LedgerNews): void {
    this.#reporter.ledgerChanged(news);
  }

  /** Takes no more calls and refuses those that wait; calls under way go on. */
  close(): void {
    this.operations.close();
  }

  #open(request: CallRequest, replan: Replan | undefined): RoutedCall {
    this.#calls += 1;
    return new RoutedCall(this.#shared, { request, replan, id: this.#calls });
  }

  /** What it begins is awaited where it is called: so each call under way has one promise less. */
  #begin<T>(call: RoutedCall, reservation: Reservation, attempt: Attempt<T>): Begun<T> {
    const { policy, ledger, clock } = this.#options;
    const [attempts, admission] = [this.#attempts, this.#admission];
    const hedge = policy.hedge?.(begunAttempt(call, reservation.target));
    if (hedge === undefined) return { race: undefined, running: attempts.begin(call, reservation) };
    const race = new Race({ call, attempt, hedge, attempts, admission, ledger, clock }).run(reservation);
    return { race, running: undefined };
  }

  #failed(running: RunningAttempt | undefined, thrown: unknown): Failed {
    if (running === undefined) throw thrown;
    return this.#attempts.failed(running, thrown);
  }

  /** What sent the call back is the cause of not finding room again. */
  #refusal(call: RoutedCall, failure: Failed | undefined, error: unknown): unknown {
    if (failure === undefined) return error;
    // What may have been billed must not look as if it had come back unserved.
    if (error instanceof NoEligibleTargetError || failure.verdict.kind === "ambiguous") return failure.error;
    if (!(error instanceof NoCapacityError)) return error;
    const { message, retryAfterMs, isEstimated } = error;
    const tried = `${message}; ${call.tried.length} attempt(s) came back unserved, the last is the cause`;
    return new NoCapacityError(tried, { retryAfterMs, isEstimated, cause: failure.error });
  }

  /** Not where the rules have changed since it was booked, or another call is the one that tries the target: it is given back. */
  #maySend(call: RoutedCall, reservation: Reservation): boolean {
    const { target } = reservation;
    if (call.mayStartAt(target) && call.mayGo(target)) return true;
    reservation.release();
    this.#admission.leave(call, { settledShare: undefined, isUnserved: true });
    return false;
  }

  #answered<T>(call: RoutedCall, { running, value }: Answered<T>): T {
    call.decisive = running;
    // The rest of a stream may still come; then its attempt's end is the call's.
    if (running.ending !== undefined) this.#reporter.callEnded(call);
    return value;
  }

  /**
   * Does what the policy says after the failures of one try.
   * @returns the failure that the caller is to hear of; undefined: the call goes on.
   */
  async #finalOf(call: RoutedCall, failures: readonly Failed[]): Promise<Failed | undefined> {
    if (this.operations.isClosed || call.signal?.aborted) return failures.at(-1);
    const avoided: Target[] = [];
    let waitMs = 0;
    for (const failed of failures) {
      const { running, verdict } = failed;
      if (running.isCommitted) return failed;
      const step = this.#options.policy.next(failedAttempt(call, failed));
      if (step.kind === "stop") return failed;
      if (verdict.kind === "ambiguous") leaveOut(call);
      for (const excluded of step.exclude) call.exclude(excluded);
      // A call that began its attempt late goes on where it was not tried yet, so that it ends.
      if (call.admittedMs > call.deadlineMs && call.hasUntried()) call.exclude(running.start.target);
      avoided.push(...(step.avoid ?? []));
      waitMs = Math.max(waitMs, step.afterMs ?? 0);
    }
    call.avoid(avoided);
    if (waitMs <= 0) return undefined;
    if (call.nowMs() + waitMs > call.deadlineMs) return failures.at(-1);
    await this.#options.clock.sleep(waitMs, call.signal);
    return undefined;
  }
}

/** An attempt, or two side by side. */
type Begun<T> =
  | { readonly race: undefined; readonly running: RunningAttempt }
  | { readonly race: Promise<Outcome<T> | RaceLost>; readonly running: undefined };

/** Time without an answer is no waiting. Only after doubt, of which policies bound how often: others could go round for ever. */
function leaveOut(call: RoutedCall): void {
  const tookMs = call.nowMs() - call.admittedMs;
  call.deadlineMs += tookMs;
  call.admittedMs += tookMs; // of two attempts side by side it is left out once
}

function ageingMsOf({ ageingMs = 10_000 }: RouterOptions): number {
  if (ageingMs > 0 && ageingMs < Number.POSITIVE_INFINITY) return ageingMs;
  throw new ShardrockError("option-invalid", `ageingMs must be a finite number above 0, got ${ageingMs}`);
}
