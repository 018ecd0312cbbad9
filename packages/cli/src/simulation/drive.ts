import type { VirtualClock } from "@shardrock/simulator";
import type { TraceCall } from "../traces/trace-call.ts";
import { Settling } from "./settling.ts";

export interface DriveOptions {
  readonly clock: VirtualClock;
  readonly calls: AsyncIterable<TraceCall> | Iterable<TraceCall>;
  readonly onCall: (call: TraceCall) => void;
  /** Called before time moves on to an instant. */
  readonly beforeMs: (atMs: number) => void;
  /** Whether nothing is under way any more. */
  readonly isIdle: () => boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lets virtual time pass from one event to the next, which is a call that comes or an alarm; everything that can move does
 * in between. Calls are taken from the trace one by one, the next when the one before has come.
 */
export class Drive {
  readonly #options: DriveOptions;
  readonly #calls: AsyncIterator<TraceCall> | Iterator<TraceCall>;
  readonly #settling = new Settling(() => this.#go());
  #next: TraceCall | undefined;
  #resolve: () => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(options: DriveOptions) {
    const { calls } = options;
    this.#options = options;
    this.#calls = Symbol.asyncIterator in calls ? calls[Symbol.asyncIterator]() : calls[Symbol.iterator]();
  }

  /**
   * Resolves when the trace has ended and all that it began.
   * @throws what the trace threw, and the signal's reason.
   */
  async run(): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
        this.#fetch();
      });
    } catch (error) {
      await this.#calls.return?.();
      throw error;
    }
  }

  /** One event. */
  #go(): void {
    try {
      this.#options.signal?.throwIfAborted();
      this.#event();
    } catch (error) {
      this.#reject(error);
    }
  }

  #event(): void {
    const { clock, beforeMs, onCall, isIdle } = this.#options;
    const alarmMs = clock.nextAlarmMs;
    const next = this.#next;
    if (next !== undefined && next.atMs < alarmMs) {
      beforeMs(next.atMs);
      clock.step(next.atMs);
      this.#next = undefined;
      onCall(next);
      return this.#fetch();
    }
    if ((next === undefined && isIdle()) || alarmMs === Number.POSITIVE_INFINITY) return this.#resolve();
    beforeMs(alarmMs);
    clock.step(alarmMs);
    this.#settling.next();
  }

  #fetch(): void {
    const result = this.#calls.next();
    if ("then" in result) void result.then(this.#take, this.#reject);
    else this.#take(result);
  }

  readonly #take = ({ done, value }: IteratorResult<TraceCall, unknown>): void => {
    if (done !== true) this.#next = value;
    this.#settling.next();
  };
}
