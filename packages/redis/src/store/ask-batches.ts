import type { Answer, Ask, AskedCandidate } from "./book-store.ts";

/** Asks of one batch at most: a script that runs longer makes others wait. */
const mostAsks = 64;

/**
 * Asks the store, and has answers of the first so many of the asks: those that are the same but for their id. The rest must
 * ask again, each by itself.
 */
export type SendAsks = (asks: readonly Ask[]) => Promise<readonly Answer[]>;

interface Waiting {
  readonly ask: Ask;
  readonly resolve: (answer: Answer | Promise<Answer>) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Sends brief asks together that come at once and are the same but for their id, as they do where many calls go on because
 * one packet brought many answers. Nobody waits for others to come.
 */
export class AskBatches {
  readonly #send: SendAsks;
  #batch: Waiting[] = [];
  /** Where quotas are short, each ask is judged by itself, and a batch would only make the later ones wait twice. */
  #isEasy = true;

  constructor(send: SendAsks) {
    this.#send = send;
  }

  reserve(ask: Ask): Promise<Answer> {
    if (ask.isBrief !== true || ask.wantsRing || !this.#isEasy) return this.#alone(ask);
    const [first] = this.#batch;
    if (first === undefined || this.#batch.length === mostAsks || !isAlike(first.ask, ask)) this.#begin();
    const { promise, ...waiting } = waitingFor(ask);
    this.#batch.push(waiting);
    return promise;
  }

  /** What comes later in the same turn goes with it. */
  #begin(): void {
    const batch: Waiting[] = [];
    this.#batch = batch;
    queueMicrotask(() => {
      if (this.#batch === batch) this.#batch = [];
      void this.#sendAll(batch);
    });
  }

  async #sendAll(batch: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.#send(batch.map(({ ask }) => ask));
      this.#isEasy = answers.length === batch.length && answers.every(({ kind }) => kind === "booked");
      for (const [place, { ask, resolve }] of batch.entries()) resolve(answers[place] ?? this.#alone(ask));
    } catch (cause) {
      for (const { reject } of batch) reject(cause);
    }
  }

  async #alone(ask: Ask): Promise<Answer> {
    const [answer] = await this.#send([ask]);
    if (answer === undefined) throw new TypeError("an ask that was sent alone has no answer");
    this.#isEasy = answer.kind === "booked";
    return answer;
  }
}

function waitingFor(ask: Ask): Waiting & { readonly promise: Promise<Answer> } {
  let resolve: Waiting["resolve"] = () => undefined;
  let reject: Waiting["reject"] = () => undefined;
  const promise = new Promise<Answer>((onAnswer, onFault) => {
    resolve = onAnswer;
    reject = onFault;
  });
  return { ask, resolve, reject, promise };
}

function isAlike(one: Ask, other: Ask): boolean {
  if (one.horizonUs !== other.horizonUs || one.expiresInUs !== other.expiresInUs) return false;
  if (one.startByUs !== other.startByUs) return false;
  const { candidates } = other;
  if (one.candidates.length !== candidates.length) return false;
  return one.candidates.every((candidate, place) => takesSame(candidate, candidates[place]));
}

function takesSame({ pages }: AskedCandidate, other: AskedCandidate | undefined): boolean {
  if (pages.length !== other?.pages.length) return false;
  return pages.every(({ key, held, doubt }, place) => {
    const page = other.pages[place];
    return page?.key === key && page.held === held && page.doubt === doubt;
  });
}
