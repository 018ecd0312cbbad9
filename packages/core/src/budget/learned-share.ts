/** How the book starts and retreats where AWS publishes nothing. Shares are 0 to 1. */
export const caution = {
  /** Share of the limit the arrival time spends. */
  rate: 0.97,
  /** Burst, as a share of the window: 6 s of a minute. */
  burst: 0.1,
  /** A throttle leaves at most this share of what was believed, */
  retreat: 0.97,
  /** and at least this one. */
  deepestRetreat: 0.7,
  /** A pause after a throttle, in which nothing starts, goes so often into a window: it is 0.5 s of a minute, */
  pausesPerWindow: 120,
  /** and doubles with each throttle in a row up to so many times its length: 8 s. */
  longestPause: 16,
  /** Throttles closer together than this are one piece of evidence, in ms. */
  sameEvidenceMs: 3_000,
  /** Share regained per second just after a throttle, */
  slowRecovery: 0.0005,
  slowRecoveryMs: 120_000,
  /** and later. */
  recovery: 0.004,
} as const;

/**
 * The share of a limit that AWS seems to keep: 1 until a throttle comes with room in the book, then lower at once and
 * slowly back to 1. Times are µs of one monotonic clock.
 */
export class LearnedShare {
  #share = 1;
  #sinceUs = 0;

  /** The share just after the last retreat: what it is now, or less. */
  get least(): number {
    return this.#share;
  }

  at(nowUs: number): number {
    if (this.#share === 1) return 1;
    const sinceS = (nowUs - this.#sinceUs) / 1e6;
    const slowS = caution.slowRecoveryMs / 1e3;
    const regained = Math.min(sinceS, slowS) * caution.slowRecovery + Math.max(0, sinceS - slowS) * caution.recovery;
    const share = Math.min(1, this.#share + regained);
    if (share === 1) this.#share = 1;
    return share;
  }

  /** @param used - units booked in the last window, as a share of the limit. */
  retreat(used: number, nowUs: number): void {
    const isSameEvidence = this.#share < 1 && nowUs - this.#sinceUs < caution.sameEvidenceMs * 1e3;
    if (isSameEvidence) return;
    const share = this.at(nowUs);
    this.#share = Math.max(caution.deepestRetreat * share, Math.min(caution.retreat * share, caution.retreat * used));
    this.#sinceUs = nowUs;
  }
}
