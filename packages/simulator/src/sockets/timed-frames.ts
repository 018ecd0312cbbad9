import type { Dialect, Generated, StreamEvent } from "./dialect.ts";
import { eventFrame } from "./event-frame.ts";
import { countWordTokens } from "./simulated-tokenizer.ts";

/** One frame of a stream, and when it leaves. */
export interface TimedFrame {
  /** Milliseconds since admission. */
  readonly afterMs: number;
  readonly bytes: Uint8Array;
  /** Output tokens in it. */
  readonly tokens: number;
}

/** A whole stream: the opening with the first content, the rest of it evenly spread, the closing at the end. */
export function timedFramesOf(dialect: Dialect, generated: Generated): readonly TimedFrame[] {
  const { firstTokenMs, latencyMs, parts } = generated;
  const stepMs = (latencyMs - firstTokenMs) / parts.length;
  return [
    ...dialect.opening(generated).map((event) => timed(event, firstTokenMs)),
    ...parts.map((part, index) => ({
      ...timed(dialect.delta(part), firstTokenMs + index * stepMs),
      tokens: countWordTokens(part),
    })),
    ...dialect.closing(generated).map((event) => timed(event, latencyMs)),
  ];
}

function timed(event: StreamEvent, afterMs: number): TimedFrame {
  return { afterMs, bytes: eventFrame(event.type, event.payload), tokens: 0 };
}
