import type { EnforcementKind } from "./enforcement.ts";
import type { PhaseArc } from "./phase-arc.ts";

/** What one quota taught. Shares as in `Gate`. */
export interface LearnedState {
  /** Of the published limit, above 0. */
  readonly share: number;
  readonly kind: EnforcementKind | "unknown";
  readonly burst: number;
}

/** What the book must keep of a quota, as far as is known now. Shares are of `share` × the published limit. */
export interface Gate {
  /** Bucket level that no call may exceed, unless it is alone; Infinity: none. */
  readonly burst: number;
  /** The window that must not hold more than `limit`; an arc is one that begins at fixed times; undefined: none. */
  readonly window: "sliding" | PhaseArc | undefined;
  /** Share of the limit a window may hold. */
  readonly limit: number;
  /** The earlier half of a window's possible beginnings may be taken for all of them: a call asks which half it is. */
  readonly mayAsk: boolean;
}
