import type { Verdict } from "@shardrock/core";
import { remember } from "./remember.ts";

/** How fast what was seen fades, in ms: a fault is found within about as long. */
const fadeMs = 10_000;

/** Fewer tell nothing. */
const leastFailures = 5;
const leastFailureShare = 0.2;
const leastSlow = 5;
const leastSlowShare = 0.5;

/** Answers this many times later than usual are slow, from one second up. */
const slowFactor = 5;
/** Where nothing at all was answered for this many times the usual, and several calls wait as long, nobody is there. */
const silentFactor = 2.5;
const leastSilent = 3;
const leastSlowMs = 1_000;

/** Answers needed before it is known what is usual. */
const leastKnown = 10;

/** Where a scope has several parts, this share of its failures must be of others than the worst: else only that one fails. */
const leastOtherShare = 0.2;

/** An attempt that has not been answered yet. */
interface Pending {
  readonly sinceMs: number;
  readonly part: string;
  readonly usual: Usual;
}

/** How long answers of one model and operation take, wherever. */
interface Usual {
  count: number;
  meanMs: number;
}

/** What was seen of one scope lately; counts fade. */
interface Seen {
  atMs: number;
  ended: number;
  failed: number;
  slow: number;
  /** Failures and slow answers of each part. */
  readonly badOf: Map<string, number>;
  answeredAtMs: number;
  readonly pending: Map<string, Pending>;
  /** Streams that have begun to answer and may still break. */
  readonly streaming: Set<string>;
}

/** Where an attempt is, for what is seen of it. */
export interface Watched {
  /** No other attempt under way has the same. */
  readonly attemptId: string;
  /** What may be ejected. */
  readonly scope: string;
  /** Where in the scope. */
  readonly part: string;
  /** What is served: whose answers are like each other. */
  readonly kind: string;
}

export interface EjectionOptions {
  /** True: what only one of its parts does says nothing of a scope. */
  readonly hasParts: boolean;
}

/**
 * Finds scopes that fail, answer late or not at all. It compares with what the same model and operation does elsewhere,
 * and knows of an attempt that hangs before its timer does. Reads no clock.
 */
export class Ejection {
  readonly #hasParts: boolean;
  readonly #seen = new Map<string, Seen>();
  readonly #usual = new Map<string, Usual>();

  constructor({ hasParts }: EjectionOptions) {
    this.#hasParts = hasParts;
  }

  /** An attempt begins. @returns why its scope should be ejected; undefined: it should not. */
  starts({ attemptId, scope, part, kind }: Watched, nowMs: number): string | undefined {
    const seen = this.#of(scope, nowMs);
    const reason = isSilent(seen, nowMs, this.#hasParts ? 2 : 1) ? "nothing was answered" : undefined;
    if (reason !== undefined) this.#seen.delete(scope);
    const { pending } = this.#of(scope, nowMs);
    pending.set(attemptId, { sinceMs: nowMs, part, usual: this.#usualOf(kind) });
    return reason;
  }

  /** Whether an attempt that has not been answered yet would be answered late now. */
  isLate({ attemptId, scope }: Watched, nowMs: number): boolean {
    const pending = this.#seen.get(scope)?.pending.get(attemptId);
    return pending !== undefined && isLate(pending, nowMs);
  }

  /** A stream has its first content. @returns why its scope should be ejected. */
  streams(watched: Watched, nowMs: number): string | undefined {
    this.#of(watched.scope, nowMs).streaming.add(watched.attemptId);
    return this.#answers(watched, nowMs);
  }

  /** An attempt is answered, all of it. @returns why its scope should be ejected. */
  answers(watched: Watched, nowMs: number): string | undefined {
    this.#of(watched.scope, nowMs).streaming.delete(watched.attemptId);
    return this.#answers(watched, nowMs);
  }

  #answers({ attemptId, scope }: Watched, nowMs: number): string | undefined {
    const seen = this.#of(scope, nowMs);
    const pending = seen.pending.get(attemptId);
    if (pending === undefined) return undefined;
    seen.pending.delete(attemptId);
    seen.answeredAtMs = nowMs;
    seen.ended += 1;
    if (isLate(pending, nowMs)) {
      seen.slow += 1;
      count(seen.badOf, pending.part);
    }
    learn(pending.usual, nowMs - pending.sinceMs);
    return this.#verdictOf(scope, seen);
  }

  /** An attempt ended without an answer. @returns why its scope should be ejected. */
  fails({ attemptId, scope, part }: Watched, verdict: Verdict, nowMs: number): string | undefined {
    const seen = this.#of(scope, nowMs);
    const wasStreaming = seen.streaming.delete(attemptId);
    // Neither: it began before the scope was last judged.
    if (!seen.pending.delete(attemptId) && !wasStreaming) return undefined;
    switch (verdict.kind) {
      case "ambiguous":
      case "overloaded":
        seen.failed += 1;
        break;
      case "outrun": // a call made later was answered before it
        seen.slow += 1;
        break;
      case "aborted":
        return undefined;
      default:
        seen.answeredAtMs = nowMs; // somebody is there
        return undefined;
    }
    if (!wasStreaming) seen.ended += 1; // it counted when it began to answer
    count(seen.badOf, part);
    return this.#verdictOf(scope, seen);
  }

  #verdictOf(scope: string, { failed, slow, ended, badOf }: Seen): string | undefined {
    const hasFailed = failed >= leastFailures - rounding && failed >= ended * leastFailureShare;
    const isSlow = slow >= leastSlow - rounding && slow >= ended * leastSlowShare;
    if (!(hasFailed || isSlow) || (this.#hasParts && isOfOnePart(badOf, failed + slow))) return undefined;
    this.#seen.delete(scope); // what comes after is judged by itself
    return hasFailed
      ? `${Math.round(Math.min(1, failed / ended) * 100)} % of its calls failed`
      : "most of its answers came late";
  }

  #of(scope: string, nowMs: number): Seen {
    const known = this.#seen.get(scope);
    const seen = known ?? nothingSeen(nowMs);
    if (known === undefined) remember(this.#seen, scope, seen);
    const kept = Math.exp(-Math.max(0, nowMs - seen.atMs) / fadeMs);
    seen.atMs = Math.max(seen.atMs, nowMs);
    seen.ended *= kept;
    seen.failed *= kept;
    seen.slow *= kept;
    for (const [part, bad] of seen.badOf) {
      if (bad * kept < 0.1) seen.badOf.delete(part);
      else seen.badOf.set(part, bad * kept);
    }
    return seen;
  }

  #usualOf(kind: string): Usual {
    const known = this.#usual.get(kind);
    const usual = known ?? { count: 0, meanMs: 0 };
    if (known === undefined) remember(this.#usual, kind, usual);
    return usual;
  }
}

/** Five failures within a second or two are five, though they have faded a little. */
const rounding = 0.5;

function nothingSeen(nowMs: number): Seen {
  return {
    atMs: nowMs,
    ended: 0,
    failed: 0,
    slow: 0,
    badOf: new Map(),
    answeredAtMs: nowMs,
    pending: new Map(),
    streaming: new Set(),
  };
}

function count(badOf: Map<string, number>, part: string): void {
  badOf.set(part, (badOf.get(part) ?? 0) + 1);
}

function isOfOnePart(badOf: ReadonlyMap<string, number>, bad: number): boolean {
  return bad - Math.max(0, ...badOf.values()) < bad * leastOtherShare;
}

/** Calls wait much longer than usual, and nothing was answered meanwhile. */
function isSilent({ pending, answeredAtMs }: Seen, nowMs: number, leastParts: number): boolean {
  let overdue = 0;
  const parts = new Set<string>();
  for (const { sinceMs, usual, part } of pending.values()) {
    const silentMs = Math.max(leastSlowMs, usual.meanMs * silentFactor);
    if (!isKnown(usual) || nowMs - Math.max(sinceMs, answeredAtMs) < silentMs) break; // those behind began later
    overdue += 1;
    parts.add(part);
    if (overdue >= leastSilent && parts.size >= leastParts) return true;
  }
  return false;
}

function isLate({ usual, sinceMs }: Pending, nowMs: number): boolean {
  return isKnown(usual) && nowMs - sinceMs > slowMs(usual);
}

function isKnown({ count }: Usual): boolean {
  return count >= leastKnown;
}

function slowMs({ meanMs }: Usual): number {
  return Math.max(leastSlowMs, meanMs * slowFactor);
}

/** A mean that follows slowly, and more slowly what is late: a fault must not become usual before it is found. */
function learn(usual: Usual, tookMs: number): void {
  usual.count += 1;
  const isSlow = isKnown(usual) && tookMs > slowMs(usual);
  const weight = isSlow ? 0.01 : Math.max(1 / usual.count, 0.02);
  usual.meanMs += (Math.min(tookMs, isSlow ? slowMs(usual) : tookMs) - usual.meanMs) * weight;
}
