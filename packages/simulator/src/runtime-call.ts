import type { CacheUse } from "./prompt-cache.ts";
import type { Limiter, LimiterEntry } from "./limiters/limiter.ts";
import type { AdmittedCall, SimulatedUsage } from "./simulated-bedrock.ts";

/** What a call was charged when it was let in. */
export interface RuntimeCharge {
  readonly tokens: Limiter;
  readonly entry: LimiterEntry;
  /** Undefined: the account and Region have no day quota. */
  readonly day: Limiter | undefined;
  readonly dayEntry: LimiterEntry | undefined;
  /** Quota tokens per output token. */
  readonly burndown: number;
}

/** A call that bedrock-runtime has let in. */
export class RuntimeCall implements AdmittedCall {
  readonly kind = "admitted";
  declare readonly cacheReadInputTokens?: number;
  declare readonly cacheWriteInputTokens?: number;
  readonly #charge: RuntimeCharge;
  readonly #input: number;

  /**
   * @param input - what it takes when AWS fails it, in tokens.
   * @param use - what became of its prefix; undefined: it asked for no cache.
   */
  constructor(charge: RuntimeCharge, input: number, use: CacheUse | undefined) {
    this.#charge = charge;
    this.#input = input;
    if (use === undefined) return;
    this.cacheReadInputTokens = use.readTokens;
    this.cacheWriteInputTokens = use.writeTokens;
  }

  end({ inputTokens, cacheWriteInputTokens = 0, outputTokens }: SimulatedUsage, nowMs: number): void {
    this.#end(inputTokens + cacheWriteInputTokens + outputTokens * this.#charge.burndown, nowMs);
  }

  fail(nowMs: number): void {
    this.#end(this.#input, nowMs);
  }

  #end(actual: number, nowMs: number): void {
    const { tokens, entry, day, dayEntry } = this.#charge;
    tokens.end(entry, actual, nowMs);
    if (dayEntry !== undefined) day?.end(dayEntry, actual, nowMs);
  }
}
