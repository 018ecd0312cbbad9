import {
  type Candidate,
  type Clock,
  dayWindowMs,
  type Limits,
  MemoryLedger,
  type Quota,
  type Quote,
  type QuotaSnapshot,
  type Random,
  type Refusal,
  type Reservation,
} from "@shardrock/core";
import { LocalReservation } from "./local-reservation.ts";
import { ShareLimits } from "./share-limits.ts";
import type { SpentUnits } from "./spent-units.ts";

/** What of its part a process uses: others may come that it has not seen. */
const safety = 0.8;
/** A burst that has surely been spent: core's first one, as a share of the limit. */
const firstBurst = 0.1;

export interface LocalBookOptions {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly random: Random;
  /** That share the limits, 1 up. */
  readonly processes: number;
  readonly spent: SpentUnits;
  /** Units that a call took, when it ended. */
  readonly settled: (key: string, units: number) => void;
  /** AWS refused a call for the day, which all processes must know. */
  readonly closeDays: (quotas: readonly Quota[]) => void;
  readonly storeUs: () => number;
}

/**
 * The book of a process that cannot reach the shared one: its part of each quota. It begins spent, because nobody knows
 * what was booked last; where a part is less than one call, processes begin spread over the time that one call takes.
 */
export class LocalBook implements Disposable {
  readonly #options: LocalBookOptions;
  readonly #ledger: MemoryLedger;
  readonly #begun = new Set<string>();

  constructor(options: LocalBookOptions) {
    this.#options = options;
    const limits = new ShareLimits(options.limits, safety / options.processes);
    this.#ledger = new MemoryLedger({ limits, clock: options.clock });
  }

  startsInMs(candidate: Candidate, nowMs: number): number {
    this.#begin(candidate);
    return this.#ledger.startsInMs(candidate, nowMs);
  }

  quote(candidate: Candidate, nowMs: number): Quote {
    this.#begin(candidate);
    return this.#ledger.quote(candidate, nowMs);
  }

  snapshot(nowMs: number): readonly QuotaSnapshot[] {
    return this.#ledger.snapshot(nowMs);
  }

  onGiveBack(listener: () => void): Disposable {
    return this.#ledger.onGiveBack(listener);
  }

  async reserve(candidates: readonly Candidate[]): Promise<Reservation | Refusal> {
    for (const candidate of candidates) this.#begin(candidate);
    const answer = await this.#ledger.reserve(candidates);
    if (answer.kind === "refused") return answer;
    const candidate = candidates.find(({ target }) => target === answer.target);
    if (candidate === undefined) return answer;
    const { spent, settled, storeUs, closeDays } = this.#options;
    const days = candidate.target.quotas.filter(({ windowMs }) => windowMs >= dayWindowMs);
    const entries = minuteQuotas(candidate).map((quota) => ({
      unit: quota.unit,
      entry: spent.add(quota, candidate.cost[quota.unit] ?? 0, storeUs()),
    }));
    return new LocalReservation({ inner: answer, entries, spent, settled, closeDays: () => closeDays(days) });
  }

  /** Nobody asks it any more; what is booked there ends as ever. */
  [Symbol.dispose](): void {
    this.#ledger[Symbol.dispose]();
  }

  #begin(candidate: Candidate): void {
    for (const quota of minuteQuotas(candidate)) {
      if (this.#begun.has(quota.key)) continue;
      this.#begun.add(quota.key);
      this.#spend(candidate, quota);
    }
  }

  #spend({ target, cost }: Candidate, quota: Quota): void {
    const { limits, random, processes } = this.#options;
    const burst = ((limits.get(quota.key)?.value ?? 0) * safety * firstBurst) / processes;
    const units = Math.max(burst, random() * (cost[quota.unit] ?? 0));
    if (burst === 0) return;
    // A book in memory books in this turn.
    const spent = { target: { ...target, quotas: [quota] }, cost: { [quota.unit]: units } };
    void this.#ledger.reserve([spent]).then((answer) => answer.kind === "reserved" && answer.keep("spent before"));
  }
}

function minuteQuotas({ target }: Candidate): readonly Quota[] {
  return target.quotas.filter(({ windowMs }) => windowMs < dayWindowMs);
}
