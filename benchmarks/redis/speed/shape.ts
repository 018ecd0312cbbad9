/** What is done, and how often at once. */
export const speedNames = ["PING", "bare script", "reserve"] as const;
export type SpeedName = (typeof speedNames)[number];
export const depths = [1, 16, 64] as const;

export interface SpeedOptions {
  readonly port: number;
  readonly rounds: number;
  /** Of each name and depth in a round; a tenth of it at depth 1. */
  readonly operations: number;
}

/** One batch: so many at once until so many were done. */
export interface SpeedBatch {
  readonly name: SpeedName;
  readonly depth: number;
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** Scripts that the server ran for each, and µs of its processor time. */
  readonly scriptsEach: number;
  readonly serverUsEach: number;
}

export interface SpeedResult {
  readonly batches: readonly SpeedBatch[];
  /** What the realm takes of the server's memory for each quota, in bytes. */
  readonly bytesPerQuota: number;
}
