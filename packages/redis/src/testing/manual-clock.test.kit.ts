import type { Clock } from "@shardrock/core";

interface Alarm {
  readonly atMs: number;
  readonly ring: () => void;
}

/** For tests: time that passes only when told to. */
export class ManualClock implements Clock {
  readonly #alarms = new Set<Alarm>();
  #nowMs = 0;

  monotonicMs(): number {
    return this.#nowMs;
  }

  /** Starts at 2026-01-01T00:00:00Z. */
  epochMs(): number {
    return 1_767_225_600_000 + this.#nowMs;
  }

  timer(ms: number, callback: () => void): Disposable {
    const alarm = { atMs: this.#nowMs + Math.max(0, ms), ring: callback };
    this.#alarms.add(alarm);
    return { [Symbol.dispose]: () => void this.#alarms.delete(alarm) };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.timer(ms, resolve));
  }

  /** Timers that have not rung and were not disposed. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** Lets `ms` pass, and every promise move that can. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settleDown();
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#alarms.delete(next);
      this.#nowMs = next.atMs;
      next.ring();
      await settleDown();
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number): Alarm | undefined {
    const due = [...this.#alarms].filter(({ atMs }) => atMs <= untilMs);
    return due.toSorted((one, other) => one.atMs - other.atMs)[0];
  }
}

/** Lets every promise move that needs no time and no network. */
export async function settleDown(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
}
