import type { Clock } from "../../clock.ts";
import { StreamInterruptedError } from "../../errors.ts";
import { abortErrorOf } from "../transport/abort-error.ts";
import { type AttemptScope, timeoutError } from "../transport/attempt-scope.ts";
import type { StreamOutcome } from "./outcome.ts";

export interface GuardedStreamOptions<E> {
  readonly events: AsyncIterator<E>;
  /** Read already, not yet handed out. */
  readonly held: readonly E[];
  readonly outcome: StreamOutcome;
  readonly scope: AttemptScope;
  readonly clock: Clock;
  /** Longest wait for one event, in ms. Bytes that make no event do not count. */
  readonly idleMs: number;
  /** Makes an error into what may leave this library, marked with who served the call. */
  readonly leaving: (error: unknown) => Error;
}

/** After the closing event AWS has only its usage to say; longest wait for it once nobody reads any more, in ms. */
const lateUsageMs = 2_000;

type Result<E> = IteratorResult<E, undefined>;

interface Pending<E> {
  /** Whoever reads is kept until it has its answer: who waits for a promise has not left. */
  readonly reader: object | undefined;
  readonly resolve: (result: Result<E>) => void;
  readonly reject: (error: Error) => void;
}

const finished = { done: true, value: undefined } as const;

/**
 * What the consumer of a stream gets. It ends the upstream when the consumer leaves, is complete only with its closing
 * event, and its outcome is told whatever the consumer does.
 * Source: `break` alone leaves the SDK's stream open, and a lost connection may end it without an error (tried 2026-11-22).
 */
export class GuardedStream<E> {
  readonly #options: GuardedStreamOptions<E>;
  readonly #held: E[];
  #pending: Pending<E> | undefined;
  /** The answer to the last call of `next`: who asks before it has come waits for it. */
  #turns: Promise<Result<E>> = Promise.resolve(finished);
  #turnsAhead = 0;
  #waitsSinceMs = 0;
  #idle: Disposable | undefined;
  #delivered = 0;
  #isOver = false;
  #error: Error | undefined;

  constructor(options: GuardedStreamOptions<E>) {
    this.#options = options;
    this.#held = [...options.held];
    const { scope } = options;
    const onScopeEnd = (): void => this.#interrupt(scope.reason);
    scope.signal.addEventListener("abort", onScopeEnd, { once: true });
    if (scope.signal.aborted) onScopeEnd();
  }

  /**
   * The next event.
   * @param reader - kept from the garbage collector until it has the event.
   * @throws {StreamInterruptedError} when the stream broke or went quiet; `cause` says why.
   * @throws an `AbortError` when the caller's signal aborted.
   */
  next(reader?: object): Promise<Result<E>> {
    if (this.#pending === undefined && this.#turnsAhead === 0) {
      this.#turns = this.#take(reader);
      return this.#turns;
    }
    this.#turnsAhead += 1;
    const take = (): Promise<Result<E>> => {
      this.#turnsAhead -= 1;
      return this.#take(reader);
    };
    this.#turns = this.#turns.then(take, take); // whoever asked for the turn before has its error
    return this.#turns;
  }

  /** The consumer leaves: the upstream ends at once, or after its usage when it is complete. */
  return(): Promise<Result<E>> {
    this.#leave();
    return Promise.resolve(finished);
  }

  throw(error?: unknown): Promise<Result<E>> {
    this.#leave();
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }

  #take(reader: object | undefined): Promise<Result<E>> {
    const event = this.#held.shift();
    if (event !== undefined) return Promise.resolve(this.#deliver(event));
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) return Promise.reject(error);
    return this.#isOver ? Promise.resolve(finished) : this.#pull(reader);
  }

  #pull(reader: object | undefined): Promise<Result<E>> {
    const { clock, idleMs, events } = this.#options;
    return new Promise((resolve, reject) => {
      this.#pending = { reader, resolve, reject };
      this.#waitsSinceMs = clock.monotonicMs();
      this.#idle ??= clock.timer(idleMs, this.#onIdle);
      events.next().then(this.#onResult, this.#onError);
    });
  }

  readonly #onResult = (result: IteratorResult<E, unknown>): void => {
    if (result.done) return this.#onUpstreamEnd();
    const { outcome } = this.#options;
    const error = outcome.errorIn(result.value);
    if (error !== undefined) return this.#interrupt(error);
    outcome.observe(result.value);
    this.#answerPending()?.resolve(this.#deliver(result.value));
  };

  readonly #onError = (error: unknown): void => this.#interrupt(error);

  /** One timer for the whole stream: when it rings too early for the event awaited now, it is set again. */
  readonly #onIdle = (): void => {
    this.#idle = undefined;
    if (this.#pending === undefined) return;
    const { clock, idleMs } = this.#options;
    const leftMs = idleMs - (clock.monotonicMs() - this.#waitsSinceMs);
    if (leftMs > 0) this.#idle = clock.timer(leftMs, this.#onIdle);
    else this.#interrupt(timeoutError(`no event for ${idleMs} ms`));
  };

  #deliver(event: E): Result<E> {
    this.#delivered += 1;
    return { done: false, value: event };
  }

  #answerPending(): Pending<E> | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }

  #onUpstreamEnd(): void {
    if (this.#isOver) return;
    const { outcome, scope } = this.#options;
    if (!outcome.isComplete) return this.#interrupt(new Error("it ended without its closing event"));
    this.#stop();
    outcome.finish();
    scope[Symbol.dispose]();
    this.#answerPending()?.resolve(finished);
  }

  /** A complete stream has nothing left to lose: it ends well. */
  #interrupt(cause: unknown): void {
    if (this.#isOver) return;
    this.#stop();
    const { outcome, scope } = this.#options;
    const pending = this.#answerPending();
    if (outcome.isComplete) {
      outcome.finish();
      pending?.resolve(finished);
      scope.end(abortErrorOf(undefined));
      return;
    }
    const { leaving } = this.#options;
    const safe = leaving(cause);
    outcome.fail(safe);
    const error = safe === scope.reason && safe.name === "AbortError" ? safe : this.#broken(safe);
    if (pending === undefined) this.#error = error;
    else pending.reject(error);
    scope.end(abortErrorOf(safe));
  }

  #broken(cause: Error): Error {
    const message = `the stream broke after ${this.#delivered} events: ${cause.message}`;
    return this.#options.leaving(new StreamInterruptedError(message, this.#delivered, { cause }));
  }

  #leave(): void {
    if (this.#isOver) return;
    this.#stop();
    this.#held.length = 0;
    this.#answerPending()?.resolve(finished);
    const { outcome, scope } = this.#options;
    if (outcome.isComplete) return void this.#drain();
    const left = abortErrorOf(new Error("the consumer left the stream"));
    outcome.fail(left);
    scope.end(left);
  }

  /** Reads what little is left, for its usage and so that the socket can be used again. */
  async #drain(): Promise<void> {
    const { clock, events, outcome, scope } = this.#options;
    using _limit = clock.timer(lateUsageMs, () => scope.end(timeoutError("the usage did not come")));
    try {
      for (;;) {
        const result = await scope.race(events.next());
        if (result.done) break;
        outcome.observe(result.value);
      }
    } catch {
      // The stream is complete; only its usage is lost, and the hold is kept for that.
    }
    outcome.finish();
    scope[Symbol.dispose]();
  }

  #stop(): void {
    this.#isOver = true;
    this.#idle?.[Symbol.dispose]();
    this.#idle = undefined;
  }
}
