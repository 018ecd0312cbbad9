import { mostBelieved } from "./beliefs.ts";
import type { Booking, MergedHistory } from "./merged-history.ts";
import { lossAllowance } from "./outage.ts";
import { type HistoryWorld, largestAsked } from "./world.ts";

export interface WindowsJudged {
  readonly violations: readonly string[];
  /** How many windows were looked at, of all that end with a booking. */
  readonly judged: number;
  readonly all: number;
}

/**
 * Nothing is granted over the limit in any window, counted at start time, each call as it stood then: its hold until it is
 * ended, at most what it was settled for afterwards. Looked at wherever all processes kept a sliding window; where they
 * know that AWS does not count so, the law of the book is what holds. Only what surely lies in the window counts.
 */
export function judgeWindows(history: MergedHistory, world: HistoryWorld): WindowsJudged {
  const violations: string[] = [];
  let judged = 0;
  let all = 0;
  for (const [key, bookings] of history.bookings) {
    const limit = world.limits.get(key) ?? 0;
    const largest = Math.max(...bookings.map(({ held }) => held));
    let first = 0;
    for (const [place, { toUs: endUs }] of bookings.entries()) {
      all += 1;
      const span = { fromUs: endUs - world.windowUs, toUs: endUs };
      while ((bookings[first]?.toUs ?? endUs) <= span.fromUs) first += 1;
      const believed = mostBelieved(history.beliefs.get(key) ?? [], span);
      if (believed?.keepsWindow !== true) continue;
      judged += 1;
      const booked = bookedAt(bookings.slice(first, place + 1), span.fromUs, endUs);
      const allowed =
        Math.min(limit, believed.limit * largestAsked) + lossAllowance(history.local, span, { limit, largest, world });
      if (booked > allowed)
        violations.push(
          `${key}: ${booked} units in the window that ends at ${endUs} µs, of ${Math.floor(allowed)} allowed`,
        );
    }
  }
  return { violations, judged, all };
}

/** Units that surely started after `fromUs` and until `atUs`, as they stood then. */
function bookedAt(bookings: readonly Booking[], fromUs: number, atUs: number): number {
  let units = 0;
  for (const booking of bookings) {
    if (booking.fromUs <= fromUs || booking.toUs > atUs) continue;
    units += booking.endedUs <= atUs ? Math.min(booking.held, booking.stands ?? booking.held) : booking.held;
  }
  return units;
}
