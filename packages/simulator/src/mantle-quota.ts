import type { Limiter } from "./limiters/limiter.ts";
import type { SimulatedLimits } from "./simulated-limits.ts";
import type { AdmittedCall, SimulatedCall, ThrottledCall } from "./simulated-bedrock.ts";

/** The quotas of one model on bedrock-mantle in an account and Region; apart from those on bedrock-runtime. */
export interface SimulatedMantleQuota {
  readonly accountId: string;
  readonly region: string;
  /** Model ids charged to it; mantle knows no profiles. */
  readonly modelIds: readonly string[];
  /** Input tokens per minute; 0 puts the account on hold. */
  readonly inputTokensPerMinute: number;
  readonly outputTokensPerMinute: number;
  /** What an unset max_tokens is checked as. */
  readonly maxOutputTokens: number;
}

/**
 * Enforces one such quota. A call is let in when its input and max_tokens fit the input quota; its output is counted as
 * it is generated, and stops short when the output quota is used up. There is no limit on requests.
 * Source: Bedrock User Guide, "Quotas for the bedrock-mantle endpoint" (2026-11-22). AWS does not say what happens to
 * a call that comes while the output quota is used up; here it is let in and writes nothing.
 */
export class MantleBook {
  readonly #maxOutputTokens: number;
  readonly #input: Limiter;
  readonly #output: Limiter;
  #limits: SimulatedLimits;

  constructor(quota: SimulatedMantleQuota, input: Limiter, output: Limiter) {
    const { maxOutputTokens, inputTokensPerMinute, outputTokensPerMinute } = quota;
    this.#limits = { inputTokensPerMinute, outputTokensPerMinute };
    this.#maxOutputTokens = maxOutputTokens;
    this.#input = input;
    this.#output = output;
  }

  get limits(): SimulatedLimits {
    return this.#limits;
  }

  /** Other limits from now on; what was taken stays taken. What is left out stays as it is. */
  limitTo({ inputTokensPerMinute, outputTokensPerMinute }: SimulatedLimits, nowMs: number): void {
    if (inputTokensPerMinute !== undefined) {
      this.#input.limitTo(inputTokensPerMinute, nowMs);
      this.#limits = { ...this.#limits, inputTokensPerMinute };
    }
    if (outputTokensPerMinute === undefined) return;
    this.#output.limitTo(outputTokensPerMinute, nowMs);
    this.#limits = { ...this.#limits, outputTokensPerMinute };
  }

  /** Lets a call in, or refuses it and takes nothing. */
  admit(call: SimulatedCall, nowMs: number): AdmittedCall | ThrottledCall {
    const hold = this.#holdOf(call);
    if (this.#limits.inputTokensPerMinute === 0) {
      return { kind: "throttled", message: "Too many tokens per day, please wait before trying again." };
    }
    if (!this.#input.fits(hold, nowMs)) {
      return { kind: "throttled", message: "Too many tokens, please wait before trying again." };
    }
    const entry = this.#input.take(hold, nowMs);
    return {
      kind: "admitted",
      write: (tokens, nowMs) => this.#write(tokens, nowMs),
      end: ({ inputTokens, cacheWriteInputTokens = 0 }, nowMs) =>
        this.#input.end(entry, inputTokens + cacheWriteInputTokens, nowMs),
      fail: (nowMs) => this.#input.end(entry, inputOf(call), nowMs),
    };
  }

  /** Milliseconds until a call would be let in if nothing else happened; Infinity when it never would. */
  admitsInMs(call: SimulatedCall, nowMs: number): number {
    return this.#input.fitsInMs(this.#holdOf(call), nowMs);
  }

  /** As many of the tokens as still fit. */
  #write(tokens: number, nowMs: number): number {
    let fitting = 0;
    let tooMany = tokens + 1;
    while (tooMany - fitting > 1) {
      const middle = (fitting + tooMany) >> 1;
      if (this.#output.fits(middle, nowMs)) fitting = middle;
      else tooMany = middle;
    }
    if (fitting > 0) this.#output.take(fitting, nowMs);
    return fitting;
  }

  #holdOf(call: SimulatedCall): number {
    return inputOf(call) + (call.maxTokens ?? this.#maxOutputTokens);
  }
}

function inputOf({ inputTokens, cacheWriteInputTokens = 0 }: SimulatedCall): number {
  return inputTokens + cacheWriteInputTokens;
}
