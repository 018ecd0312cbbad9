import { FixedWindow } from "./limiters/fixed-window.ts";
import type { Limiter } from "./limiters/limiter.ts";
import { type LimiterKind, limiterOf } from "./limiters/limiter-kind.ts";
import { BookShelf } from "./book-shelf.ts";
import { type CachePrefix, type CacheUse, PromptCache } from "./prompt-cache.ts";
import { MantleBook, type SimulatedMantleQuota } from "./mantle-quota.ts";

/** What one call asks of the simulated AWS, in true tokens. */
export interface SimulatedCall {
  readonly accountId: string;
  readonly region: string;
  /** Default: `runtime`. Each endpoint has quotas of its own. */
  readonly endpoint?: "runtime" | "mantle";
  /** Model or profile id, as called. */
  readonly modelId: string;
  /** Without what comes out of a cache. */
  readonly inputTokens: number;
  /** Input that goes into a cache, on top of `inputTokens`; default 0. */
  readonly cacheWriteInputTokens?: number;
  /** Input on top of `inputTokens` that is read from the account's cache there, and written where it is not; runtime only. */
  readonly cachePrefix?: CachePrefix | undefined;
  /** Undefined: the model's maximum is held. */
  readonly maxTokens: number | undefined;
}

/** What a finished call used, in true tokens. */
export interface SimulatedUsage {
  readonly inputTokens: number;
  readonly cacheWriteInputTokens?: number;
  readonly outputTokens: number;
}

/** A call that was let in; end it once. */
export interface AdmittedCall {
  readonly kind: "admitted";
  /** What became of its `cachePrefix`: out of the cache, which is free in the quota, and into it. */
  readonly cacheReadInputTokens?: number;
  readonly cacheWriteInputTokens?: number;
  /**
   * Counts output as it is generated, and returns how much of it may be: fewer than `tokens` ends the generation.
   * Undefined: output is counted at the end only.
   */
  write?(tokens: number, nowMs: number): number;
  /** The call ran to its end (or would have, after a disconnect). */
  end(usage: SimulatedUsage, nowMs: number): void;
  /** AWS failed it with a 5xx: the hold becomes input only. */
  fail(nowMs: number): void;
}

/** A 429, with the message AWS gives. */
export interface ThrottledCall {
  readonly kind: "throttled";
  readonly message:
    | "Too many requests, please wait before trying again."
    | "Too many tokens, please wait before trying again."
    | "Too many tokens per day, please wait before trying again.";
}

/** Neither the account nor the model is known here. */
export interface UnknownModel {
  readonly kind: "unknown-model";
}

/** One quota of the simulated AWS: account × Region × the ids that share it. */
export interface SimulatedQuota {
  readonly accountId: string;
  readonly region: string;
  /** Model and profile ids charged to it. */
  readonly modelIds: readonly string[];
  /** Tokens per minute; 0 puts the account on hold. */
  readonly tokensPerMinute: number;
  /** Undefined: no such quota. */
  readonly requestsPerMinute?: number;
  /** Quota tokens per output token when a call ends, 1 or more. */
  readonly burndown: number;
  /** What an unset max_tokens holds. */
  readonly maxOutputTokens: number;
}

/** A cross-model daily quota. */
export interface SimulatedDayQuota {
  readonly accountId: string;
  readonly region: string;
  readonly tokensPerDay: number;
  /** How far its day has come when time begins, in ms, 0 up to a day; by chance unless told. */
  readonly phaseMs?: number;
}

export interface SimulatedBedrockOptions {
  readonly quotas: readonly SimulatedQuota[];
  readonly dayQuotas?: readonly SimulatedDayQuota[];
  /** Quotas of bedrock-mantle. */
  readonly mantleQuotas?: readonly SimulatedMantleQuota[];
  readonly limiter: LimiterKind;
  /** Length of a "minute", in ms: 60 000 unless a run is shortened. */
  readonly windowMs?: number;
  /** Chance, 0 up to 1: decides each account's unknown window phase and midnight. */
  readonly random: () => number;
}

interface Book extends SimulatedQuota {
  readonly tokens: Limiter;
  readonly requests: Limiter | undefined;
  readonly day: Limiter | undefined;
  readonly cache: PromptCache;
}

const dayMs = 86_400_000;

/** The quotas of a simulated AWS, enforced as SCENARIO says. Time is an argument: the caller's clock, in ms. */
export class SimulatedBedrock {
  readonly #books = new BookShelf<Book>();
  readonly #mantleBooks = new BookShelf<MantleBook>();

  constructor(options: SimulatedBedrockOptions) {
    const { quotas, dayQuotas = [], mantleQuotas = [], limiter, windowMs = 60_000, random } = options;
    const phases = new Map<string, number>();
    for (const { accountId } of quotas) phases.set(accountId, phases.get(accountId) ?? random());
    const days = new Map(
      dayQuotas.map(({ accountId, region, tokensPerDay, phaseMs = random() * dayMs }) => [
        `${accountId}/${region}`,
        new FixedWindow(tokensPerDay, dayMs, phaseMs),
      ]),
    );
    for (const { accountId } of mantleQuotas) phases.set(accountId, phases.get(accountId) ?? random());
    const minuteOf = (accountId: string): ((limit: number) => Limiter) => {
      const phaseMs = (phases.get(accountId) ?? 0) * windowMs;
      return (limit) => limiterOf(limiter, { limit, windowMs, phaseMs });
    };
    for (const quota of quotas) {
      const minute = minuteOf(quota.accountId);
      const book: Book = {
        ...quota,
        tokens: minute(quota.tokensPerMinute),
        requests: quota.requestsPerMinute === undefined ? undefined : minute(quota.requestsPerMinute),
        day: days.get(`${quota.accountId}/${quota.region}`),
        cache: new PromptCache(),
      };
      for (const modelId of quota.modelIds) this.#books.set({ ...quota, modelId }, book);
    }
    for (const quota of mantleQuotas) {
      const minute = minuteOf(quota.accountId);
      const book = new MantleBook(quota, minute(quota.inputTokensPerMinute), minute(quota.outputTokensPerMinute));
      for (const modelId of quota.modelIds) this.#mantleBooks.set({ ...quota, modelId }, book);
    }
  }

  /** Lets a call in, taking input + max_tokens of its quotas, or refuses it and takes nothing. */
  admit(call: SimulatedCall, nowMs: number): AdmittedCall | ThrottledCall | UnknownModel {
    if (call.endpoint === "mantle") {
      return this.#mantleBooks.get(call)?.admit(call, nowMs) ?? { kind: "unknown-model" };
    }
    const book = this.#books.get(call);
    if (book === undefined) return { kind: "unknown-model" };
    if (call.cachePrefix !== undefined) return this.#admitCached(book, call, { prefix: call.cachePrefix, nowMs });
    const hold = holdOf(call, book);
    const refusal = refuse(book, hold, nowMs);
    return refusal ?? enter(book, call, { hold, nowMs });
  }

  /**
   * Milliseconds until a call would be let in if nothing else happened; Infinity when it never would.
   * @param calls - as so many requests; the tokens are those of the call.
   */
  admitsInMs(call: SimulatedCall, nowMs: number, calls = 1): number {
    if (call.endpoint === "mantle") {
      return this.#mantleBooks.get(call)?.admitsInMs(call, nowMs) ?? Number.POSITIVE_INFINITY;
    }
    const book = this.#books.get(call);
    if (book === undefined || book.tokensPerMinute === 0) return Number.POSITIVE_INFINITY;
    const written = call.cachePrefix === undefined ? 0 : book.cache.look(call.cachePrefix, nowMs).writeTokens;
    const hold = holdOf(call, book) + written;
    return Math.max(
      book.requests?.fitsInMs(calls, nowMs) ?? 0,
      book.tokens.fitsInMs(hold, nowMs),
      book.day?.fitsInMs(hold, nowMs) ?? 0,
    );
  }

  #admitCached(
    book: Book,
    call: SimulatedCall,
    { prefix, nowMs }: { readonly prefix: CachePrefix; readonly nowMs: number },
  ): AdmittedCall | ThrottledCall {
    const use = book.cache.look(prefix, nowMs);
    const writing = { ...call, cacheWriteInputTokens: (call.cacheWriteInputTokens ?? 0) + use.writeTokens };
    const hold = holdOf(writing, book);
    const refusal = refuse(book, hold, nowMs);
    if (refusal !== undefined) return refusal;
    book.cache.use(prefix, nowMs);
    return { ...enter(book, writing, { hold, nowMs }), ...usageOf(use) };
  }
}

function usageOf({
  readTokens,
  writeTokens,
}: CacheUse): Pick<AdmittedCall, "cacheReadInputTokens" | "cacheWriteInputTokens"> {
  return { cacheReadInputTokens: readTokens, cacheWriteInputTokens: writeTokens };
}

function holdOf(call: SimulatedCall, { maxOutputTokens }: Book): number {
  return inputOf(call) + (call.maxTokens ?? maxOutputTokens);
}

function inputOf({ inputTokens, cacheWriteInputTokens = 0 }: SimulatedCall): number {
  return inputTokens + cacheWriteInputTokens;
}

function refuse(book: Book, hold: number, nowMs: number): ThrottledCall | undefined {
  const isOnHold = book.tokensPerMinute === 0;
  if (isOnHold) return { kind: "throttled", message: "Too many tokens per day, please wait before trying again." };
  if (book.requests?.fits(1, nowMs) === false) {
    return { kind: "throttled", message: "Too many requests, please wait before trying again." };
  }
  if (!book.tokens.fits(hold, nowMs)) {
    return { kind: "throttled", message: "Too many tokens, please wait before trying again." };
  }
  if (book.day?.fits(hold, nowMs) === false) {
    return { kind: "throttled", message: "Too many tokens per day, please wait before trying again." };
  }
  return undefined;
}

function enter(book: Book, call: SimulatedCall, at: { readonly hold: number; readonly nowMs: number }): AdmittedCall {
  book.requests?.take(1, at.nowMs);
  const tokens = book.tokens.take(at.hold, at.nowMs);
  const day = book.day?.take(at.hold, at.nowMs);
  const end = (actual: number, nowMs: number): void => {
    book.tokens.end(tokens, actual, nowMs);
    if (day !== undefined) book.day?.end(day, actual, nowMs);
  };
  return {
    kind: "admitted",
    end: ({ inputTokens, cacheWriteInputTokens = 0, outputTokens }, nowMs) =>
      end(inputTokens + cacheWriteInputTokens + outputTokens * book.burndown, nowMs),
    fail: (nowMs) => end(inputOf(call), nowMs),
  };
}
