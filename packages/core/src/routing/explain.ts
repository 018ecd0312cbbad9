import type { Ledger } from "../budget/ledger.ts";
import type { Limits } from "../budget/limits.ts";
import type { Candidate, Target } from "../budget/target.ts";
import type { Clock } from "../clock.ts";
import { isSamePlace } from "./affinity.ts";
import { hardRefusal, type HardRules, sayShortfall, shortfall } from "./eligibility.ts";
import { type Health, sayBlock } from "./health.ts";
import { score } from "./picker.ts";

/** One candidate as the router sees it now. */
export interface Explanation {
  readonly target: Target;
  /** 1 is where the call would go; undefined: it may not go here now. An affinity key's place goes before the scores. */
  readonly rank: number | undefined;
  /** Ordering value, lowest first, in ms; equal scores are decided by chance. */
  readonly score: number;
  /** Milliseconds until it fits; negative is slack. */
  readonly startsInMs: number;
  /** Share of the tightest quota that is free, 0 to 1. */
  readonly headroom: number;
  readonly reason: string;
}

export interface ExplainOptions {
  readonly candidates: readonly Candidate[];
  readonly rules: HardRules;
  /** The API's name for it. */
  readonly operation: string | undefined;
  /** Where the same affinity key went last. */
  readonly preferred: Target | undefined;
  readonly ledger: Ledger;
  readonly limits: Limits;
  readonly health: Health;
  readonly clock: Clock;
}

/** Every candidate's score and reason, best first; books nothing. */
export function explain(options: ExplainOptions): readonly Explanation[] {
  const rows = options.candidates.map((candidate) => describe(candidate, options));
  const usable = rows.filter(({ refusal }) => refusal === undefined).sort((one, other) => one.score - other.score);
  const refused = rows.filter(({ refusal }) => refusal !== undefined);
  const { preferred } = options;
  const near = preferred && usable.find(({ target, startsInMs }) => startsInMs <= 0 && isSamePlace(target, preferred));
  const ordered = near === undefined ? usable : [near, ...usable.filter((row) => row !== near)];
  return [...ordered, ...refused].map((row, index) => {
    const { refusal, ...shown } = row;
    const rank = refusal === undefined ? index + 1 : undefined;
    const reason = refusal ?? (row === near ? "preferred: the same key went there last" : roomFor(row.startsInMs));
    return { ...shown, rank, reason };
  });
}

interface Row extends Omit<Explanation, "rank" | "reason"> {
  readonly refusal: string | undefined;
}

function describe(candidate: Candidate, { rules, operation, ledger, limits, health, clock }: ExplainOptions): Row {
  const { target } = candidate;
  const { startsInMs, headroom } = ledger.quote(candidate, clock.monotonicMs());
  const block = health.blocked(target, operation);
  const large = shortfall(candidate, limits);
  const refusal =
    hardRefusal(target, rules, limits) ??
    (large && sayShortfall(large)) ??
    (block && sayBlock(block, clock.monotonicMs()));
  return { target, startsInMs, headroom, score: score(startsInMs, target.weight), refusal };
}

function roomFor(startsInMs: number): string {
  return startsInMs <= 0 ? "has room now" : `has room in ${Math.ceil(startsInMs)} ms`;
}
