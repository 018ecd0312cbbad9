import { ShardrockError } from "@shardrock/core";
import { FixedWindow } from "./limiters/fixed-window.ts";
import type { Limiter } from "./limiters/limiter.ts";
import { type LimiterKind, limiterOf } from "./limiters/limiter-kind.ts";
import { BookShelf, type ChargedPlace } from "./book-shelf.ts";
import { MantleBook, type SimulatedMantleQuota } from "./mantle-quota.ts";
import { metered } from "./metrics/metered-call.ts";
import type { SimulatedMetrics } from "./metrics/simulated-metrics.ts";
import type { CachePrefix } from "./prompt-cache.ts";
import { RuntimeBook } from "./runtime-book.ts";
import type { SimulatedLimits } from "./simulated-limits.ts";

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
  /** Counts what is charged and refused. Default: nobody does. */
  readonly metrics?: SimulatedMetrics;
}

const dayMs = 86_400_000;
const unknownModel: UnknownModel = { kind: "unknown-model" };

/** The quotas of a simulated AWS, enforced as SCENARIO says. Time is an argument: the caller's clock, in ms. */
export class SimulatedBedrock {
  readonly #books = new BookShelf<RuntimeBook>();
  readonly #mantleBooks = new BookShelf<MantleBook>();
  readonly #metrics: SimulatedMetrics | undefined;

  constructor(options: SimulatedBedrockOptions) {
    const { quotas, dayQuotas = [], mantleQuotas = [], limiter, windowMs = 60_000, random } = options;
    this.#metrics = options.metrics;
    const phases = new Map<string, number>();
    for (const { accountId } of quotas) phases.set(accountId, phases.get(accountId) ?? random());
    const days = new Map(
      dayQuotas.map(({ accountId, region, tokensPerDay, phaseMs = random() * dayMs }) => [
        `${accountId}/${region}`,
        new FixedWindow({ limit: tokensPerDay, windowMs: dayMs, phaseMs }),
      ]),
    );
    for (const { accountId } of mantleQuotas) phases.set(accountId, phases.get(accountId) ?? random());
    const minuteOf = (accountId: string): ((limit: number) => Limiter) => {
      const phaseMs = (phases.get(accountId) ?? 0) * windowMs;
      return (limit) => limiterOf(limiter, { limit, windowMs, phaseMs });
    };
    for (const quota of quotas) {
      const minute = minuteOf(quota.accountId);
      const book = new RuntimeBook(quota, { minute, day: days.get(`${quota.accountId}/${quota.region}`) });
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
    const book = this.#bookOf(call);
    const decision = book?.admit(call, nowMs) ?? unknownModel;
    if (this.#metrics === undefined) return decision;
    const burndown = book instanceof RuntimeBook ? book.burndown : 1;
    return metered(decision, { call, burndown, metrics: this.#metrics, nowMs });
  }

  /**
   * Milliseconds until a call would be let in if nothing else happened; Infinity when it never would.
   * @param calls - as so many requests; the tokens are those of the call.
   */
  admitsInMs(call: SimulatedCall, nowMs: number, calls = 1): number {
    const { endpoint } = call;
    if (endpoint === "mantle") return this.#mantleBooks.get(call)?.admitsInMs(call, nowMs) ?? Number.POSITIVE_INFINITY;
    return this.#books.get(call)?.admitsInMs(call, nowMs, calls) ?? Number.POSITIVE_INFINITY;
  }

  /** What a quota is now; undefined: there is none. */
  limitsOf(place: ChargedPlace): SimulatedLimits | undefined {
    return this.#bookOf(place)?.limits;
  }

  /** Quota tokens per output token there; undefined: there is no quota. On mantle output takes none of the input quota. */
  burndownOf(place: ChargedPlace): number | undefined {
    const book = this.#bookOf(place);
    return book instanceof MantleBook ? 0 : book?.burndown;
  }

  /**
   * Changes a quota while it is in use; what was taken stays taken. Ids that share it change with it.
   * @param limits - what is left out stays as it is; 0 puts the account on hold.
   * @throws {ShardrockError} `option-invalid` where there is no quota, or a limit is below 0.
   */
  changeQuota(place: ChargedPlace, limits: SimulatedLimits, nowMs: number): void {
    const book = this.#bookOf(place);
    const { accountId, region, modelId } = place;
    if (book === undefined) {
      throw new ShardrockError("option-invalid", `there is no quota of ${modelId} in ${accountId}, ${region}`);
    }
    for (const [name, limit] of Object.entries(limits)) {
      if (!(limit >= 0)) throw new ShardrockError("option-invalid", `${name} must be 0 or more, got ${limit}`);
    }
    book.limitTo(limits, nowMs);
  }

  #bookOf(place: ChargedPlace): RuntimeBook | MantleBook | undefined {
    return place.endpoint === "mantle" ? this.#mantleBooks.get(place) : this.#books.get(place);
  }
}
