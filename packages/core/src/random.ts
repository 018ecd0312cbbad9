/** Chance as an argument: a number from 0 up to, not including, 1. */
export type Random = () => number;

/** The machine's own chance; not for secrets. */
export const systemRandom: Random = () => Math.random();

/**
 * Repeatable chance: the same seed gives the same numbers on every machine.
 * Source: mulberry32, Tommy Ettinger (public domain), 32 bits of state.
 * @param seed - any number; its lowest 32 bits count.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
