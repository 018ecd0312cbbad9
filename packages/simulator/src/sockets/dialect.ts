/** What the simulated model did with one request. */
export interface Generated {
  readonly modelId: string;
  readonly requestId: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly stopReason: "end_turn" | "max_tokens";
  /** Milliseconds from admission to the last token. */
  readonly latencyMs: number;
  /** Milliseconds from admission to the first token. */
  readonly firstTokenMs: number;
  /** The text in as many parts as the stream has deltas; joined, it is the whole text. */
  readonly parts: readonly string[];
}

/** One event of a stream: its `:event-type` and its payload before JSON. */
export interface StreamEvent {
  readonly type: string;
  readonly payload: object;
}

/** How a generation looks to one kind of client. */
export interface Dialect {
  /** Body of a call that does not stream. */
  whole(generated: Generated): object;
  /** Events before the first content. */
  opening(generated: Generated): readonly StreamEvent[];
  delta(part: string): StreamEvent;
  /** Events after the last content; the last carries the usage. */
  closing(generated: Generated): readonly StreamEvent[];
}
