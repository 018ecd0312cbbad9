/** What waits of one class and tenant. */
export interface QueueSnapshot {
  readonly priority: number;
  readonly tenant: string;
  /** Calls that wait. */
  readonly calls: number;
  /** What they would hold together. */
  readonly tokens: number;
  /** Milliseconds since the oldest of them came. */
  readonly oldestMs: number;
}
