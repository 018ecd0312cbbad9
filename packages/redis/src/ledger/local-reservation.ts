import type { Cost, Reservation, Target, ThrottleEvidence, Unit } from "@shardrock/core";
import type { SpentEntry, SpentUnits } from "./spent-units.ts";

export interface LocalReservationOptions {
  readonly inner: Reservation;
  readonly entries: readonly { readonly unit: Unit; readonly entry: SpentEntry }[];
  readonly spent: SpentUnits;
  readonly settled: (key: string, units: number) => void;
  /** AWS refused it for the day. */
  readonly closeDays: () => void;
}

/** A reservation in a `LocalBook`, which remembers what the shared book must be told of it. */
export class LocalReservation implements Reservation {
  readonly kind = "reserved";
  readonly target: Target;
  readonly #options: LocalReservationOptions;
  #isOpen = true;

  constructor(options: LocalReservationOptions) {
    this.target = options.inner.target;
    this.#options = options;
  }

  settle(actual: Cost): void {
    this.#end((unit) => actual[unit]);
    this.#options.inner.settle(actual);
  }

  release(): void {
    this.#end(() => 0);
    this.#options.inner.release();
  }

  keep(reason: string): void {
    this.#end(() => undefined);
    this.#options.inner.keep(reason);
  }

  throttled(evidence: ThrottleEvidence): void {
    if (this.#isOpen && evidence.scope === "tokens-per-day") this.#options.closeDays();
    this.#isOpen = false; // what AWS refused here stays told as spent: this book knows a part only
    this.#options.inner.throttled(evidence);
  }

  #end(actualOf: (unit: Unit) => number | undefined): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { entries, spent, settled } = this.#options;
    for (const { unit, entry } of entries) {
      const units = actualOf(unit);
      const isKnown = units !== undefined && Number.isFinite(units) && units >= 0;
      const took = isKnown ? units : entry.units;
      spent.correct(entry, took);
      if (took > 0) settled(entry.key, took);
    }
  }
}
