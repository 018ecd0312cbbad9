/** Units of one quota by the minute's beginning, in ms since 1970. */
export type ByMinute = ReadonlyMap<number, number>;

export const minuteMs = 60_000;

/** What AWS counted of a quota, and what our own book settled of it. A minute that AWS names nothing for is not known. */
export interface Counts {
  readonly counted: ByMinute;
  readonly own: ByMinute;
}

/** Newest minutes that tell of now, and those they are held against. */
const fewMinutes = 3;
const manyMinutes = 10;
/** One minute alone may be anything. */
const leastMinutes = 2;

/**
 * How far the newest few minutes may be off by chance, as a share of the limit; beyond it use has changed. Less is believed
 * sooner than more: it is not believed at once.
 */
const chance = { above: 0.1, below: 0.02 } as const;

/** AWS counted less than this share of what we used ourselves: the minute is not counted to its end. */
const partial = 0.9;

/** AWS's minute of a call may be the one before ours, or the one after. */
const shifts = [-minuteMs, 0, minuteMs] as const;

/**
 * What AWS counted beyond our own use, in units a minute, 0 up to the limit: the mean over many minutes, unless the newest
 * few say clearly otherwise. Pure. Counting more in a minute that counts never makes it less.
 * @param limit - units a minute.
 * @returns undefined: too little can be believed.
 */
export function surplusPerMinute({ counted, own }: Counts, limit: number): number | undefined {
  const believed = [...counted].filter(([minute, units]) => !isPartial(minute, units, own));
  const newest = believed.sort(([one], [other]) => other - one);
  if (newest.length < leastMinutes) return undefined;
  const few = meanSurplus(newest.slice(0, fewMinutes), own);
  const many = meanSurplus(newest.slice(0, manyMinutes), own);
  const surplus = Math.min(Math.max(many, few - limit * chance.above), few + limit * chance.below);
  return Math.min(limit, Math.max(0, surplus));
}

function isPartial(minute: number, units: number, own: ByMinute): boolean {
  const least = Math.min(...shifts.map((shift) => own.get(minute + shift) ?? 0));
  return units < least * partial;
}

/** By whichever shift explains most by our own use: a shift is never taken for others. */
function meanSurplus(minutes: readonly (readonly [minute: number, units: number])[], own: ByMinute): number {
  const counted = minutes.reduce((sum, [, units]) => sum + units, 0);
  const ownSums = shifts.map((shift) => minutes.reduce((sum, [minute]) => sum + (own.get(minute + shift) ?? 0), 0));
  return (counted - Math.max(...ownSums)) / minutes.length;
}
