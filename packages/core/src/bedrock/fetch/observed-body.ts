import type { BodyEvent } from "./body-event.ts";

/** The part of a guarded stream that a body needs. */
export interface BodySource {
  next(): Promise<IteratorResult<BodyEvent, unknown>>;
  return(): Promise<unknown>;
}

/**
 * The body of a streamed answer: an event is read when its reader asks for one, and a reader that cancels ends the
 * upstream. No TransformStream: its `flush` does not run on cancel, and SDKs cancel after `[DONE]` (tried 2026-11-22).
 */
export function observedBody(source: BodySource): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const bytes = await nextBytes(source);
        if (bytes === undefined) controller.close();
        else controller.enqueue(bytes);
      },
      async cancel() {
        await source.return();
      },
    },
    // Nothing is read ahead, so a slow reader does not look like a quiet upstream.
    { highWaterMark: 0 },
  );
}

async function nextBytes(source: BodySource): Promise<Uint8Array | undefined> {
  for (;;) {
    const result = await source.next();
    if (result.done) return undefined;
    if (result.value.bytes.byteLength > 0) return result.value.bytes;
  }
}
