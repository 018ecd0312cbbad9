import { ShardrockError } from "@shardrock/core";

/**
 * The numbers of a page: little-endian doubles. The first five are what every answer shows; with the first nine a candidate is
 * judged; the next six are what a booking changes, mostly. Those lie in the page's string; the others in one beside it, which
 * is read where time has passed or the page is short. Times are µs of the store's clock, amounts units of the quota.
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
  // Until when a booking changes nothing but the first fifteen: the end of the ring's newest slot; 0 where something lies
  // ahead, or use is noted.
  "quickUntil",
  // The ring: its newest slot by the clock, all it holds, what of that may have left the window, and units of the newest
  // slot that are not yet in its string.
  "newest",
  "sum",
  "doubtful",
  "cell",
  "doubt",
  "windowUs",
  // What lies in the ring's slots ahead, and the last of them.
  "ahead",
  "last",
  // Until when use is noted by process; 0: it is not.
  "contendedUntil",
  // The window that counts: 0 none, 1 sliding, 2 one that begins within an arc.
  "window",
  "arcWindow",
  "arcFrom",
  "arcWidth",
  "mayAsk",
  // Units AWS refused where the book had room, and until when they count.
  "missing",
  "missingUntil",
  // What `inWindow` was last counted from.
  "countedFrom",
  "countedSlot",
  "countedMissing",
  // Use of all processes, when it was so much, and when processes that left are dropped.
  "used",
  "usedAt",
  "cleanAt",
] as const;

/** Numbers in a page's own string, and its length. */
export const frontFields = 15;
export const pageBytes: number = frontFields * 8;

/** Where numbers of a page's own string lie in it. */
export const frontPlaces: Readonly<Record<"tat" | "price" | "newest" | "sum" | "doubtful" | "doubt", number>> = {
  tat: pageFields.indexOf("tat"),
  price: pageFields.indexOf("price"),
  newest: pageFields.indexOf("newest"),
  sum: pageFields.indexOf("sum"),
  doubtful: pageFields.indexOf("doubtful"),
  doubt: pageFields.indexOf("doubt"),
};

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
