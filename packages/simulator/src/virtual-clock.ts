import { setImmediate as afterMicrotasks } from "node:timers/promises";
import type { Clock } from "@shardrock/core";
import TinyQueue from "tinyqueue";

interface Alarm {
  readonly atMs: number;
  /** Alarms of the same instant ring in the order they were set. */
  readonly order: number;
  callback: (() => void) | undefined;
}

/**
 * Time that passes only when it is told to, and skips what is empty: the same program takes the same steps at the same
 * instants every time. Between two instants every promise that can move does.
 */
export class VirtualClock implements Clock {
  readonly #alarms = new TinyQueue<Alarm>([], (one, other) => one.atMs - other.atMs || one.order - other.order);
  #nowMs = 0;
  #orders = 0;

  monotonicMs(): number {
    return this.#nowMs;
  }

  /** Starts at 2026-01-01T00:00:00Z. */
  epochMs(): number {
    return 1_767_225_600_000 + this.#nowMs;
  }

  timer(ms: number, callback: () => void): Disposable {
    this.#orders += 1;
    const alarm: Alarm = { atMs: this.#nowMs + Math.max(0, ms), order: this.#orders, callback };
    this.#alarms.push(alarm);
    return {
      [Symbol.dispose]: () => {
        alarm.callback = undefined;
      },
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer = this.timer(ms, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      const onAbort = (): void => {
        timer[Symbol.dispose]();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Lets `ms` pass. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await afterMicrotasks();
    for (let next = this.#alarms.peek(); next !== undefined && next.atMs <= untilMs; next = this.#alarms.peek()) {
      this.#alarms.pop();
      if (next.callback === undefined) continue;
      this.#nowMs = next.atMs;
      next.callback();
      await afterMicrotasks();
    }
    this.#nowMs = untilMs;
  }
}
