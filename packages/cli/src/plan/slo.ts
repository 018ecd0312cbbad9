import { parseDuration } from "../command-line/duration.ts";
import { UsageError } from "../command-line/usage-error.ts";
import type { SimulationReport } from "../simulation/simulation-report.ts";

/** What a plan has to meet: all of its goals. */
export interface Slo {
  readonly goals: readonly Goal[];
}

/** One comparison. */
export type Goal =
  | {
      readonly kind: "wait";
      /** Of all calls that came, those that were not served included: they wait for ever. */
      readonly share: number;
      readonly comparison: "<" | "<=";
      readonly ms: number;
    }
  | { readonly kind: "refused"; readonly comparison: "<" | "<="; readonly share: number }
  | { readonly kind: "served"; readonly comparison: ">" | ">="; readonly share: number };

const rule = 'such as "p99 wait < 2s", "served >= 99.9%" or "refused < 0.1%"; several with "and" between them';

/**
 * Reads what `--slo` asks for.
 * @throws {UsageError} naming the part that is not understood, and what is.
 */
export function parseSlo(text: string): Slo {
  const parts = text.trim().split(/\s+and\s+|\s*,\s*/i);
  return { goals: parts.map((part) => goalOf(part.trim().toLowerCase())) };
}

/** As it is understood, for people to check. */
export function saySlo({ goals }: Slo): string {
  return goals.map(sayGoal).join(" and ");
}

/** Whether one run meets all goals. */
export function meetsSlo({ goals }: Slo, run: SimulationReport): boolean {
  return run.offered > 0 && goals.every((goal) => isReached(goal, run));
}

/** The wait that a share of all calls does not exceed, where calls that were not served wait for ever. Never too short. */
export function waitOfOffered({ offered, served, waitCurve }: SimulationReport, share: number): number {
  if (served === 0) return Number.POSITIVE_INFINITY;
  const ofServed = (share * offered) / served;
  const point = waitCurve.find((each) => each.share >= ofServed - 1e-9);
  return point?.ms ?? Number.POSITIVE_INFINITY;
}

function goalOf(part: string): Goal {
  const [, subject = "", comparison = "", value = ""] = /^([a-z0-9. ]*?)\s*(<=|>=|<|>|=)\s*(\S.*)?$/.exec(part) ?? [];
  if (comparison === "") throw notUnderstood(part, `a comparison is missing, ${rule}`);
  const [, percentile] = /^(p\d{1,2}(?:\.\d+)?|median|longest)\s+wait$/.exec(subject) ?? [];
  if (percentile !== undefined) return waitGoal(part, { percentile, comparison, value });
  if (subject === "served" || subject === "refused") return shareGoal(part, { subject, comparison, value });
  throw notUnderstood(part, `it must speak of "p99 wait" (or another percentile), "served" or "refused", ${rule}`);
}

interface WaitWords {
  readonly percentile: string;
  readonly comparison: string;
  readonly value: string;
}

function waitGoal(part: string, { percentile, comparison, value }: WaitWords): Goal {
  if (comparison !== "<" && comparison !== "<=") throw notUnderstood(part, 'a wait must be "<" or "<=" something');
  const ms = parseDuration(value);
  if (ms === undefined) throw notUnderstood(part, `a wait is compared with a time such as 500ms, 2s or 1m`);
  const share = shareOfPercentile(percentile);
  if (!(share > 0 && share <= 1)) throw notUnderstood(part, "a percentile lies above p0, up to p99.9");
  return { kind: "wait", share, comparison, ms };
}

function shareOfPercentile(name: string): number {
  if (name === "median") return 0.5;
  return name === "longest" ? 1 : fractionOf(name.slice(1), 100);
}

/** Without the last digits of a division: 99.9 % is 0.999, not a hair more. */
function fractionOf(digits: string, of: number): number {
  return Number((Number(digits) / of).toFixed(12));
}

interface ShareWords {
  readonly subject: "served" | "refused";
  readonly comparison: string;
  readonly value: string;
}

function shareGoal(part: string, { subject, comparison, value }: ShareWords): Goal {
  const [, digits = "", unit] = /^(\d+(?:\.\d+)?)\s*(%)?$/.exec(value) ?? [];
  const share = fractionOf(digits, unit === undefined ? 1 : 100);
  if (digits === "" || share > 1)
    throw notUnderstood(part, "a share is a number such as 99.9%, or 0.999, and at most 100%");
  if (subject === "served") {
    if (comparison === ">" || comparison === ">=") return { kind: "served", comparison, share };
    throw notUnderstood(part, 'the share served must be ">" or ">=" something');
  }
  if (comparison === "<" || comparison === "<=") return { kind: "refused", comparison, share };
  throw notUnderstood(part, 'the share refused must be "<" or "<=" something');
}

function isReached(goal: Goal, run: SimulationReport): boolean {
  switch (goal.kind) {
    case "wait":
      return compare(waitOfOffered(run, goal.share), goal.comparison, goal.ms);
    case "served":
      return compare(run.served / run.offered, goal.comparison, goal.share);
    case "refused":
      return compare(run.refused / run.offered, goal.comparison, goal.share);
    default:
      return goal satisfies never;
  }
}

function compare(value: number, comparison: "<" | "<=" | ">" | ">=", bound: number): boolean {
  switch (comparison) {
    case "<":
      return value < bound;
    case "<=":
      return value <= bound;
    case ">":
      return value > bound;
    case ">=":
      return value >= bound;
    default:
      return comparison satisfies never;
  }
}

function sayGoal(goal: Goal): string {
  const percent = (share: number): string => String(Number((share * 100).toFixed(6)));
  if (goal.kind !== "wait") return `${goal.kind} ${goal.comparison} ${percent(goal.share)}%`;
  const subject = goal.share === 1 ? "longest" : `p${percent(goal.share)}`;
  const time = goal.ms % 1_000 === 0 ? `${goal.ms / 1_000}s` : `${goal.ms}ms`;
  return `${subject} wait ${goal.comparison} ${time}`;
}

function notUnderstood(part: string, says: string): UsageError {
  return new UsageError(`--slo: ${JSON.stringify(part.slice(0, 80))} is not understood: ${says}`);
}
