import type { Ledger } from "../../budget/ledger.ts";
import type { Limits } from "../../budget/limits.ts";
import { MemoryLedger } from "../../budget/memory-ledger.ts";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { Health } from "../../routing/health.ts";
import type { LedgerNews } from "../../routing/router-event.ts";
import type { ConfigProblem } from "../config/error.ts";
import type { Config } from "../config/shardrock-config.ts";
import { type Bound, firstOf } from "./first-of.ts";
import type { LedgerSource, OpenedLedger } from "./ledger-source.ts";
import { ledgerLearner } from "./ledger-state.ts";
import type { Learner } from "./state-file.ts";

export interface RouterBookOptions {
  readonly source: LedgerSource | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: Limits;
}

/** Whoever is told what becomes of a book: a router. */
export interface BookListener {
  tellOfLedger(news: LedgerNews): void;
  warn(code: string, message: string): void;
}

/** The book of one router: its own, or one that several processes share. */
export class RouterBook {
  readonly ledger: Ledger;
  /** What it learns, to be kept over a restart; undefined: where the book lies, that is kept too. */
  readonly learner: Learner | undefined;
  readonly #opened: OpenedLedger | undefined;
  #listener: BookListener | undefined;
  /** Told before anybody was there to hear it. */
  #early: ((listener: BookListener) => void)[] = [];
  #joined: Disposable | undefined;
  #isClosed = false;

  constructor({ source, clock, random, limits }: RouterBookOptions) {
    if (source === undefined) {
      const own = new MemoryLedger({ limits, clock });
      this.ledger = own;
      this.learner = ledgerLearner(own);
      return;
    }
    this.#opened = source.open({
      clock,
      random,
      limits,
      tell: (news) => this.#say((listener) => listener.tellOfLedger(news)),
      warn: (code, message) => this.#say((listener) => listener.warn(code, message)),
    });
    this.ledger = this.#opened.ledger;
  }

  /** What health learns is shared with whom the book is shared with. */
  join(health: Health): void {
    if (this.#opened !== undefined) this.#joined = health.join?.(this.#opened.bond);
  }

  /** From now on a router hears what the book tells, and first what it has told so far. */
  speakTo(listener: BookListener): void {
    this.#listener = listener;
    for (const say of this.#early.splice(0)) say(listener);
  }

  /**
   * Waits until what has ended is written, then ends what the book does by itself. Never rejects: what could not be written
   * expires, and stays spent.
   */
  async close({ clock, timeoutMs, signal }: Bound): Promise<void> {
    if (this.#isClosed || this.#opened === undefined) return;
    this.#isClosed = true;
    const untilMs = clock.monotonicMs() + timeoutMs;
    const over = new AbortController();
    const flushed = quietly(this.ledger.flush?.(over.signal));
    await firstOf(flushed, { clock, timeoutMs, signal });
    over.abort();
    this.#joined?.[Symbol.dispose]();
    const disposed = quietly(this.#opened[Symbol.asyncDispose]());
    await firstOf(disposed, { clock, timeoutMs: Math.max(0, untilMs - clock.monotonicMs()), signal });
  }

  #say(say: (listener: BookListener) => void): void {
    if (this.#listener === undefined) this.#early.push(say);
    else say(this.#listener);
  }
}

/** What a config may not say where the book is shared. */
export function bookProblems(config: Config, source: LedgerSource | undefined): readonly ConfigProblem[] {
  if (source === undefined || config.instances === 1) return [];
  const message = `must be 1 where processes share a book, which divides the quotas by itself, got ${config.instances}`;
  return [{ path: ["instances"], message }];
}

/** A store that fails is told of by the book itself. */
async function quietly(work: PromiseLike<void> | undefined): Promise<void> {
  try {
    await work;
  } catch {
    // Nobody waits for it any more.
  }
}
