import { ShardrockError } from "../../errors.ts";

/** Source: `AWS_EVENT_STREAM_MAX_MESSAGE_SIZE` of awslabs/aws-c-event-stream (read 2026-11-22). In bytes. */
export const longestFrame: number = 16 * 1024 * 1024;

/** Two lengths and their CRC, and the CRC of the whole. In bytes. */
const shortestFrame = 16;

/**
 * Reads the lengths in an event stream as its bytes go by, without copying or holding them, and breaks the stream before
 * the SDK's decoder sees one that is out of bounds: it allocates whatever the length says.
 * Source: `getChunkedStream` of @smithy/core 3.41 (read 2026-11-22).
 */
export function boundFrames(body: AsyncIterable<Uint8Array>): void {
  const iterate = body[Symbol.asyncIterator];
  // The body stays the stream it is, for whoever pipes or destroys it.
  Object.defineProperty(body, Symbol.asyncIterator, {
    configurable: true,
    value: () => new BoundedFrames(Reflect.apply(iterate, body, [])),
  });
}

type Chunk = IteratorResult<Uint8Array, unknown>;

class BoundedFrames implements AsyncIterator<Uint8Array, unknown> {
  readonly #chunks: AsyncIterator<Uint8Array, unknown>;
  /** Bytes until the next frame begins; 0 inside a length. */
  #skip = 0;
  /** The length as far as it was read, and its bytes so far, 0 to 3. */
  #length = 0;
  #lengthBytes = 0;
  #fault: ShardrockError | undefined;

  constructor(chunks: AsyncIterator<Uint8Array, unknown>) {
    this.#chunks = chunks;
  }

  next(): Promise<Chunk> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    return this.#chunks.next().then(this.#check);
  }

  return(value?: unknown): Promise<Chunk> {
    return this.#chunks.return?.(value) ?? Promise.resolve({ done: true, value });
  }

  readonly #check = (chunk: Chunk): Chunk => {
    if (chunk.done === true) {
      if (this.#lengthBytes === 0 && this.#skip === 0) return chunk;
      throw new ShardrockError("response-invalid", "the event stream ended inside a frame");
    }
    const soundBytes = this.#read(chunk.value);
    if (this.#fault === undefined) return chunk;
    // What came before the bad length goes on first, however the network cut the bytes.
    if (soundBytes === 0) throw this.#fault;
    return { done: false, value: chunk.value.subarray(0, soundBytes) };
  };

  /** @returns how many bytes come before the first bad length, or all. */
  #read(bytes: Uint8Array): number {
    let at = 0;
    let frameAt = 0;
    while (at < bytes.length) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, bytes.length - at);
        this.#skip -= skipped;
        at += skipped;
        frameAt = at;
        continue;
      }
      this.#length = this.#length * 256 + (bytes[at] ?? 0);
      at += 1;
      this.#lengthBytes += 1;
      if (this.#lengthBytes < 4) continue;
      if (this.#length < shortestFrame || this.#length > longestFrame) {
        this.#fault = outOfBounds(this.#length);
        return frameAt;
      }
      this.#skip = this.#length - 4;
      this.#length = 0;
      this.#lengthBytes = 0;
    }
    return at;
  }
}

function outOfBounds(length: number): ShardrockError {
  const rule = `${shortestFrame} to ${longestFrame}`;
  return new ShardrockError("response-invalid", `a frame of the event stream says it has ${length} bytes, not ${rule}`);
}
