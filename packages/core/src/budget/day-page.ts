import type { ThrottleEvidence } from "./ledger.ts";
import type { Quota } from "./quota.ts";
import { WindowRing } from "./window-ring.ts";

/** AWS does not publish when a day quota reopens: one call an hour tries. */
const probeEveryUs = 3_600_000_000;
const ringSlots = 24;

/** What one call has on a day page. */
export interface DayEntry {
  readonly day: DayPage;
  /** Units held. */
  readonly held: number;
  /** Slot of the window ring. */
  readonly slot: number;
  /** True: this call tries out whether a closed day quota is open again. */
  readonly isProbe: boolean;
}

/** A day quota: counted, advisory until AWS refuses; then closed, and reopened by a probe that gets through. */
export class DayPage {
  readonly quota: Quota;
  readonly #ring: WindowRing;
  /** When the next probe may start; undefined while the quota is open. */
  #nextProbeUs: number | undefined;

  constructor(quota: Quota) {
    this.quota = quota;
    this.#ring = new WindowRing(quota.windowMs * 1e3, ringSlots);
  }

  /** When a call may start, in µs: now unless the quota is closed. */
  startUs(): number {
    return this.#nextProbeUs ?? Number.NEGATIVE_INFINITY;
  }

  /** 1 while open or up for a probe, else 0. */
  headroom(nowUs: number): number {
    return (this.#nextProbeUs ?? nowUs) <= nowUs ? 1 : 0;
  }

  /** Counts a call; the first after a closed quota's time is its probe. */
  book(units: number, nowUs: number): DayEntry {
    const isProbe = this.#nextProbeUs !== undefined;
    if (isProbe) this.#nextProbeUs = nowUs + probeEveryUs;
    return { day: this, held: units, slot: this.#ring.add(units, nowUs), isProbe };
  }

  /** The call took `units`; a probe has found the quota open. Returns true when that is so. */
  settle(entry: DayEntry, units: number, nowUs: number): boolean {
    this.#ring.correct(entry.slot, units - entry.held, nowUs);
    if (entry.isProbe) this.#nextProbeUs = undefined;
    return entry.isProbe;
  }

  /** A probe that told nothing may be repeated at once. */
  release(entry: DayEntry, nowUs: number): boolean {
    this.#ring.correct(entry.slot, -entry.held, nowUs);
    if (entry.isProbe) this.#nextProbeUs = nowUs;
    return entry.isProbe;
  }

  /** In doubt the count stands. */
  keep(entry: DayEntry, nowUs: number): boolean {
    if (entry.isProbe) this.#nextProbeUs = nowUs;
    return entry.isProbe;
  }

  /** A refusal gives the count back, and closes the quota when it speaks of the day. */
  throttled(entry: DayEntry, { scope }: ThrottleEvidence, nowUs: number): boolean {
    this.#ring.correct(entry.slot, -entry.held, nowUs);
    if (scope === "tokens-per-day") this.#nextProbeUs = nowUs + probeEveryUs;
    // A minute throttle on a probe got past the day gate or not; nobody knows, so the next call probes.
    else if (entry.isProbe) this.#nextProbeUs = nowUs;
    return entry.isProbe && scope !== "tokens-per-day";
  }
}
