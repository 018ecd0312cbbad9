type AbortListener = () => void;

/**
 * As much of an `AbortSignal` as our own handler listens to. A real one is an event target, which costs a call more
 * than its place in the book does.
 */
export class AttemptSignal {
  /** For code that knows only the older kind of signal. */
  onabort: AbortListener | null = null;
  #reason: Error | undefined;
  #listener: AbortListener | undefined;

  get aborted(): boolean {
    return this.#reason !== undefined;
  }

  get reason(): Error | undefined {
    return this.#reason;
  }

  /** One listener at a time: the request under way. */
  addEventListener(_type: "abort", listener: AbortListener): void {
    this.#listener = listener;
  }

  removeEventListener(_type: "abort", listener: AbortListener): void {
    if (this.#listener === listener) this.#listener = undefined;
  }

  abort(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#listener?.();
    this.onabort?.();
  }
}
