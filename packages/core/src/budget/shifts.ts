/**
 * What has become of the times a book told for a quota. `later`: no call starts before the time that was told. `earlier`:
 * nothing that was told still holds.
 */
export type Shift = "earlier" | "later";

/** @param key - of the quota; undefined: it may be any. */
export type ShiftListener = (key: string | undefined, shift: Shift) => void;

/**
 * Which quotas have changed, for whoever remembers what the book told of a candidate: until one of its quotas shifts, it
 * starts at the time that was told for it, and time only brings that nearer. What has come must be asked again.
 */
export interface Shifts {
  /** Tells what time alone has changed otherwise than was told, up to now. @param nowMs - the clock's `monotonicMs`. */
  bringUpTo(nowMs: number): void;
  /** Calls back at once, also from within what asks the book; dispose to stop. */
  onShift(listener: ShiftListener): Disposable;
}
