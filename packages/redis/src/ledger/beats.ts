import type { Clock, Random } from "@shardrock/core";
import type { Beaten } from "../store/book-store.ts";
import { inTime } from "./in-time.ts";
import type { Reach } from "./reach.ts";

/** A client that is just connecting fails for a while: so long it is asked often, and nobody is told. */
const graceMs = 1_000;
const connectingMs = 50;
/** A beat that is not answered for so long is lost, and the next one goes out. */
const lostAfterMs = 2_000;

export interface BeatsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly reach: Reach;
  /** Between one answer and the next beat. */
  readonly beatMs: number;
  /** An answer that takes longer is late. */
  readonly timeoutMs: number;
  /** Sends one; also puts back what could not be sent. Undefined: the store is there, but has no answer. */
  readonly send: () => Promise<Beaten | undefined>;
  /** What is done with an answer; the next beat goes out after that. Never rejects. */
  readonly answered: (beaten: Beaten) => Promise<void>;
  /** While the store is away, it answered in time: `mayShare` says whether it counts as back. Never rejects. */
  readonly answeredAway: (mayShare: boolean) => Promise<void>;
}

/** Asks the store from time to time how it is and what is new: in the background, so no call ever waits for it. */
export class Beats {
  readonly #options: BeatsOptions;
  #timer: Disposable | undefined;
  #beating: Promise<void> | undefined;
  #isDue = false;
  #isOver = false;
  #isMet = false;
  #beganMs: number | undefined;

  constructor(options: BeatsOptions) {
    this.#options = options;
  }

  /** There is something to hear: beats at once, or as soon as the beat under way is over. */
  soon(): void {
    if (this.#beating === undefined) this.#begin();
    else this.#isDue = true;
  }

  /** Resolves when the beat under way, if any, is over; none follows. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#timer?.[Symbol.dispose]();
    await this.#beating;
  }

  #begin(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    if (this.#isOver) return;
    this.#isDue = false;
    this.#beganMs ??= this.#options.clock.monotonicMs();
    this.#beating = this.#beat().finally(() => {
      this.#beating = undefined;
      const { clock, random, beatMs } = this.#options;
      if (this.#isOver) return;
      if (this.#isDue) this.#begin();
      else
        this.#timer = clock.timer(this.#isConnecting ? connectingMs : beatMs * (0.9 + 0.2 * random()), () =>
          this.#begin(),
        );
    });
  }

  async #beat(): Promise<void> {
    const { reach, answeredAway, answered } = this.#options;
    const beaten = await this.#answer();
    if (beaten === undefined) return;
    this.#isMet = true;
    if (beaten.isInTime) {
      const mayShare = reach.beatInTime();
      if (!reach.isShared) await answeredAway(mayShare);
    }
    if (reach.isShared && beaten.answer !== undefined) await answered(beaten.answer);
  }

  /** @returns undefined: there is none. */
  async #answer(): Promise<{ readonly answer: Beaten | undefined; readonly isInTime: boolean } | undefined> {
    const { clock, reach, timeoutMs, send } = this.#options;
    try {
      const asked = send();
      const quick = await inTime(asked, { clock, ms: timeoutMs });
      if (quick !== "late") return { answer: quick, isInTime: true };
      reach.late();
      const slow = await inTime(asked, { clock, ms: lostAfterMs });
      if (slow !== "late") return { answer: slow, isInTime: false };
      reach.failed(undefined);
    } catch (error) {
      if (!this.#isConnecting) reach.failed(error);
    }
    return undefined;
  }

  get #isConnecting(): boolean {
    return !this.#isMet && this.#options.clock.monotonicMs() < (this.#beganMs ?? 0) + graceMs;
  }
}
