import { setImmediate as eventLoopTurn } from "node:timers/promises";
import type { Clock, Random } from "@shardrock/core";
import TinyQueue from "tinyqueue";

/**
 * Time that passes only when it is told to, and skips what is empty: the same program takes the same steps at the same
 * instants every time. Between two instants every promise that can move does.
 */
export class VirtualClock implements Clock {
  readonly #alarms = new TinyQueue<Alarm>([], (one, other) => one.atMs - other.atMs || one.order - other.order);
  readonly #alarmsPerTurn: number;
  readonly #tieBreak: Random | undefined;
  #nowMs = 0;
  #epochOffsetMs = 0;
  #orders = 0;

  /**
   * @param options - `alarmsPerTurn`: how many alarms ring before the event loop turns once, 1 unless told. With more,
   * long runs are cheaper, and only what needs the process's own events (sockets, real timers, a test's timeout) lags.
   * `tieBreak`: alarms of one instant ring in the order it draws, instead of the order they were set in.
   */
  constructor(options: { readonly alarmsPerTurn?: number; readonly tieBreak?: Random } = {}) {
    this.#alarmsPerTurn = options.alarmsPerTurn ?? 1;
    this.#tieBreak = options.tieBreak;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  /** Starts at 2026-01-01T00:00:00Z. */
  epochMs(): number {
    return 1_767_225_600_000 + this.#nowMs + this.#epochOffsetMs;
  }

  /** Somebody sets the machine's time of day: `epochMs` jumps, `monotonicMs` does not. @param ms - below 0: back. */
  shiftEpoch(ms: number): void {
    this.#epochOffsetMs += ms;
  }

  /** The process stands still for `ms`: what would have rung meanwhile rings late, at the next `advance`. */
  stall(ms: number): void {
    this.#nowMs += Math.max(0, ms);
  }

  timer(ms: number, callback: () => void): Disposable {
    this.#orders += 1;
    const order = this.#tieBreak?.() ?? this.#orders;
    const alarm = new Alarm(this.#nowMs + Math.max(0, ms), order, callback);
    this.#alarms.push(alarm);
    return alarm;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal === undefined) return new Promise((resolve) => void this.timer(ms, resolve));
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const timer = this.timer(ms, () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      });
      const onAbort = (): void => {
        timer[Symbol.dispose]();
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** When the next alarm rings, on `monotonicMs`; Infinity: none is set. */
  get nextAlarmMs(): number {
    for (let next = this.#alarms.peek(); next !== undefined; next = this.#alarms.peek()) {
      if (next.callback !== undefined) return next.atMs;
      this.#alarms.pop();
    }
    return Number.POSITIVE_INFINITY;
  }

  /**
   * Moves on to the next alarm and rings it, or to `untilMs` when none rings by then. For a loop of its own, which sees to
   * it that everything that can move has moved before the next step.
   */
  step(untilMs: number): void {
    const isDue = this.nextAlarmMs <= untilMs;
    const alarm = isDue ? this.#alarms.pop() : undefined;
    this.#nowMs = Math.max(this.#nowMs, alarm?.atMs ?? untilMs);
    alarm?.callback?.();
  }

  /** Lets `ms` pass. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await eventLoopTurn();
    const settling = new Settling();
    let alarms = 0;
    for (let next = this.#alarms.peek(); next !== undefined && next.atMs <= untilMs; next = this.#alarms.peek()) {
      this.#alarms.pop();
      if (next.callback === undefined) continue;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
      alarms += 1;
      await (alarms % this.#alarmsPerTurn === 0 ? eventLoopTurn() : settling.done());
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }
}

class Alarm implements Disposable {
  readonly atMs: number;
  /** Among alarms of the same instant; lower rings first. */
  readonly order: number;
  callback: (() => void) | undefined;

  constructor(atMs: number, order: number, callback: () => void) {
    this.atMs = atMs;
    this.order = order;
    this.callback = callback;
  }

  [Symbol.dispose](): void {
    this.callback = undefined;
  }
}

/**
 * Waits until no promise can move any more, at a fraction of the price of a turn of the event loop: Node runs what was
 * put off by `nextTick` only when the queue of promise jobs is empty. Twice, because what others put off by `nextTick`
 * may let promises move again; begun in a promise job, so that the tick comes after every job there is.
 * It is done for every alarm: so its steps are made once, and its jobs by `then`, because `queueMicrotask` makes what
 * Node tracks async contexts by for each of them.
 * Source: Node.js docs, "process.nextTick" and "queueMicrotask" (read 2026-11-22).
 */
class Settling {
  #resolve: () => void = () => {};
  readonly #begin = (resolve: () => void): void => {
    this.#resolve = resolve;
    void settled.then(this.#firstJob);
  };
  readonly #firstJob = (): void => process.nextTick(this.#firstTick);
  readonly #firstTick = (): void => void settled.then(this.#secondJob);
  readonly #secondJob = (): void => process.nextTick(this.#secondTick);
  readonly #secondTick = (): void => this.#resolve();

  /** Resolves when no promise can move; one at a time. */
  done(): Promise<void> {
    return new Promise(this.#begin);
  }
}

const settled = Promise.resolve();
