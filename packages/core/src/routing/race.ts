import type { Ledger, Reservation } from "../budget/ledger.ts";
import type { Clock } from "../clock.ts";
import type { Admission } from "./admission.ts";
import { Aside } from "./aside.ts";
import type { Attempts, Failed, Outcome } from "./attempts.ts";
import type { Attempt } from "./call.ts";
import type { Hedge } from "./hedge.ts";
import type { RoutedCall } from "./routed-call.ts";
import type { RunningAttempt } from "./running-attempt.ts";

export interface RaceOptions<T> {
  readonly call: RoutedCall;
  readonly attempt: Attempt<T>;
  readonly hedge: Hedge;
  readonly attempts: Attempts;
  readonly admission: Admission;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** None of a call's attempts side by side has answered. */
export interface RaceLost {
  readonly kind: "all-failed";
  /** Each of them, in the order they came back. */
  readonly failures: readonly Failed[];
}

type RaceOutcome<T> = Outcome<T> | RaceLost;

/**
 * One attempt and, when it does not answer in time, a second one beside it: who first hands out content, or answers, has
 * won, and the other is broken off with its booking kept.
 */
export class Race<T> {
  readonly #options: RaceOptions<T>;
  readonly #running = new Set<RunningAttempt>();
  readonly #failures: Failed[] = [];
  #timer: Disposable | undefined;
  #winner: RunningAttempt | undefined;
  #resolve: (outcome: RaceOutcome<T>) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(options: RaceOptions<T>) {
    this.#options = options;
  }

  /** Resolves when one has answered or all have failed. */
  run(reservation: Reservation): Promise<RaceOutcome<T>> {
    const { clock, hedge } = this.#options;
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#start(reservation);
      this.#timer = clock.timer(hedge.afterMs, () => {
        this.#startSecond().catch(this.#reject);
      });
      if (this.#isOver) this.#timer[Symbol.dispose]();
    });
  }

  get #isOver(): boolean {
    return this.#winner !== undefined || this.#running.size === 0;
  }

  #start(reservation: Reservation, aside?: Aside): void {
    const { call, attempts, attempt } = this.#options;
    const onCommit = (running: RunningAttempt): void => this.#wins(running);
    const role = aside === undefined ? { onCommit } : { onCommit, ticket: aside, isHedge: true };
    const running = attempts.begin(call, reservation, role);
    this.#running.add(running);
    void attempts.run(call, running, attempt).then((outcome) => this.#cameBack(running, outcome), this.#reject);
  }

  async #startSecond(): Promise<void> {
    const { call, hedge, ledger, admission } = this.#options;
    const aside = new Aside(call, hedge, ledger);
    if (!aside.hasUntried()) return;
    let reservation: Reservation;
    try {
      reservation = await admission.admit(aside, true);
    } catch {
      return; // no room beside: the first attempt goes on, and nothing is lost
    }
    const { target } = reservation;
    const isWanted = !this.#isOver && call.mayStartAt(target) && call.isClear(target);
    if (isWanted && hedge.take()) return this.#start(reservation, aside);
    reservation.release();
    admission.leave(aside, { settledShare: undefined, isUnserved: true });
  }

  #wins(running: RunningAttempt): void {
    if (this.#winner !== undefined) return;
    this.#winner = running;
    this.#timer?.[Symbol.dispose]();
    if (running.start.isHedge) this.#options.call.moveHomeTo(running.start.target);
    this.#breakOffOthers(running);
  }

  #cameBack(running: RunningAttempt, outcome: Outcome<T>): void {
    this.#running.delete(running);
    if (this.#winner !== undefined && this.#winner !== running) return; // nobody waits for it any more
    if (outcome.kind === "ok") {
      this.#wins(running);
      return this.#resolve(outcome);
    }
    this.#failures.push(outcome);
    // What is wrong with the call itself is wrong everywhere, and what its caller gave up has nobody to answer.
    const isFinal = running.isCommitted || outcome.verdict.kind === "invalid" || outcome.verdict.kind === "aborted";
    if (this.#running.size > 0 && !isFinal) return;
    this.#timer?.[Symbol.dispose]();
    this.#winner = running;
    // Where the caller has given up, the other one ends by the same signal: nothing has outrun it.
    if (this.#options.call.signal?.aborted !== true) this.#breakOffOthers(running);
    this.#resolve({ kind: "all-failed", failures: this.#failures });
  }

  #breakOffOthers(winner: RunningAttempt): void {
    for (const other of this.#running) if (other !== winner) other.lose();
  }
}
