import type { CachePrefix, CacheUse } from "./prompt-cache.ts";
import { PromptCache } from "./prompt-cache.ts";
import { RuntimeCall } from "./runtime-call.ts";
import type { Limiter } from "./limiters/limiter.ts";
import type { SimulatedLimits } from "./simulated-limits.ts";
import type { AdmittedCall, SimulatedCall, SimulatedQuota, ThrottledCall } from "./simulated-bedrock.ts";

/** What enforces the limits of a book. */
export interface BookLimiters {
  /** Makes the limiter of a limit per minute. */
  readonly minute: (limit: number) => Limiter;
  /** Of the account and Region; undefined: no such quota. */
  readonly day: Limiter | undefined;
}

/**
 * Enforces one quota of bedrock-runtime. A call is let in when its input and max_tokens fit, and settles when it ends.
 * Source: Bedrock User Guide, "Token burndown" (read 2026-11-22).
 */
export class RuntimeBook {
  /** Quota tokens per output token. */
  readonly burndown: number;
  readonly #maxOutputTokens: number;
  readonly #cache = new PromptCache();
  readonly #minute: (limit: number) => Limiter;
  readonly #tokens: Limiter;
  readonly #day: Limiter | undefined;
  #requests: Limiter | undefined;
  #limits: SimulatedLimits & { readonly tokensPerMinute: number };

  constructor(quota: SimulatedQuota, { minute, day }: BookLimiters) {
    const { tokensPerMinute, requestsPerMinute, burndown, maxOutputTokens } = quota;
    this.burndown = burndown;
    this.#maxOutputTokens = maxOutputTokens;
    this.#minute = minute;
    this.#tokens = minute(tokensPerMinute);
    this.#requests = requestsPerMinute === undefined ? undefined : minute(requestsPerMinute);
    this.#day = day;
    this.#limits = { tokensPerMinute, ...(requestsPerMinute !== undefined && { requestsPerMinute }) };
  }

  get limits(): SimulatedLimits {
    return this.#limits;
  }

  /** Other limits from now on; what was taken stays taken. What is left out stays as it is. */
  limitTo({ tokensPerMinute, requestsPerMinute }: SimulatedLimits, nowMs: number): void {
    if (tokensPerMinute !== undefined) {
      this.#tokens.limitTo(tokensPerMinute, nowMs);
      this.#limits = { ...this.#limits, tokensPerMinute };
    }
    if (requestsPerMinute === undefined) return;
    if (this.#requests === undefined) this.#requests = this.#minute(requestsPerMinute);
    else this.#requests.limitTo(requestsPerMinute, nowMs);
    this.#limits = { ...this.#limits, requestsPerMinute };
  }

  /** Lets a call in, or refuses it and takes nothing. */
  admit(call: SimulatedCall, nowMs: number): AdmittedCall | ThrottledCall {
    if (call.cachePrefix !== undefined) return this.#admitCached(call, call.cachePrefix, nowMs);
    const hold = this.#holdOf(call);
    return this.#refuse(hold, nowMs) ?? this.#enter(call, { hold, use: undefined }, nowMs);
  }

  /** Milliseconds until so many calls would be let in if nothing else happened; Infinity when they never would. */
  admitsInMs(call: SimulatedCall, nowMs: number, calls: number): number {
    if (this.#limits.tokensPerMinute === 0) return Number.POSITIVE_INFINITY;
    const written = call.cachePrefix === undefined ? 0 : this.#cache.look(call.cachePrefix, nowMs).writeTokens;
    const hold = this.#holdOf(call) + written;
    return Math.max(
      this.#requests?.fitsInMs(calls, nowMs) ?? 0,
      this.#tokens.fitsInMs(hold, nowMs),
      this.#day?.fitsInMs(hold, nowMs) ?? 0,
    );
  }

  #admitCached(call: SimulatedCall, prefix: CachePrefix, nowMs: number): AdmittedCall | ThrottledCall {
    const use = this.#cache.look(prefix, nowMs);
    const writing = { ...call, cacheWriteInputTokens: (call.cacheWriteInputTokens ?? 0) + use.writeTokens };
    const hold = this.#holdOf(writing);
    const refusal = this.#refuse(hold, nowMs);
    if (refusal !== undefined) return refusal;
    this.#cache.use(prefix, nowMs);
    return this.#enter(writing, { hold, use }, nowMs);
  }

  #holdOf(call: SimulatedCall): number {
    return inputOf(call) + (call.maxTokens ?? this.#maxOutputTokens);
  }

  #refuse(hold: number, nowMs: number): ThrottledCall | undefined {
    const isOnHold = this.#limits.tokensPerMinute === 0;
    if (isOnHold) return { kind: "throttled", message: "Too many tokens per day, please wait before trying again." };
    if (this.#requests?.fits(1, nowMs) === false) {
      return { kind: "throttled", message: "Too many requests, please wait before trying again." };
    }
    if (!this.#tokens.fits(hold, nowMs)) {
      return { kind: "throttled", message: "Too many tokens, please wait before trying again." };
    }
    if (this.#day?.fits(hold, nowMs) === false) {
      return { kind: "throttled", message: "Too many tokens per day, please wait before trying again." };
    }
    return undefined;
  }

  #enter(call: SimulatedCall, { hold, use }: Entering, nowMs: number): AdmittedCall {
    this.#requests?.take(1, nowMs);
    const [tokens, day] = [this.#tokens, this.#day];
    return new RuntimeCall(
      { tokens, entry: tokens.take(hold, nowMs), day, dayEntry: day?.take(hold, nowMs), burndown: this.burndown },
      inputOf(call),
      use,
    );
  }
}

/** What a call takes when it is let in, and what it does in a cache. */
interface Entering {
  readonly hold: number;
  readonly use: CacheUse | undefined;
}

function inputOf({ inputTokens, cacheWriteInputTokens = 0 }: SimulatedCall): number {
  return inputTokens + cacheWriteInputTokens;
}
