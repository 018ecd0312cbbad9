/** So many at a time; whoever comes later waits, first come first served. */
export class Turns {
  #free: number;
  readonly #waiting: Set<() => void> = new Set();

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /**
   * Resolves when it is its turn; dispose what it gives to let the next one in.
   * @throws the signal's reason, when it aborts before.
   */
  async take(signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.#free === 0) await this.#wait(signal);
    else this.#free -= 1;
    return { [Symbol.dispose]: () => this.#pass() };
  }

  async #wait(signal: AbortSignal): Promise<void> {
    let go = (): void => undefined;
    let isMine = false;
    const over = new Promise<void>((resolve) => {
      go = resolve;
    });
    const mine = (): void => {
      isMine = true;
      go();
    };
    this.#waiting.add(mine);
    signal.addEventListener("abort", go, { once: true });
    await over;
    signal.removeEventListener("abort", go);
    this.#waiting.delete(mine);
    if (!signal.aborted) return;
    if (isMine) this.#pass();
    signal.throwIfAborted();
  }

  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
