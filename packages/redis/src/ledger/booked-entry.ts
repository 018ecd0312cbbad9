import { type Evidence, ringSlots, WindowRing } from "@shardrock/core/book";
import type { BookedPage, EndedPage } from "../store/book-store.ts";
import type { Pending } from "./mirror-page.ts";
import type { Page } from "./page.ts";

/** What one call has on one page, and what it will tell of AWS's limit. */
export interface BookedEntry {
  readonly page: Page;
  readonly booked: BookedPage;
  readonly startUs: number;
  readonly held: number;
  /** Of that, what AWS may not have taken. */
  readonly doubt: number;
  readonly evidence: Evidence;
}

/** What a booking shows, once it is known whether AWS let it in. */
export function evidenceOf({ page, booked, startUs, held }: Omit<BookedEntry, "evidence">): Evidence {
  const { slot, tatUs, most, least, doubt, ring } = booked;
  const { known } = page.learner;
  const overAge =
    ring && known.surelyOver(WindowRing.of(known.windowUs, ringSlots, ring), { atUs: startUs, slot }, doubt);
  return known.evidence({ atUs: startUs, slot, held, levelUs: tatUs - startUs, most, least, doubt, overAge });
}

/** How a call ends on a page. @param actual - what it took; undefined: the hold stays spent. */
export function endedPage(entry: BookedEntry, actual: number | undefined, missingUntilUs = 0): EndedPage {
  const { page, booked, startUs, held, doubt } = entry;
  const { slot, heldUs } = booked;
  const priceUs = page.mirror.priceUs;
  return { key: page.quota.key, slot, startUs, held, doubt, heldUs, actual, priceUs, missingUntilUs };
}

/** What that changes, until the store says so. */
export function pendingOf({ page, booked, held }: BookedEntry, actual: number | undefined): Pending {
  if (actual === undefined || actual === held) return nothing;
  const usPerUnit = held > 0 ? booked.heldUs / held : page.mirror.priceUs;
  return { us: Math.ceil(actual * usPerUnit) - booked.heldUs, units: actual - held };
}

const nothing: Pending = { us: 0, units: 0 };
