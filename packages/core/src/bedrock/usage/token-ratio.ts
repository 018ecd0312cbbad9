import { z } from "zod";

/** How fast old calls are forgotten: each new one weighs one part in this many. */
const memoryCalls = 50;

/** Bytes the first guess weighs, so that one odd call does not turn it over. */
const guessBytes = 2_000;

/** Outside this range a sample is a fault, not a tokenizer. In tokens per byte. */
const leastRatio = 1 / 64;
const mostRatio = 4;

/** One call counts for no more than this, as a share of its tokens. */
const mostError = 1;

/** A ratio as it is kept over a restart: sums that have faded, and the usual error as a share. */
export type RatioState = Readonly<Record<"tokens" | "bytes" | "spread", number>>;

const stateSchema = z.object({
  tokens: z.number().positive(),
  bytes: z.number().positive(),
  spread: z.number().min(0).max(mostError),
});

/**
 * Tokens per byte of text for one model, learned from what AWS charged for text-only calls, or counted for one.
 * A ratio of sums, so large prompts, which spend the quota, count for more than small ones. On top of it comes the
 * spread, the usual error of one call: where a window is full to the last token, half of all calls would otherwise be
 * held for less than AWS takes.
 */
export class TokenRatio {
  #tokens: number;
  #bytes: number = guessBytes;
  /** Mean error of one call, as a share of its tokens. The guess says its own. */
  #spread = 0;
  #isTaught = false;

  /** @param guess - tokens per byte until calls teach better, above 0, with what margin it needs. */
  constructor(guess: number) {
    this.#tokens = guess * guessBytes;
  }

  /** Tokens per byte to hold, above 0. */
  get tokensPerByte(): number {
    return (this.#tokens / this.#bytes) * (1 + this.#spread);
  }

  /** At least one call has taught it. */
  get isTaught(): boolean {
    return this.#isTaught;
  }

  /** What was learnt. */
  toState(): RatioState {
    return { tokens: this.#tokens, bytes: this.#bytes, spread: this.#spread };
  }

  /** Goes on from what `toState` told. @returns false, and stays as it was, when that cannot be. */
  restore(state: unknown): boolean {
    const { data } = stateSchema.safeParse(state);
    if (data === undefined || !isTokenizer(data.tokens / data.bytes)) return false;
    this.#tokens = data.tokens;
    this.#bytes = data.bytes;
    this.#spread = data.spread;
    this.#isTaught = true;
    return true;
  }

  /**
   * One finished call of text only turned `bytes` into `tokens`, or CountTokens says that it would. Counts that make no
   * sense are passed over.
   */
  learn(bytes: number, tokens: number): void {
    const ratio = tokens / bytes;
    if (!isTokenizer(ratio)) return;
    const error = Math.abs(ratio / (this.#tokens / this.#bytes) - 1);
    this.#spread += (Math.min(error, mostError) - this.#spread) / memoryCalls;
    const kept = 1 - 1 / memoryCalls;
    this.#tokens = this.#tokens * kept + tokens;
    this.#bytes = this.#bytes * kept + bytes;
    this.#isTaught = true;
  }
}

function isTokenizer(ratio: number): boolean {
  return ratio >= leastRatio && ratio <= mostRatio;
}
