/** What a booking says of how AWS counts, once it is known whether AWS let it in. Shares are of the believed limit. */
export interface Evidence {
  /** When it was booked, in µs, and in which slot of the window ring. */
  readonly atUs: number;
  readonly slot: number;
  /** The hold. */
  readonly hold: number;
  /** What a bucket that refills all the time was short of after the booking, at most and at least; 0 is full. */
  readonly level: number;
  readonly leastLevel: number;
  /** What the last window held after the booking: at most, and at least. */
  readonly most: number;
  readonly least: number;
  /** A window at least so old (µs) was surely over its limit after the booking; Infinity: none was. */
  readonly overAge: Ages;
  /** Whose limit the shares are of; evidence of an older belief counts no more. */
  readonly belief: number;
}

/** Ages in µs: of a window of the quota's own length, and of a sixth of it. */
export interface Ages {
  readonly whole: number;
  readonly sixth: number;
}

export const noAges: Ages = { whole: Number.POSITIVE_INFINITY, sixth: Number.POSITIVE_INFINITY };
