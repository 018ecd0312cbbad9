/**
 * One call of a trace: when it came and how large it was, never what it said. Sizes are true tokens, as AWS counted them
 * or as the generator drew them; what a trace does not tell is `undefined`, and whoever replays it chooses and says so.
 */
export interface TraceCall {
  /** Milliseconds since the trace's first call, 0 or more, with fractions; never less than the call's before it. */
  readonly atMs: number;
  /** As the trace names it: a name of the config, a model id or an ARN. */
  readonly model: string | undefined;
  /** Who the call was for. */
  readonly tenant: string | undefined;
  /** Prompt tokens that count against quota (cache writes, but no cache reads), a whole number from 0 up. */
  readonly inputTokens: number;
  /** Answer tokens, a whole number from 0 up; not weighed by any burndown. */
  readonly outputTokens: number;
  /** The maximum of output tokens that the call asked for, a whole number from 1 up; undefined: it set none. */
  readonly maxTokens: number | undefined;
  /** Higher goes first; 0 is usual. */
  readonly priority: number;
}
