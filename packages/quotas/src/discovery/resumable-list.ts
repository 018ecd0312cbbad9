import { type Clock, classify, ShardrockError } from "@shardrock/core";
import type { Page } from "../reader/aws-reader.ts";

export interface ResumableListOptions<Row> {
  readonly clock: Clock;
  /** For people: what is listed. */
  readonly what: string;
  readonly ask: (page: string | undefined, signal: AbortSignal) => Promise<Page<Row>>;
}

/** All pages of a list. */
export interface WholeList<Row> {
  readonly rows: readonly Row[];
  readonly unread: readonly string[];
}

/** How long the pages that were read before a failure are good for, in ms: AWS says of its tokens only that they expire. */
const resumeMs = 15 * 60_000;

/** Far more than any list has; an answer that never ends must not be followed. */
const mostPages = 200;

/** A list of many pages; one that failed half way goes on there when it is read again soon. */
export class ResumableList<Row> {
  readonly #options: ResumableListOptions<Row>;
  #pages: readonly Page<Row>[] = [];
  #beganMs = 0;

  constructor(options: ResumableListOptions<Row>) {
    this.#options = options;
  }

  /**
   * Reads what is left of it.
   * @throws what AWS or the network failed with; {ShardrockError} `response-invalid` when it has no end; the signal's reason.
   */
  async read(signal: AbortSignal): Promise<WholeList<Row>> {
    if (this.#options.clock.monotonicMs() - this.#beganMs > resumeMs) this.#pages = [];
    const resumesAt = this.#pages.length;
    for (;;) {
      try {
        await this.#readPage(signal);
      } catch (error) {
        signal.throwIfAborted();
        // A token AWS no longer takes: the list is read from its beginning.
        if (resumesAt === 0 || this.#pages.length !== resumesAt || !isRefusal(error)) throw error;
        this.#pages = [];
        return this.read(signal);
      }
      if (this.#pages.at(-1)?.next === undefined) return this.#take();
    }
  }

  async #readPage(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { clock, ask } = this.#options;
    const before = this.#pages.at(-1)?.next;
    const page = await ask(before, signal);
    signal.throwIfAborted(); // somebody else may be reading the list by now
    if (this.#pages.length === 0) this.#beganMs = clock.monotonicMs();
    if (page.next !== undefined && (page.next === before || this.#pages.length >= mostPages)) this.#failEndless();
    this.#pages = [...this.#pages, page];
  }

  #take(): WholeList<Row> {
    const pages = this.#pages;
    this.#pages = [];
    return { rows: pages.flatMap(({ rows }) => rows), unread: pages.flatMap(({ unread }) => unread ?? []) };
  }

  #failEndless(): never {
    this.#pages = [];
    throw new ShardrockError("response-invalid", `${this.#options.what} has no end: AWS gives page after page`);
  }
}

function isRefusal(error: unknown): boolean {
  const { kind } = classify(error);
  return kind === "invalid" || kind === "target-denied";
}
