/** Where a limit came from. */
export type LimitSource = "config" | "fallback" | "service-quotas";

/** The limit of one quota. */
export interface Limit {
  /** Units per window, finite and 0 or more; 0 means the account is on hold. */
  readonly value: number;
  readonly source: LimitSource;
}

/** The limit of each quota, by key. */
export interface Limits {
  get(key: string): Limit | undefined;
  /** @throws {ShardrockError} `option-invalid` when the limit is not finite or below 0. */
  set(key: string, value: number, source: LimitSource): void;
  /** Calls back with the key of every limit that changes; dispose to stop. */
  onChange(listener: (key: string) => void): Disposable;
}
