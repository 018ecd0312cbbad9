import { CallPace } from "./call-pace.ts";
import { lengthQuantile } from "./length-quantile.ts";
import { type EndedLength, OutputLengths } from "./output-lengths.ts";

/** The filled-in maximum is worked out anew after so many calls, and after each that was cut. */
const callsBetween = 64;

/**
 * What is filled in is so many times the length that the risk allows. So the lengths around it are still seen whole: what
 * was filled in cuts few answers, and a quantile is never learnt from answers it cut itself.
 */
const room = 1.5;

/** What is known of the answers of one model, or of one tenant's of it. */
export class LengthEstimate {
  readonly lengths: OutputLengths = new OutputLengths();
  readonly pace: CallPace;
  #maximum: number | undefined;
  /** When `#maximum` was worked out, in calls; undefined: it never was, or what was learnt says otherwise. */
  #atCalls: number | undefined;

  constructor(windowMs: number) {
    this.pace = new CallPace(windowMs);
  }

  learn(ended: EndedLength, nowMs: number): void {
    this.lengths.learn(ended);
    this.pace.learn(nowMs);
    if (ended.isCut) this.#atCalls = undefined;
  }

  /** What was learnt before a restart. */
  restore(lengths: OutputLengths): void {
    this.lengths.merge(lengths);
    this.#atCalls = undefined;
  }

  /** The max_tokens to fill in, in tokens; undefined while there is too little evidence for that risk. */
  maximumAt(risk: number): number | undefined {
    const { calls } = this.lengths;
    if (this.#atCalls !== undefined && calls - this.#atCalls < callsBetween) return this.#maximum;
    const quantile = lengthQuantile(this.lengths, risk);
    this.#maximum = quantile.kind === "known" ? Math.ceil(quantile.tokens * room) : undefined;
    this.#atCalls = calls;
    return this.#maximum;
  }
}
