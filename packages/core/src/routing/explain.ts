import type { Ledger } from "../budget/ledger.ts";
import type { Limits } from "../budget/limits.ts";
import type { Candidate, Target } from "../budget/target.ts";
import type { Clock } from "../clock.ts";
import { type Home, isSamePlace } from "./affinity.ts";
import { cacheLossMs, type Crowd, staysHome } from "./affinity-score.ts";
import { hardRefusal, type HardRules, sayShortfall, shortfall } from "./eligibility.ts";
import { type Health, sayBlock } from "./health.ts";
import { unblocked } from "./unblocked.ts";
import { score } from "./picker.ts";

/** One candidate as the router sees it now. */
export interface Explanation {
  readonly target: Target;
  /** 1 is where the call would go; undefined: it may not go here now. An affinity key's home may go before the scores. */
  readonly rank: number | undefined;
  /** Ordering value, lowest first, in ms; equal scores are decided by chance. */
  readonly score: number;
  /** Milliseconds until it fits; negative is slack. */
  readonly startsInMs: number;
  /** Share of the tightest quota that is free, 0 to 1. */
  readonly headroom: number;
  /** Milliseconds of work lost by going here instead of where the affinity key's prompt is cached; 0 there, or when none is. */
  readonly cacheLossMs: number;
  readonly reason: string;
}

export interface ExplainOptions {
  readonly candidates: readonly Candidate[];
  readonly rules: HardRules;
  /** The API's name for it. */
  readonly operation: string | undefined;
  /** Where the call's affinity key is at home. */
  readonly home: Home | undefined;
  /** How long the call may wait, in ms. */
  readonly maxWaitMs: number;
  /** Calls that wait now. */
  readonly waiting: number;
  readonly ledger: Ledger;
  readonly limits: Limits;
  readonly health: Health;
  readonly clock: Clock;
}

/** Every candidate's score and reason, best first; books nothing. */
export function explain(options: ExplainOptions): readonly Explanation[] {
  const crowd = crowdOf(options);
  const free = freeOf(options);
  const rows = options.candidates.map((candidate) => {
    const row = describe(candidate, crowd, options);
    return { ...row, refusal: row.refusal ?? whyBlocked(candidate, free, options) };
  });
  const usable = rows.filter(({ refusal }) => refusal === undefined).sort((one, other) => one.score - other.score);
  const refused = rows.filter(({ refusal }) => refusal !== undefined);
  const atHome = usable.find(({ isHome }) => isHome);
  const [best] = usable;
  const stays = atHome !== undefined && best !== undefined && isChosen(atHome, best, options.maxWaitMs);
  const ordered = stays ? [atHome, ...usable.filter((row) => row !== atHome)] : usable;
  return [...ordered, ...refused].map((row, index) => {
    const { refusal, isHome: _isHome, ...shown } = row;
    const rank = refusal === undefined ? index + 1 : undefined;
    const affinity = row === atHome && best !== undefined ? sayHome(row, best, stays) : undefined;
    return { ...shown, rank, reason: refusal ?? affinity ?? roomFor(row.startsInMs) };
  });
}

interface Row extends Omit<Explanation, "rank" | "reason"> {
  readonly refusal: string | undefined;
  readonly isHome: boolean;
}

/** As the router chooses, for a call that has not waited yet. */
function isChosen(atHome: Row, best: Row, leftMs: number): boolean {
  return staysHome({
    homeInMs: atHome.startsInMs,
    bestInMs: best.startsInMs,
    lossMs: best.cacheLossMs,
    heldBackMs: 0,
    leftMs,
  });
}

/** As the router counts it; only a known home asks for it. */
function crowdOf({ candidates, home, waiting, ledger, clock }: ExplainOptions): Crowd {
  const nowMs = clock.monotonicMs();
  const free = home === undefined ? [] : candidates.filter((candidate) => ledger.startsInMs(candidate, nowMs) <= 0);
  return { waiting, targets: candidates.length, free: free.length };
}

function describe(candidate: Candidate, crowd: Crowd, options: ExplainOptions): Row {
  const { rules, home, ledger, limits, clock } = options;
  const { target } = candidate;
  const { startsInMs, headroom } = ledger.quote(candidate, clock.monotonicMs());
  const large = shortfall(candidate, limits);
  const refusal = hardRefusal(target, rules, limits) ?? (large && sayShortfall(large));
  const isHome = home !== undefined && isSamePlace(target, home.target);
  const loss = isHome || home === undefined ? 0 : cacheLossMs(home.prefixTokens, candidate, { limits, crowd });
  return {
    target,
    startsInMs,
    headroom,
    score: score(startsInMs, target.weight),
    cacheLossMs: loss,
    refusal,
    isHome,
  };
}

/** What nothing blocks, or only softly where most of it is. */
function freeOf({ candidates, rules, operation, limits, health }: ExplainOptions): ReadonlySet<Candidate> {
  const able = candidates.filter(
    (candidate) =>
      hardRefusal(candidate.target, rules, limits) === undefined && shortfall(candidate, limits) === undefined,
  );
  return new Set(unblocked(able, { blockOf: (target) => health.blocked(target, operation) }));
}

function whyBlocked(candidate: Candidate, free: ReadonlySet<Candidate>, options: ExplainOptions): string | undefined {
  if (free.has(candidate)) return undefined;
  const block = options.health.blocked(candidate.target, options.operation);
  return block && sayBlock(block, options.clock.monotonicMs());
}

function roomFor(startsInMs: number): string {
  return startsInMs <= 0 ? "has room now" : `has room in ${Math.ceil(startsInMs)} ms`;
}

function sayHome({ startsInMs }: Row, best: Row, stays: boolean): string | undefined {
  const preferred = "preferred: the same key went there last";
  if (startsInMs <= 0) return preferred;
  const worth = `the ${Math.round(best.cacheLossMs)} ms its cached prompt is worth`;
  if (stays) return `${preferred}; ${roomFor(startsInMs)}, and waiting costs no more than ${worth}`;
  return best.cacheLossMs > 0 ? `${roomFor(startsInMs)}; waiting costs more than ${worth}` : undefined;
}
