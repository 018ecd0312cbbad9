/** What the simulated AWS saw, in order of time; in ms since everybody began. */
export class Timeline {
  readonly #attempts: { readonly atMs: number; readonly isThrottled: boolean }[] = [];
  readonly #ends: { readonly atMs: number; readonly tokens: number }[] = [];

  attempt(atMs: number, isThrottled: boolean): void {
    this.#attempts.push({ atMs, isThrottled });
  }

  end(atMs: number, tokens: number): void {
    this.#ends.push({ atMs, tokens });
  }

  /** Sums over a time. Tokens count when the call ends. */
  between(fromMs: number, toMs: number): { attempts: number; throttled: number; served: number; tokens: number } {
    const isIn = ({ atMs }: { readonly atMs: number }): boolean => atMs >= fromMs && atMs < toMs;
    const attempts = this.#attempts.filter(isIn);
    const ends = this.#ends.filter(isIn);
    return {
      attempts: attempts.length,
      throttled: attempts.filter(({ isThrottled }) => isThrottled).length,
      served: ends.length,
      tokens: ends.reduce((sum, { tokens }) => sum + tokens, 0),
    };
  }
}
