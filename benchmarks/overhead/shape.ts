/** What the upstream tells its parent. */
export interface Upstream {
  readonly url: string;
  /** PEM; whoever trusts it, trusts the upstream. */
  readonly certificate: string;
}

/** One batch of calls through one client. */
export interface Batch {
  /** Processor time of this process for one call, in µs. */
  readonly cpuUs: number;
  /** Median time of one call, in ms. */
  readonly p50Ms: number;
}

/** The three clients, called in turn; the order within a turn changes. */
export interface Turn {
  readonly shipped: Batch;
  readonly keepAlive: Batch;
  readonly sharded: Batch;
}

/** 300 targets, each used. */
export interface ManyTargets {
  readonly targets: number;
  readonly inFlight: number;
  /** Most connections the upstream saw at once. */
  readonly mostSockets: number;
  /** Heap one used target takes, in KB. */
  readonly heapKb: number;
}

/** One event of a stream. */
export interface StreamEvents {
  /** Our share of time over the SDK's own stream, by pair. */
  readonly ratios: readonly number[];
}

/** What a measuring process sends its parent. */
export interface Overhead {
  readonly turns: readonly Turn[];
  readonly many: ManyTargets;
  readonly stream: StreamEvents;
}
