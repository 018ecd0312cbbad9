import { Numbers } from "./reply-reader.ts";
import { pageFields, ringLength, ringPlaces, ringSlots } from "./page-layout.ts";

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

/** The same from all of a page's bytes, as of a time in µs. */
export function ringOfPage(page: Uint8Array, ring: Uint8Array, nowUs: number): ReadonlyMap<number, number> {
  if (page.byteLength !== pageFields.length * 8) return new Map();
  const numbers = new Numbers(page);
  const numberOf = (field: (typeof pageFields)[number]): number => numbers.at(pageFields.indexOf(field));
  const [rolledTo, last, cell] = [numberOf("newest"), numberOf("last"), numberOf("cell")];
  const newest = Math.max(rolledTo, Math.floor(nowUs / (numberOf("windowUs") / ringSlots)));
  const units = new Map(numberOf("sum") > 0 ? ringOf(ring, { newest, last }) : []);
  if (cell > 0 && rolledTo > newest - ringLength) units.set(rolledTo, (units.get(rolledTo) ?? 0) + cell);
  // What lies in the places of slots that nobody has rolled to yet is a whole ring old.
  const known = [...units].filter(([slot]) => slot <= Math.max(rolledTo, last));
  return new Map(known.toSorted(([one], [other]) => one - other));
}
