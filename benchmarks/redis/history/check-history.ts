import type { HistoryLine } from "./history-line.ts";
import { merge } from "./merged-history.ts";
import { judgeShares } from "./rule-fair.ts";
import { judgeLaw } from "./rule-law.ts";
import { judgeLeft, type StoreAtEnd } from "./rule-left.ts";
import { judgeWindows } from "./rule-window.ts";
import type { HistoryWorld } from "./world.ts";

/** What a history shows. */
export interface Verdicts {
  /** Each rule that is broken, with its place; empty: none is. */
  readonly violations: readonly string[];
  readonly granted: number;
  /** Calls of killed processes that nobody knows of whether they were granted. */
  readonly doubtful: number;
  /** Share of the windows that had to be kept because nobody was sure they need not be. */
  readonly windowsKept: number;
  readonly windowsOfShares: number;
  /** The least share of a fair share that any process had. */
  readonly leastShare: number;
}

/** Of a rule that is broken everywhere the first places say enough. */
const mostPlaces = 5;

/** Judges what all processes did, and what they left in the store. */
export function checkHistory(lines: readonly HistoryLine[], left: StoreAtEnd, world: HistoryWorld): Verdicts {
  const history = merge(lines, world);
  const windows = judgeWindows(history, world);
  const shares = judgeShares(history, world, (key) => key.endsWith("/tokens"));
  const rules = [history.odd, windows.violations, judgeLaw(history, world), shares.violations, judgeLeft(left)];
  return {
    violations: rules.flatMap((broken) => broken.slice(0, mostPlaces)),
    granted: lines.filter(({ kind }) => kind === "ok").length,
    doubtful: history.doubtful.length,
    windowsKept: windows.judged / Math.max(1, windows.all),
    windowsOfShares: shares.judged,
    leastShare: shares.least,
  };
}
