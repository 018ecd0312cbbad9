/** Where a limit came from. */
export type LimitSource = "config" | "fallback" | "service-quotas";

/** The limit of one quota; all numbers in units per window. */
export interface Limit {
  /**
   * What may be used, finite and 0 or more: what AWS publishes without what others use of it, and no more than our own
   * rules allow. 0 means the account is on hold.
   */
  readonly value: number;
  /** As AWS publishes it, or as it was set; what AWS lets in and refuses speaks of this. */
  readonly published: number;
  readonly source: LimitSource;
  /** What others take of it, users of the same account that no book of ours knows; undefined: nothing is known of any. */
  readonly foreignUse?: number | undefined;
  /**
   * What our own rules allow at most, which AWS knows nothing of, however large the quota is learned to be; may be above
   * `published`. Undefined: as much as AWS lets in.
   */
  readonly most?: number | undefined;
}

/** The limit of each quota, by key. */
export interface Limits {
  get(key: string): Limit | undefined;
  /** @throws {ShardrockError} `option-invalid` when the limit is not finite or below 0. */
  set(key: string, published: number, source: LimitSource): void;
  /**
   * Others use so much of a quota. It stays until told otherwise, also when the limit is set anew.
   * @param units - per window.
   * @throws {ShardrockError} `option-invalid` when they are not finite or below 0.
   */
  setForeignUse(key: string, units: number): void;
  /** Calls back with the key of every limit that changes; dispose to stop. */
  onChange(listener: (key: string) => void): Disposable;
}

/** However much others use, so much of a quota is left to us: a book that sends nothing never learns that they have gone. */
const leastLeft = 0.02;

/** What others leave of a quota, in units per window. */
export function leftOf({ published, foreignUse = 0 }: Pick<Limit, "published" | "foreignUse">): number {
  return Math.max(published * leastLeft, published - foreignUse);
}
