/** What the simulated model did with one request. */
export interface Generated {
  readonly modelId: string;
  readonly requestId: string;
  /** Seconds since 1970. */
  readonly createdAtS: number;
  /** Without what came out of a cache or went into one. */
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly stopReason: "end_turn" | "max_tokens";
  /** Milliseconds from admission to the last token. */
  readonly latencyMs: number;
  /** Milliseconds from admission to the first token. */
  readonly firstTokenMs: number;
  /** The text in as many parts as the stream has deltas; joined, it is the whole text. */
  readonly parts: readonly string[];
  /** Stands in every answer where its usage would; undefined: the usage itself does. */
  readonly falseUsage?: { readonly value: unknown };
}

/** One event of a stream. */
export interface StreamEvent {
  /** The `:event-type` of a frame, or the event name of SSE; empty: none. */
  readonly type: string;
  /** Before JSON; a text goes out as it is. */
  readonly payload: object | string;
}

/** How a generation looks to one kind of client. */
export interface Dialect {
  /** Body of a call that does not stream. */
  whole(generated: Generated): object;
  /** Events before the first content. */
  opening(generated: Generated): readonly StreamEvent[];
  /** @param index - of the part, from 0 up. */
  delta(generated: Generated, part: string, index: number): StreamEvent;
  /** Events after the last content; the last carries the usage. */
  closing(generated: Generated): readonly StreamEvent[];
}

/** The usage to report: the true one, unless a fault put something in its place. */
export function reported(generated: Generated, usage: unknown): unknown {
  return generated.falseUsage === undefined ? usage : generated.falseUsage.value;
}

/** The whole text of a generation. */
export function textOf(generated: Generated): string {
  return generated.parts.join("");
}

/** An event without a name. */
export function unnamed(payload: object | string): StreamEvent {
  return { type: "", payload };
}
