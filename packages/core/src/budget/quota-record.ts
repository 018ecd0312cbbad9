import type { LearnedRecord } from "./learned-record.ts";

/**
 * All that is known of one quota, for any process to go on from; less than 4 kB as JSON text. Times are µs of the clock the
 * processes share.
 */
export interface QuotaRecord {
  readonly version: 1;
  readonly windowUs: number;
  /** The limit it was learned under. */
  readonly limit: { readonly published: number; readonly foreignUse: number; readonly most: number };
  readonly learned: LearnedRecord;
}
