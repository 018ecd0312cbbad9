import { Numbers } from "./reply-reader.ts";
import { pageFields, ringLength, ringPlaces } from "./page-layout.ts";

/** Where a ring stands: the slot that is newest by the clock, and the last that is booked. */
export interface RingEnds {
  readonly newest: number;
  readonly last: number;
}

/** Units by slot, oldest first, of a ring's bytes; slots without any are left out. */
export function ringOf(bytes: Uint8Array, { newest, last }: RingEnds): ReadonlyMap<number, number> {
  const units = new Map<number, number>();
  if (bytes.byteLength === 0) return units;
  const numbers = new Numbers(bytes);
  for (let slot = Math.max(0, newest - ringLength + 1); slot <= Math.max(newest, last); slot += 1) {
    const place = slot % ringPlaces;
    const held = place < numbers.length ? numbers.at(place) : 0;
    if (held > 0) units.set(slot, held);
  }
  return units;
}

/** The same from a page's bytes, as of a time in µs. */
export function ringOfPage(page: Uint8Array, ring: Uint8Array, nowUs: number): ReadonlyMap<number, number> {
  if (page.byteLength !== pageFields.length * 8) return new Map();
  const numbers = new Numbers(page);
  const slotUs = numbers.at(pageFields.indexOf("windowUs")) / 480;
  const newest = Math.max(numbers.at(pageFields.indexOf("newest")), Math.floor(nowUs / slotUs));
  const last = numbers.at(pageFields.indexOf("last"));
  const units = numbers.at(pageFields.indexOf("sum")) > 0 ? ringOf(ring, { newest, last }) : new Map<number, number>();
  // What lies in the places of slots that nobody has rolled to yet is a whole ring old.
  const rolledTo = Math.max(numbers.at(pageFields.indexOf("newest")), last);
  return new Map([...units].filter(([slot]) => slot <= rolledTo));
}
