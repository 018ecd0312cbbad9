import { type WaitReport, WaitTimes } from "./wait-times.ts";

/** How calls came out. `offered` is the sum of `served`, `refused`, `tooLarge`, `nowhere` and `failed`. */
export interface OutcomeReport {
  readonly offered: number;
  readonly served: number;
  /** Of those served: they waited for room. */
  readonly delayed: number;
  /** There was no room in time. */
  readonly refused: number;
  /** Larger than any quota ever carries. */
  readonly tooLarge: number;
  /** No target may take them, by the config's rules or because nothing works. */
  readonly nowhere: number;
  /** AWS's error reached the caller. */
  readonly failed: number;
  /** Their answers were cut short, by an output quota or by the max_tokens that was filled in for them. */
  readonly cutShort: number;
  /** Waits of the calls that were served. */
  readonly waits: WaitReport;
}

/** Counts how the calls of one model and tenant came out. */
export class Outcomes {
  offered = 0;
  served = 0;
  refused = 0;
  tooLarge = 0;
  nowhere = 0;
  failed = 0;
  cutShort = 0;
  readonly waits: WaitTimes = new WaitTimes();

  addAll(other: Outcomes): void {
    this.offered += other.offered;
    this.served += other.served;
    this.refused += other.refused;
    this.tooLarge += other.tooLarge;
    this.nowhere += other.nowhere;
    this.failed += other.failed;
    this.cutShort += other.cutShort;
    this.waits.addAll(other.waits);
  }

  report(): OutcomeReport {
    const { offered, served, refused, tooLarge, nowhere, failed, cutShort, waits } = this;
    const delayed = waits.waited;
    return { offered, served, delayed, refused, tooLarge, nowhere, failed, cutShort, waits: waits.report() };
  }
}
