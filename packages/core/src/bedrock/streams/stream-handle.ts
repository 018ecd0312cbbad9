import type { GuardedStream } from "./guarded-stream.ts";

type Result<E> = IteratorResult<E, undefined>;

/**
 * What the caller holds of a stream, and nothing else does: timers and signals keep the guarded stream alive, so when a
 * caller drops the handle, with a stream half read or never looked at, the guarded stream is told that its consumer left.
 */
export class StreamHandle<E> implements AsyncIterableIterator<E, undefined, unknown>, AsyncDisposable {
  readonly #stream: GuardedStream<E>;

  constructor(stream: GuardedStream<E>) {
    this.#stream = stream;
    dropped.register(this, stream);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * The next event.
   * @throws {StreamInterruptedError} when the stream broke or went quiet; `cause` says why.
   * @throws an `AbortError` when the caller's signal aborted.
   */
  next(): Promise<Result<E>> {
    return this.#stream.next(this); // who only awaits the promise still reads
  }

  /** The consumer leaves: the upstream ends at once, or after its usage when it is complete. */
  return(): Promise<Result<E>> {
    return this.#stream.return();
  }

  throw(error?: unknown): Promise<Result<E>> {
    return this.#stream.throw(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stream.return();
  }
}

/** Garbage collection is a net under whoever forgets, not a promise of when. */
const dropped = new FinalizationRegistry<{ return(): unknown }>((stream) => void stream.return());
