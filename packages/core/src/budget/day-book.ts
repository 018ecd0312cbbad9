import type { Quota } from "./quota.ts";

/** AWS does not publish when a day quota reopens: one call an hour tries. */
const probeEveryUs = 3_600_000_000;

/**
 * The pages of all day quotas. AWS weighs them by price and does not publish the weights, so they are advisory: open
 * until AWS refuses a call; then closed, and reopened by a probe that gets through. Times are integer µs.
 */
export class DayBook {
  readonly #quotas: Quota[] = [];
  readonly #byKey = new Map<string, number>();
  /** When the next probe may start, by page; a page that is open has none. */
  readonly #closed = new Map<number, number>();
  readonly #onShift: () => void;
  #allOpen = true;

  /** @param onShift - called when a quota starts at another time than before. */
  constructor(onShift: () => void) {
    this.#onShift = onShift;
  }

  /** Whether no quota is closed. */
  get allOpen(): boolean {
    return this.#allOpen;
  }

  /** The page of a quota; the same key is the same page. */
  pageOf(quota: Quota): number {
    const known = this.#byKey.get(quota.key);
    if (known !== undefined) return known;
    const page = this.#quotas.push(quota) - 1;
    this.#byKey.set(quota.key, page);
    return page;
  }

  quotaOf(page: number): Quota {
    const quota = this.#quotas[page];
    if (quota === undefined) throw new RangeError(`no day page ${page}`);
    return quota;
  }

  /** When a call may start: now unless the quota is closed. */
  startUs(page: number): number {
    return this.#closed.get(page) ?? Number.NEGATIVE_INFINITY;
  }

  /** A call starts. Returns true when it is the probe of a closed quota. */
  start(page: number, nowUs: number): boolean {
    if (!this.#closed.has(page)) return false;
    this.close(page, nowUs);
    return true;
  }

  /** AWS refused a call for the day. */
  close(page: number, nowUs: number): void {
    this.#closed.set(page, nowUs + probeEveryUs);
    this.#allOpen = false;
    this.#onShift();
  }

  /** A probe got through. */
  open(page: number): void {
    if (this.#closed.delete(page)) this.#onShift();
    this.#allOpen = this.#closed.size === 0;
  }

  /** A probe told nothing: the next call may be one. */
  probeAgain(page: number, nowUs: number): void {
    if (!this.#closed.has(page)) return;
    this.#closed.set(page, nowUs);
    this.#onShift();
  }
}
