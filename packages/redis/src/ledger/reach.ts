import type { Clock } from "@shardrock/core";

/** Answers in a row that come too late before the store counts as gone. */
const lateInARow = 3;
/** Beats answered in time before it counts as back. Those before the last leave others time to tell what they spent. */
const inTimeAgain = 2;
/**
 * A store that goes again before it has answered so often, or was there for so long, is waited for twice as long each time, at
 * most so many times. The time is for processes that seldom ask: they must not stay away when others are long back.
 */
const soundAnswers = 100;
const soundMs = 5_000;
const mostDoublings = 5;

/** Why the store is not asked. */
export interface Away {
  readonly why: "failed" | "slow";
  readonly cause: unknown;
}

/** Whether the store can be asked: gone with the first failure or some late answers in a row, back by beats. */
export class Reach {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #onAway: (away: Away) => void;
  #late = 0;
  #lateAtMs = Number.NEGATIVE_INFINITY;
  /** Answers in time in a row; while it is gone, of beats. */
  #inTime = 0;
  #returns = 0;
  #backAtMs = Number.NEGATIVE_INFINITY;
  #away: Away | undefined;

  /** @param timeoutMs - an answer that takes longer is late. */
  constructor(clock: Clock, timeoutMs: number, onAway: (away: Away) => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#onAway = onAway;
  }

  /** Undefined: it is asked. */
  get away(): Away | undefined {
    return this.#away;
  }

  get isShared(): boolean {
    return this.#away === undefined;
  }

  /** It answered a call in time: one that was asked before it was gone says nothing any more. */
  inTime(): void {
    if (this.#away !== undefined) return;
    this.#late = 0;
    this.#inTime += 1;
  }

  /** It answered a beat in time. @returns whether calls may ask it again, for which `back` must be called. */
  beatInTime(): boolean {
    if (this.#away === undefined) {
      this.inTime();
      return false;
    }
    this.#inTime += 1;
    return this.#inTime >= inTimeAgain * 2 ** Math.min(this.#returns, mostDoublings);
  }

  /** An answer is late. Others that were asked for before that was known have the same cause, and count no more. */
  late(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#lateAtMs + this.#timeoutMs) return;
    this.#lateAtMs = nowMs;
    this.#late += 1;
    if (this.#away !== undefined) this.#inTime = 0;
    if (this.#late >= lateInARow) this.#leave({ why: "slow", cause: undefined });
  }

  failed(cause: unknown): void {
    this.#leave({ why: "failed", cause });
  }

  back(): void {
    this.#away = undefined;
    this.#late = 0;
    this.#inTime = 0;
    this.#backAtMs = this.#clock.monotonicMs();
  }

  #leave(away: Away): void {
    if (this.#away === undefined) {
      const wasThereMs = this.#clock.monotonicMs() - this.#backAtMs;
      this.#returns = this.#inTime >= soundAnswers || wasThereMs >= soundMs ? 0 : this.#returns + 1;
      this.#away = away;
      this.#onAway(away);
    }
    this.#inTime = 0;
  }
}
