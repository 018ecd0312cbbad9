import type { HealthChange } from "./health.ts";

/** What has become of one scope, as processes tell each other. */
export interface SharedHealthChange extends HealthChange {
  /** Names the scope and what failed about it, the same in every process. */
  readonly key: string;
}

/** Ties the healths of several processes together: what one learns all know, and one call of all tries what was blocked. */
export interface HealthBond {
  /** Something has become of a scope here, or of what was heard of here. */
  tell(change: SharedHealthChange): void;
  /** Calls back with what other processes tell; dispose to stop. */
  onNews(listener: (change: SharedHealthChange) => void): Disposable;
  /**
   * Whether a call of this process may be the one that tries a scope, for `forMs`. True where nobody can be asked: then
   * every process tries by itself, as if it were alone.
   */
  claim(key: string, forMs: number): Promise<boolean>;
}
