import type { HealthChange } from "./health.ts";

/** What has become of one scope, as processes tell each other. */
export interface SharedHealthChange extends HealthChange {
  /** Names the scope and what failed about it, the same in every process. */
  readonly key: string;
  /** For `blocked`: how often in a row it was, from 1 up, so that the next wait doubles wherever it begins. */
  readonly failures?: number | undefined;
}

/**
 * Ties the healths of several processes together: what one learns all know, and one call of all tries what was blocked.
 * Shared is the outcome: what a process counted towards it is its own. So is the rule that soft blocks count for nothing where
 * most of what could serve a call has one: it is about the candidates of one call, which differ from process to process.
 */
export interface HealthBond {
  /** Something has become of a scope here; what was heard from others is not told again. */
  tell(change: SharedHealthChange): void;
  /**
   * Calls back with what other processes tell, each in the order it told; `forMs` is what is left of it by now, because clocks
   * differ. Dispose to stop.
   */
  onNews(listener: (change: SharedHealthChange) => void): Disposable;
  /**
   * Whether a call of this process may be the one that tries a scope: for `forMs` at most, until it is given up, or the
   * process dies. True where nobody can be asked: then every process tries by itself, as if it were alone.
   */
  claim(key: string, forMs: number): Promise<boolean>;
  /** Another may try. */
  giveUp(key: string): void;
}
