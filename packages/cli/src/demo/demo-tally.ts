/** What callers saw of one side. */
export class Tally {
  sent = 0;
  served = 0;
  failed = 0;
  /** Tokens of the calls that were served. */
  tokens = 0;
  /** Milliseconds from call to answer, the model's own time taken off. */
  readonly waitsMs: number[] = [];

  get open(): number {
    return this.sent - this.served - this.failed;
  }

  /** @param share - 0 to 1. */
  waitMs(share: number): number {
    const sorted = this.waitsMs.toSorted((one, other) => one - other);
    return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  }
}
