import { type Clock, type Random, seededRandom, ShardrockError } from "@shardrock/core";
import type { ChargedPlace } from "./book-shelf.ts";
import type { AdmittedCall, SimulatedBedrock, SimulatedUsage } from "./simulated-bedrock.ts";
import { Timers } from "./timers.ts";
import { chatSize, poissonGapMs, serviceMs } from "./traffic.ts";

export interface BackgroundTrafficOptions {
  readonly bedrock: SimulatedBedrock;
  readonly clock: Clock;
  /** What is called, and by whom. */
  readonly place: ChargedPlace;
  /** Share of the quota's tokens per minute that it takes, above 0 up to 1; on mantle of its input tokens. */
  readonly share: number;
  /** When it begins and ends, in ms from now. Default: from now on, without an end. */
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** Length of a "minute", in ms. Default 60 000. */
  readonly windowMs?: number;
  /** Default 1. */
  readonly seed?: number;
}

/** Longest wait before a refused call comes again, in windows: 200 ms of a minute, twice as long each time. */
const waits = [1 / 300, 1 / 150, 1 / 75, 1 / 37, 1 / 18, 1 / 10, 1 / 10, 1 / 10];
/** A call is at most so much of the quota, so that its size alone is never why it is refused. */
const largestCallShare = 0.001;

/**
 * Somebody else who calls the same quota: chat of many sizes at random times, which settles for a share of what the
 * quota is at the time. It is admitted and throttled like everyone; each call that is refused comes again soon, while
 * others go on coming.
 */
export class BackgroundTraffic implements Disposable {
  readonly #options: BackgroundTrafficOptions;
  readonly #windowMs: number;
  readonly #random: Random;
  readonly #timers: Timers;
  readonly #endsAtMs: number;
  #calls = 0;
  #throttles = 0;
  #settledTokens = 0;

  /** @throws {ShardrockError} `option-invalid` */
  constructor(options: BackgroundTrafficOptions) {
    const { clock, share, fromMs = 0, untilMs = Number.POSITIVE_INFINITY, windowMs = 60_000, seed = 1 } = options;
    if (!(share > 0 && share <= 1)) {
      throw new ShardrockError("option-invalid", `share must be above 0 up to 1, got ${share}`);
    }
    this.#options = options;
    this.#windowMs = windowMs;
    this.#random = seededRandom(seed);
    this.#timers = new Timers(clock);
    this.#endsAtMs = clock.monotonicMs() + untilMs;
    this.#wait(fromMs);
  }

  /** Calls that were let in. */
  get calls(): number {
    return this.#calls;
  }

  get throttles(): number {
    return this.#throttles;
  }

  /** What its calls that have ended took of the quota. */
  get settledTokens(): number {
    return this.#settledTokens;
  }

  /** It stops at once: calls under way never end. */
  [Symbol.dispose](): void {
    this.#timers[Symbol.dispose]();
  }

  #wait(ms: number): void {
    this.#timers.after(Math.max(0, ms), () => this.#step());
  }

  #step(): void {
    if (this.#options.clock.monotonicMs() >= this.#endsAtMs) return;
    const rate = this.#perMs();
    if (rate === 0) return this.#wait(this.#windowMs / 60);
    const usage = this.#nextUsage(rate);
    this.#try(usage);
    this.#wait(poissonGapMs(rate / this.#costOf(usage), this.#random)); // as long as its tokens take to come up
  }

  #try(usage: SimulatedUsage, attempt = 0): void {
    const { bedrock, clock, place } = this.#options;
    const nowMs = clock.monotonicMs();
    const decision = bedrock.admit({ ...place, ...usage, maxTokens: usage.outputTokens }, nowMs);
    if (decision.kind === "admitted") {
      this.#calls += 1;
      const tookMs = serviceMs(usage.outputTokens) * (this.#windowMs / 60_000);
      return this.#timers.after(tookMs, () => this.#end(decision, usage));
    }
    this.#throttles += 1;
    const wait = waits[attempt];
    if (wait === undefined) return; // it is given up
    const againMs = (0.5 + this.#random() / 2) * wait * this.#windowMs;
    if (nowMs + againMs < this.#endsAtMs) this.#timers.after(againMs, () => this.#try(usage, attempt + 1));
  }

  #end(admitted: AdmittedCall, usage: SimulatedUsage): void {
    const nowMs = this.#options.clock.monotonicMs();
    admitted.write?.(usage.outputTokens, nowMs);
    admitted.end(usage, nowMs);
    this.#settledTokens += this.#costOf(usage);
  }

  /** Quota tokens it may take per ms, as the quota is now. */
  #perMs(): number {
    const { bedrock, place, share } = this.#options;
    const { tokensPerMinute, inputTokensPerMinute = 0 } = bedrock.limitsOf(place) ?? {};
    return ((tokensPerMinute ?? inputTokensPerMinute) * share) / this.#windowMs;
  }

  #nextUsage(perMs: number): SimulatedUsage {
    const size = chatSize(this.#random);
    const mostTokens = (perMs * this.#windowMs * largestCallShare) / this.#options.share;
    const scale = Math.min(1, mostTokens / this.#costOf(size));
    const scaled = (tokens: number): number => Math.max(1, Math.round(tokens * scale));
    return { inputTokens: scaled(size.inputTokens), outputTokens: scaled(size.outputTokens) };
  }

  #costOf({ inputTokens, outputTokens }: SimulatedUsage): number {
    const { bedrock, place } = this.#options;
    return inputTokens + outputTokens * (bedrock.burndownOf(place) ?? 1);
  }
}
