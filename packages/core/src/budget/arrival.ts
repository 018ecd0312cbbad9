/**
 * When a call fits in a bucket, in µs; before the present it fits now. A call larger than the burst counts as just the
 * burst here, so that it runs when the quota is otherwise idle.
 * @param tat - theoretical arrival time, from the present up.
 */
export function arrivalUs(tat: number, needUs: number, burst: number): number {
  return tat - (needUs < burst ? burst - needUs : 0);
}

const idleUs = 6_000_000;

/**
 * How long ago a call that fits could have started: all of it when idle, less the more is spent, never 0.
 * @param takenUs - spent, with the call, from 0 up.
 */
export function spareUs(takenUs: number): number {
  return takenUs < idleUs / 2 ? idleUs - takenUs : (idleUs * idleUs) / (4 * takenUs);
}
