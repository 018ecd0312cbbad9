/** Where a limit came from. */
export type LimitSource = "config" | "fallback" | "service-quotas";

/** The limit of one quota. */
export interface Limit {
  /** Units per window that may be used, finite and 0 or more; 0 means the account is on hold. */
  readonly value: number;
  readonly source: LimitSource;
  /** Undefined: it may be used as far as AWS lets it be. */
  readonly cap?: LimitCap | undefined;
}

/** Why less of a quota may be used than AWS lets it be: a rule of ours, which AWS knows nothing of. */
export interface LimitCap {
  /** Units per window as set; what AWS lets in and refuses speaks of this. */
  readonly told: number;
  /** Units per window that may be used at most, however large the quota is learned to be; may be above `told`. */
  readonly most: number;
}

/** The limit of each quota, by key. */
export interface Limits {
  get(key: string): Limit | undefined;
  /** @throws {ShardrockError} `option-invalid` when the limit is not finite or below 0. */
  set(key: string, value: number, source: LimitSource): void;
  /** Calls back with the key of every limit that changes; dispose to stop. */
  onChange(listener: (key: string) => void): Disposable;
}
