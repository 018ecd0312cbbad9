/** A row of a trace, before it is known when the trace begins. */
export interface TraceRow {
  readonly kind: "row";
  /** In ms since 1970, or since whatever the trace counts from. */
  readonly timeMs: number;
  readonly model: string | undefined;
  readonly tenant: string | undefined;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly maxTokens: number | undefined;
  readonly priority: number;
}

/** A row that is not what it should be. */
export interface RowFault {
  readonly kind: "fault";
  /** In characters, from 1 up. */
  readonly column: number;
  readonly expected: string;
  /** Says what is there without quoting anything that might be content. */
  readonly found: string;
  /** Nothing after it can be understood either, so that it is no use to skip it. */
  readonly isFatal?: boolean;
}

/** A row that is well formed and tells of no call that took tokens. */
export interface LeftOut {
  readonly kind: "left-out";
  readonly why: "failed-call" | "no-token-count";
}

export type RowOutcome = TraceRow | RowFault | LeftOut;

/** Makes rows of one line; most lines hold one. */
export interface RowReader {
  readonly read: (line: string, sink: (outcome: RowOutcome) => void) => void;
}
