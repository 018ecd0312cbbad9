import type { Clock } from "../../clock.ts";
import { ShardrockError } from "../../errors.ts";
import { neverAborts } from "../../routing/call.ts";
import { abortErrorOf } from "./abort-error.ts";
import { AttemptSignal } from "./attempt-signal.ts";

export interface AttemptScopeOptions {
  readonly clock: Clock;
  /** The caller's. */
  readonly signal: AbortSignal;
  /** Longest the whole attempt may take, in ms. */
  readonly totalMs: number;
}

/**
 * The life of one attempt: one signal that the caller, a timer or a consumer who leaves can end.
 * The transport hears it, and so does whoever waits for the transport.
 */
export class AttemptScope implements Disposable {
  /** For the handler; made at once because every call has one. */
  readonly attemptSignal: AttemptSignal = new AttemptSignal();
  #controller: AbortController | undefined;
  readonly #parent: AbortSignal;
  readonly #clock: Clock;
  readonly #total: Disposable;
  #reason: Error | undefined;
  #giveUp: ((reason: Error) => void) | undefined;
  readonly #onParentAbort = (): void => this.end(abortErrorOf(this.#parent.reason));

  constructor({ clock, signal, totalMs }: AttemptScopeOptions) {
    this.#parent = signal;
    this.#clock = clock;
    this.#total = this.limit(totalMs, "the whole attempt");
    if (signal.aborted) this.#onParentAbort();
    else if (signal !== neverAborts) signal.addEventListener("abort", this.#onParentAbort, { once: true });
  }

  /** The same as a real signal, for everything else; made when first asked for. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Why it was ended; undefined while it lives, and when it ended by itself. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** Breaks off the transport. The first reason counts. */
  end(reason: Error): void {
    this.#reason ??= reason;
    this.#giveUp?.(this.#reason);
    this.attemptSignal.abort(this.#reason);
    this.#controller?.abort(this.#reason);
    this[Symbol.dispose]();
  }

  /**
   * The same promise, but rejected with the reason as soon as this ends, for work that does not hear signals; its late
   * failure is nobody's. One at a time. Cheaper than a listener on the signal, which every call would pay for.
   */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#reason !== undefined) reject(this.#reason);
      this.#giveUp = reject;
      work.then(
        (value) => {
          this.#giveUp = undefined; // it would keep the value
          resolve(value);
        },
        (error) => {
          this.#giveUp = undefined;
          reject(error);
        },
      );
    });
  }

  /** Ends the attempt after `ms`, unless disposed before. */
  limit(ms: number, what: string): Disposable {
    return this.#clock.timer(ms, () => this.end(timeoutError(`${what} took more than ${ms} ms`)));
  }

  /** The attempt is over: stops the timer and forgets the caller's signal, which may live for long. */
  [Symbol.dispose](): void {
    this.#total[Symbol.dispose]();
    if (this.#parent !== neverAborts) this.#parent.removeEventListener("abort", this.#onParentAbort);
  }
}

/** A timer of ours, not the network's. */
export function timeoutError(message: string): ShardrockError {
  return new ShardrockError("timeout", message);
}
