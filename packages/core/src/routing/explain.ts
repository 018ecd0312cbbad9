import type { Ledger } from "../budget/ledger.ts";
import type { Limits } from "../budget/limits.ts";
import type { Candidate, Target } from "../budget/target.ts";
import type { Clock } from "../clock.ts";
import { hardRefusal, type HardRules, shortfall } from "./eligibility.ts";
import { type Health, sayBlock } from "./health.ts";
import { score } from "./picker.ts";

/** One candidate as the router sees it now. */
export interface Explanation {
  readonly target: Target;
  /** 1 is where the call would go; undefined: it may not go here now. */
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
  return [...usable, ...refused].map(({ refusal, ...row }, index) => ({
    ...row,
    rank: refusal === undefined ? index + 1 : undefined,
    reason: refusal ?? roomFor(row.startsInMs),
  }));
}

interface Row extends Omit<Explanation, "rank" | "reason"> {
  readonly refusal: string | undefined;
}

function describe(candidate: Candidate, { rules, ledger, limits, health, clock }: ExplainOptions): Row {
  const { target } = candidate;
  const { startsInMs, headroom } = ledger.quote(candidate, clock.monotonicMs());
  const block = health.blocked(target);
  const large = shortfall(candidate, limits);
  const refusal =
    hardRefusal(target, rules, limits) ??
    (large && `the call takes ${large.needed} ${large.unit}, the quota never carries more than ${large.largest}`) ??
    (block && sayBlock(block, clock.monotonicMs()));
  return { target, startsInMs, headroom, score: score(startsInMs, target.weight), refusal };
}

function roomFor(startsInMs: number): string {
  return startsInMs <= 0 ? "has room now" : `has room in ${Math.ceil(startsInMs)} ms`;
}
