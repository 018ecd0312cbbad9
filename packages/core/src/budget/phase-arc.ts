/**
 * When windows of a fixed length may begin: an arc of their cycle. Times are µs of one monotonic clock; a window begins
 * at one instant of the arc, and again every `windowUs`.
 */
export interface PhaseArc {
  readonly windowUs: number;
  /** Start of the arc in the cycle, from 0 up to `windowUs`. */
  readonly fromUs: number;
  /** From 0 up; `windowUs` or more is the whole cycle. */
  readonly widthUs: number;
}

/** Nothing is known of when the window begins. */
export function anyPhase(windowUs: number): PhaseArc {
  return { windowUs, fromUs: 0, widthUs: windowUs };
}

/** The arc of windows that began between two instants. */
export function beganBetween(windowUs: number, fromUs: number, toUs: number): PhaseArc {
  return { windowUs, fromUs: wrap(fromUs, windowUs), widthUs: Math.min(Math.max(0, toUs - fromUs), windowUs) };
}

/**
 * What two arcs of one window have in common; undefined: nothing. Where that is two pieces, `one` as it was, which is
 * true too, only less sharp.
 */
export function meet(one: PhaseArc, other: PhaseArc): PhaseArc | undefined {
  const { windowUs } = one;
  if (other.widthUs >= windowUs) return one;
  if (one.widthUs >= windowUs) return other;
  const ahead = wrap(other.fromUs - one.fromUs, windowUs);
  const beginsInside = ahead <= one.widthUs;
  const reachesAround = ahead + other.widthUs >= windowUs;
  if (beginsInside && reachesAround) return one;
  if (beginsInside) {
    return { windowUs, fromUs: other.fromUs, widthUs: Math.min(one.widthUs - ahead, other.widthUs) };
  }
  if (!reachesAround) return undefined;
  const widthUs = ahead + other.widthUs - windowUs;
  return widthUs >= one.widthUs ? one : { windowUs, fromUs: one.fromUs, widthUs };
}

/** The earliest instant at which the window that is current now may have begun. */
export function oldestStartUs({ windowUs, fromUs, widthUs }: PhaseArc, nowUs: number): number {
  const passed = wrap(nowUs - fromUs, windowUs);
  return passed < widthUs ? nowUs - windowUs : nowUs - passed;
}

/** The next instant at which every possible beginning has just passed. */
export function nextRollUs({ windowUs, fromUs, widthUs }: PhaseArc, nowUs: number): number {
  const left = wrap(fromUs + widthUs - nowUs, windowUs);
  return nowUs + (left === 0 ? windowUs : left);
}

/** The earlier half of an arc. */
export function firstHalf({ windowUs, fromUs, widthUs }: PhaseArc): PhaseArc {
  return { windowUs, fromUs, widthUs: widthUs / 2 };
}

function wrap(us: number, windowUs: number): number {
  const rest = us % windowUs;
  return rest < 0 ? rest + windowUs : rest;
}
