import { z } from "zod";
import { binCount, binOf } from "./length-bins.ts";

/** After so many calls one counts for half: a day's habits fade, and the evidence a risk of 0.001 needs is kept. */
const halfLifeCalls = 5_000;

/** What a call's weight grows by from call to call, in place of all earlier ones shrinking. */
export const growth: number = 2 ** (1 / halfLifeCalls);

/** Weights are scaled down before they grow past this. */
const heaviest = 2 ** 40;

/** One call that ended well, for a reason that is known. All in tokens. */
export interface EndedLength {
  readonly outputTokens: number;
  /** Its limit ended it: it says "at least this long". */
  readonly isCut: boolean;
  /** What was held for its output: its max_tokens, or the model's maximum. */
  readonly heldTokens: number;
  /** Its caller set no max_tokens. */
  readonly isUnset: boolean;
  /** All it read, cached or not. */
  readonly inputTokens: number;
}

/** Pairs of a bin and what is in it. */
type FilledBins = readonly (readonly [number, number])[];

/** What was learnt, as it is kept over a restart. */
export type LengthsState = { readonly [name: string]: number | FilledBins } & Readonly<
  Record<"calls" | "squares" | "unset" | "inputTokens", number> &
    Record<"ended" | "cut" | "held" | "lastHeld", FilledBins>
>;

const amount = z.number().min(0);
const mostBin = binCount - 1;
const bins = z.array(z.tuple([z.int().min(0).max(mostBin), amount])).max(binCount);
const lengthsSchema = z.object({
  calls: z.int().min(0),
  squares: amount,
  unset: amount,
  inputTokens: amount,
  ended: bins,
  cut: bins,
  held: bins,
  lastHeld: bins,
});

/**
 * How long a model's answers are, in bounded memory (12 KB): log-spaced histograms in which old calls fade. Weights of
 * calls by bins of `length-bins.ts`, each call as heavy as it is recent; only their ratios mean anything.
 * Source of the fading: Cormode and others, "Forward Decay: A Practical Time Decay Model for Streaming Systems" (ICDE
 * 2009): a new call weighs more, so that nothing else has to change.
 */
export class OutputLengths {
  /** Answers that ended by themselves. */
  readonly ended: Float64Array = new Float64Array(binCount);
  /** Answers that a limit cut. */
  readonly cut: Float64Array = new Float64Array(binCount);
  /** What was held for the output. */
  readonly held: Float64Array = new Float64Array(binCount);
  /** What was held last, of each bin, in tokens: callers use few values, so this is mostly exact. */
  readonly lastHeld: Float64Array = new Float64Array(binCount);
  #calls = 0;
  #next = 1;
  #weight = 0;
  #squares = 0;
  #unsetWeight = 0;
  #inputTokens = 0;

  learn({ outputTokens, isCut, heldTokens, isUnset, inputTokens }: EndedLength): void {
    const weight = this.#next;
    const outputBin = binOf(outputTokens);
    const lengths = isCut ? this.cut : this.ended;
    lengths[outputBin] = (lengths[outputBin] ?? 0) + weight;
    const heldBin = binOf(heldTokens);
    this.held[heldBin] = (this.held[heldBin] ?? 0) + weight;
    this.lastHeld[heldBin] = heldTokens;
    this.#calls += 1;
    this.#weight += weight;
    this.#squares += weight * weight;
    if (isUnset) this.#unsetWeight += weight;
    this.#inputTokens += weight * inputTokens;
    this.#next *= growth;
    if (this.#next > heaviest) this.#scale(1 / this.#next);
  }

  /** What was learnt, in few words; weights in calls as heavy as the newest one. */
  toState(): LengthsState {
    const unit = this.#next;
    return {
      calls: this.#calls,
      squares: rounded(this.squares),
      unset: rounded(this.#unsetWeight / unit),
      inputTokens: rounded(this.#inputTokens / unit),
      ended: filledBins(this.ended, unit),
      cut: filledBins(this.cut, unit),
      held: filledBins(this.held, unit),
      lastHeld: filledBins(this.lastHeld, 1),
    };
  }

  /** Makes up what `toState` told; undefined when it cannot have. */
  static fromState(state: unknown): OutputLengths | undefined {
    const { data } = lengthsSchema.safeParse(state);
    if (data === undefined) return undefined;
    const lengths = new OutputLengths();
    for (const name of ["ended", "cut", "held", "lastHeld"] as const) {
      for (const [bin, weight] of data[name]) lengths[name][bin] = weight;
    }
    lengths.#calls = data.calls;
    for (const weights of [lengths.ended, lengths.cut]) for (const weight of weights) lengths.#weight += weight;
    lengths.#squares = data.squares;
    lengths.#unsetWeight = data.unset;
    lengths.#inputTokens = data.inputTokens;
    return isPossible(lengths) ? lengths : undefined;
  }

  /** Takes in what was learnt elsewhere, its newest call as heavy as the newest here. */
  merge(other: OutputLengths): void {
    const scale = this.#next / other.#next;
    for (const name of ["ended", "cut", "held"] as const) {
      const mine = this[name];
      for (const [bin, weight] of other[name].entries()) mine[bin] = (mine[bin] ?? 0) + weight * scale;
    }
    for (const [bin, tokens] of other.lastHeld.entries()) this.lastHeld[bin] ||= tokens;
    this.#calls += other.#calls;
    this.#weight += other.#weight * scale;
    this.#squares += other.#squares * scale * scale;
    this.#unsetWeight += other.#unsetWeight * scale;
    this.#inputTokens += other.#inputTokens * scale;
  }

  /** Calls learnt from, those that have faded too. */
  get calls(): number {
    return this.#calls;
  }

  /** All weights together, in calls as heavy as the next one. */
  get weight(): number {
    return this.#weight / this.#next;
  }

  /** The squares of all weights together, in the same unit. */
  get squares(): number {
    return this.#squares / (this.#next * this.#next);
  }

  /** Share of answers that a limit cut, 0 to 1. */
  get cutShare(): number {
    return this.#shareOf(this.cut.reduce((sum, weight) => sum + weight, 0));
  }

  /** Share of calls that set no max_tokens, 0 to 1. */
  get unsetShare(): number {
    return this.#shareOf(this.#unsetWeight);
  }

  /** Mean of what a call reads, in tokens. */
  get meanInputTokens(): number {
    return this.#shareOf(this.#inputTokens);
  }

  #shareOf(weight: number): number {
    return this.#weight === 0 ? 0 : weight / this.#weight;
  }

  #scale(factor: number): void {
    for (const weights of [this.ended, this.cut, this.held]) {
      for (const [bin, weight] of weights.entries()) weights[bin] = weight * factor;
    }
    this.#next *= factor;
    this.#weight *= factor;
    this.#squares *= factor * factor;
    this.#unsetWeight *= factor;
    this.#inputTokens *= factor;
  }
}

/** No call weighs more than 1, and no more calls have weight than were seen: else evidence would be made up. */
function isPossible({ calls, weight, squares, unsetShare, held }: OutputLengths): boolean {
  const slack = 1.000_1;
  const heldWeight = held.reduce((sum, each) => sum + each, 0);
  const isOneWeight = Math.abs(heldWeight - weight) <= weight * (slack - 1);
  const isEvidence = squares <= weight * slack && weight * weight <= calls * squares * slack;
  return isOneWeight && isEvidence && unsetShare <= slack;
}

function filledBins(weights: Float64Array, unit: number): FilledBins {
  const filled: [number, number][] = [];
  for (const [bin, weight] of weights.entries()) if (weight > 0) filled.push([bin, rounded(weight / unit)]);
  return filled;
}

/** Six digits are more than is known. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
