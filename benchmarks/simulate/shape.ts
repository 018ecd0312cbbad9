/** One run, as it crosses to a process of its own. */
export interface SimulateShape {
  readonly label: string;
  /** Offered quota tokens as a multiple of what the quotas carry. */
  readonly load: number;
  /** Calls of the run, the warm-up among them. */
  readonly calls: number;
  readonly warmUp: number;
  readonly seed: number;
  /** What moves calls on: the failover package as it comes, or core alone. */
  readonly failover: "failover" | "core";
  /** From where the calls come: a loop, or an async one as a file's reader is. */
  readonly source: "loop" | "async";
  /** Length of a trace that the calls are spread over evenly, instead of by `load`; in ms. */
  readonly spanMs?: number;
}

export interface SimulateResult {
  readonly calls: number;
  readonly served: number;
  readonly delayed: number;
  readonly refused: number;
  readonly throttled: number;
  /** After the warm-up. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** What the heap grew by, garbage left out, and how large it was at the end, in bytes. */
  readonly grownBytes: number;
  readonly heapBytes: number;
  readonly peakRssBytes: number;
  readonly spanMs: number;
  /** Of the report as text: the same for the same shape. */
  readonly reportHash: string;
  readonly reportBytes: number;
}
