import type { Candidate, Clock, Ledger, Quote, QuotaSnapshot, Refusal, Reservation, Target } from "@shardrock/core";
import type { SimulatedBedrock } from "@shardrock/simulator";

/**
 * The ledger of the told run: it asks the simulated limiter itself whether a hold would fit. What it reaches is what
 * can be had with these holds; every goodput bar is a ratio to it.
 */
export class ToldLedger implements Ledger {
  readonly isExact = true;
  readonly #bedrock: SimulatedBedrock;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  /** What was granted by target and has not reached the limiter yet. */
  readonly #granted = new Map<Target, { readonly tokens: number; readonly calls: number }>();

  constructor(options: { readonly bedrock: SimulatedBedrock; readonly clock: Clock }) {
    this.#bedrock = options.bedrock;
    this.#clock = options.clock;
  }

  startsInMs({ target, cost }: Candidate, nowMs: number): number {
    const granted = this.#granted.get(target) ?? nothing;
    const { accountId, region, modelId } = target;
    const call = { accountId, region, modelId, inputTokens: (cost.tokens ?? 0) + granted.tokens, maxTokens: 0 };
    // In whole µs: a bucket that lacks the billionth of a token would be asked again at the very same instant, for ever.
    return Math.ceil(this.#bedrock.admitsInMs(call, nowMs, granted.calls + 1) * 1e3) / 1e3;
  }

  quote(candidate: Candidate, nowMs: number): Quote {
    return { startsInMs: this.startsInMs(candidate, nowMs), headroom: 0, isEstimated: false };
  }

  reserve(candidates: readonly Candidate[]): Promise<Reservation | Refusal> {
    const nowMs = this.#clock.monotonicMs();
    const candidate = candidates.find((one) => this.startsInMs(one, nowMs) <= 0);
    if (candidate !== undefined) return Promise.resolve(this.#grant(candidate));
    const retryAfterMs = Math.min(...candidates.map((one) => this.startsInMs(one, nowMs)));
    const short = candidates[0]?.target.quotas[0];
    if (short === undefined) throw new RangeError("a told reservation needs a candidate with a quota");
    return Promise.resolve({ kind: "refused", short, retryAfterMs, isEstimated: false });
  }

  /** The limiter has seen a granted call. */
  arrived(target: Target, tokens: number): void {
    this.#add(target, { tokens: -tokens, calls: -1 });
  }

  /** The limiter knows, nobody else. */
  settledByMinute(): ReadonlyMap<number, number> {
    return new Map();
  }

  snapshot(): readonly QuotaSnapshot[] {
    return [];
  }

  onGiveBack(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  #grant({ target, cost }: Candidate): Reservation {
    this.#add(target, { tokens: cost.tokens ?? 0, calls: 1 });
    const tell = (): void => {
      for (const listener of this.#listeners) listener();
    };
    return { kind: "reserved", target, settle: tell, release: tell, keep: tell, throttled: tell };
  }

  #add(target: Target, more: { readonly tokens: number; readonly calls: number }): void {
    const { tokens, calls } = this.#granted.get(target) ?? nothing;
    this.#granted.set(target, { tokens: tokens + more.tokens, calls: calls + more.calls });
  }
}

const nothing = { tokens: 0, calls: 0 };
