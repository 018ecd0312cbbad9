import { ShardrockError } from "@shardrock/core";

/**
 * The numbers of a page, in the order they lie in its string: little-endian doubles. The first five are what every answer
 * shows; with the next four a candidate is judged; the rest is read only of pages that are booked, or in trouble.
 * Times are µs of the store's clock, amounts units of the quota.
 */
export const pageFields = [
  "tat",
  "inWindow",
  "paused",
  "open",
  "version",
  // Until when the numbers up to here tell all about a call that the window has room for.
  "plainUntil",
  "price",
  "burst",
  "mayHold",
  // The window that counts: 0 none, 1 sliding, 2 one that begins within an arc.
  "window",
  "arcWindow",
  "arcFrom",
  "arcWidth",
  "mayAsk",
  "windowUs",
  "doubt",
  // Units AWS refused where the book had room, and until when they count.
  "missing",
  "missingUntil",
  // The ring: its newest slot by the clock, all it holds, and of that what may have left the window, and what lies ahead.
  "newest",
  "sum",
  "doubtful",
  "ahead",
  "last",
  // What `inWindow` was last counted from.
  "countedFrom",
  "countedSlot",
  "countedMissing",
  // Until when use is noted by process, the sum of that, when it was so much, and when processes that left are dropped.
  "contendedUntil",
  "used",
  "usedAt",
  "cleanAt",
] as const;

/** Numbers that a script keeps of a page beside those of its string. */
const scriptFields = ["at", "dirty", "spoiled"] as const;

/** Slots of a window; those that a booking counts for (the newest is only partly inside, and one is for the way to AWS). */
export const ringSlots = 480;
export const ringLength: number = ringSlots + 2;
/** Slots of the ring's string: bookings up to 1/30 of a window ahead lie beyond the newest. */
export const ringPlaces: number = ringLength + 18;

const indexes: ReadonlyMap<string, number> = new Map(
  [...pageFields, ...scriptFields].map((name, at) => [name, at + 1]),
);

/** Lua text with `p.name` for numbers of a page: those are places of an array, which is what Lua reads quickest. */
export function withPageFields(lua: string): string {
  return lua.replaceAll(/\bp\.(\w+)/g, (_, name: string) => {
    const index = indexes.get(name);
    if (index === undefined) throw new ShardrockError("option-invalid", `a page has no number named ${name}`);
    return `p[${index}]`;
  });
}
