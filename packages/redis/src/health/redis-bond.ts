import type { Clock, HealthBond, SharedHealthChange } from "@shardrock/core";
import type { NewsBoard } from "../ledger/news-board.ts";
import { changeText, readChange } from "./change-text.ts";

const topic = "health";

/**
 * How long a claim outlives its process, and how often one that lives says so, in ms: a call that tries may take minutes, and
 * nobody should wait for one whose process is gone.
 */
const leaseMs = 6_000;
const renewMs = 2_000;

export interface RedisBondOptions {
  readonly board: NewsBoard;
  /** The store's clock, which all processes go by. */
  readonly time: { nowUs(): number };
  readonly clock: Clock;
}

/** A claim of this process, kept up until it is given up. */
interface Held {
  timer: Disposable;
}

/** Ties the healths of all processes of a realm together by what they tell each other in the store. */
export class RedisBond implements HealthBond {
  readonly #options: RedisBondOptions;
  readonly #held = new Map<string, Held>();

  constructor(options: RedisBondOptions) {
    this.#options = options;
  }

  /** What is too long to be told stays here. */
  tell(change: SharedHealthChange): void {
    const { board, time } = this.#options;
    const text = changeText(change, time.nowUs());
    if (text !== undefined) board.tell(topic, text);
  }

  onNews(listener: (change: SharedHealthChange) => void): Disposable {
    const { board, time } = this.#options;
    return board.onNews(topic, (text) => {
      const change = readChange(text, time.nowUs());
      if (change !== undefined) listener(change);
    });
  }

  async claim(key: string, forMs: number): Promise<boolean> {
    const { board, clock } = this.#options;
    const untilMs = clock.monotonicMs() + forMs;
    const isOurs = await board.claim(nameOf(key), Math.min(forMs, leaseMs));
    if (isOurs) this.#keepUp(key, untilMs);
    return isOurs;
  }

  giveUp(key: string): void {
    this.#drop(key);
    this.#options.board.giveUp(nameOf(key));
  }

  #keepUp(key: string, untilMs: number): void {
    this.#drop(key);
    const { board, clock } = this.#options;
    const held: Held = { timer: clock.timer(renewMs, () => void renew()) };
    this.#held.set(key, held);
    const renew = async (): Promise<void> => {
      const leftMs = untilMs - clock.monotonicMs();
      const isOurs = leftMs > 0 && (await board.claim(nameOf(key), Math.min(leftMs, leaseMs)));
      if (this.#held.get(key) !== held) return; // given up meanwhile
      if (isOurs) held.timer = clock.timer(renewMs, () => void renew());
      else this.#held.delete(key);
    };
  }

  #drop(key: string): void {
    this.#held.get(key)?.timer[Symbol.dispose]();
    this.#held.delete(key);
  }
}

function nameOf(key: string): string {
  return `${topic}:${key}`;
}
