import type { Verdict } from "@shardrock/core";
import { AnswerTimes } from "./answer-times.ts";
import { PendingAttempts } from "./pending-attempts.ts";
import { remember } from "./remember.ts";
import type { Watched } from "./watched.ts";

/** How fast what was seen fades, in ms: a fault is found within about as long. */
const fadeMs = 10_000;

/** Fewer tell nothing. */
const leastFailures = 5;
const leastFailureShare = 0.2;
const leastSlow = 5;
const leastSlowShare = 0.5;

/**
 * Nobody is there when so many calls without an answer, each for a second and a half and none begun later answered,
 * are less likely than this (in nats), even if all answers took half as long again; three calls at least.
 */
const leastDoubt = 10;
const fewestSilent = 3;
const mostDoubtOfOne = leastDoubt / fewestSilent;
const leastSilentMs = 1_500;
const paceOfDoubt = 1.5;
/** A scope is looked at for silence no more often, in ms. */
const lookEveryMs = 100;

/** Where a scope has several parts, this share of its failures must be of others than the worst: else only that one fails. */
const leastOtherShare = 0.2;

/** What was seen of one scope lately; counts fade. */
interface Seen {
  atMs: number;
  ended: number;
  failed: number;
  slow: number;
  /** Failures and slow answers of each part. */
  readonly badOf: Map<string, number>;
  /** When the latest attempt began that was answered. */
  aliveAtMs: number;
  readonly pending: PendingAttempts<Watched>;
  /** When it was last looked at for silence, and until when too few wait too long for it, whatever happens. */
  lookedAtMs: number;
  calmUntilMs: number;
}

export interface EjectionOptions {
  /** True: what only one of its parts does says nothing of a scope. */
  readonly hasParts: boolean;
  /** Told of attempts that nobody will answer. */
  readonly onSilence?: ((hung: readonly Watched[]) => void) | undefined;
}

/**
 * Finds scopes that fail, answer late or not at all. It compares with what the same model and operation does elsewhere,
 * and knows of an attempt that hangs before its timer does. Reads no clock.
 */
export class Ejection {
  readonly #hasParts: boolean;
  readonly #onSilence: EjectionOptions["onSilence"];
  readonly #seen = new Map<string, Seen>();
  readonly #usual = new Map<string, AnswerTimes>();

  constructor({ hasParts, onSilence }: EjectionOptions) {
    this.#hasParts = hasParts;
    this.#onSilence = onSilence;
  }

  /** An attempt begins. @returns why its scope should be ejected; undefined: it should not. */
  starts(watched: Watched, nowMs: number): string | undefined {
    const { scope, kind } = watched.place;
    const seen = this.#of(scope, nowMs);
    const isOut = isSilent(seen, nowMs, this.#hasParts);
    if (isOut) this.#seen.delete(scope);
    const { pending } = isOut ? this.#of(scope, nowMs) : seen;
    pending.add(watched, nowMs, this.#usualOf(kind));
    if (!isOut) return undefined;
    this.#onSilence?.([...hungIn(seen), watched]);
    return "nothing was answered";
  }

  /**
   * How long until it is late for an attempt to be answered, in ms; below 0: it is. Undefined: it was, or nobody knows what is
   * usual.
   */
  lateInMs(watched: Watched, nowMs: number): number | undefined {
    const { place, usual, sinceMs } = watched;
    const isPending = this.#seen.get(place.scope)?.pending.has(watched) === true;
    return isPending && usual?.isKnown === true ? sinceMs + usual.slowMs - nowMs : undefined;
  }

  /** A stream has its first content. @returns why its scope should be ejected. */
  streams(watched: Watched, nowMs: number): string | undefined {
    const seen = this.#of(watched.place.scope, nowMs);
    watched.streamingIn = seen;
    return this.#answers(watched, seen, nowMs);
  }

  /** An attempt is answered, all of it. @returns why its scope should be ejected. */
  answers(watched: Watched, nowMs: number): string | undefined {
    watched.streamingIn = undefined;
    return this.#answers(watched, this.#of(watched.place.scope, nowMs), nowMs);
  }

  #answers(watched: Watched, seen: Seen, nowMs: number): string | undefined {
    const { place, sinceMs, usual } = watched;
    const wasPending = seen.pending.has(watched);
    watched.pendingIn?.remove(watched);
    if (!wasPending || usual === undefined) return undefined;
    noteAlive(seen, sinceMs);
    seen.ended += 1;
    const tookMs = nowMs - sinceMs;
    if (usual.isSlow(tookMs)) {
      seen.slow += 1;
      count(seen.badOf, place.part);
    }
    usual.learn(tookMs);
    return this.#verdictOf(place.scope, seen);
  }

  /** An attempt ended without an answer. @returns why its scope should be ejected. */
  fails(watched: Watched, verdict: Verdict, nowMs: number): string | undefined {
    const { scope, part } = watched.place;
    const seen = this.#of(scope, nowMs);
    const wasPending = seen.pending.has(watched);
    const wasStreaming = watched.streamingIn === seen;
    watched.streamingIn = undefined;
    watched.pendingIn?.remove(watched);
    if (!wasPending && !wasStreaming) return undefined; // it began before the scope was last judged
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
        if (wasPending) noteAlive(seen, watched.sinceMs); // somebody is there
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
    if (nowMs > seen.atMs) fade(seen, nowMs);
    return seen;
  }

  #usualOf(kind: string): AnswerTimes {
    const known = this.#usual.get(kind);
    const usual = known ?? new AnswerTimes();
    if (known === undefined) remember(this.#usual, kind, usual);
    return usual;
  }
}

/** Five failures within a second or two are five, though they have faded a little. */
const rounding = 0.5;

function fade(seen: Seen, nowMs: number): void {
  const kept = Math.exp((seen.atMs - nowMs) / fadeMs);
  seen.atMs = nowMs;
  seen.ended *= kept;
  seen.failed *= kept;
  seen.slow *= kept;
  if (seen.badOf.size === 0) return;
  for (const [part, bad] of seen.badOf) {
    if (bad * kept < 0.1) seen.badOf.delete(part);
    else seen.badOf.set(part, bad * kept);
  }
}

function nothingSeen(nowMs: number): Seen {
  return {
    atMs: nowMs,
    ended: 0,
    failed: 0,
    slow: 0,
    badOf: new Map(),
    aliveAtMs: nowMs,
    pending: new PendingAttempts(),
    lookedAtMs: nowMs,
    calmUntilMs: nowMs,
  };
}

function count(badOf: Map<string, number>, part: string): void {
  badOf.set(part, (badOf.get(part) ?? 0) + 1);
}

function isOfOnePart(badOf: ReadonlyMap<string, number>, bad: number): boolean {
  return bad - Math.max(0, ...badOf.values()) < bad * leastOtherShare;
}

/** An answer to an attempt says nothing of those begun later: what was under way before a fault may still end well. */
function noteAlive(seen: Seen, sinceMs: number): void {
  seen.aliveAtMs = Math.max(seen.aliveAtMs, sinceMs);
}

/** Calls wait so long that it cannot be chance, and none that began later was answered. */
function isSilent(seen: Seen, nowMs: number, hasParts: boolean): boolean {
  const { pending, aliveAtMs, lookedAtMs } = seen;
  if (nowMs - lookedAtMs < lookEveryMs) return false;
  seen.lookedAtMs = nowMs;
  if (nowMs < seen.calmUntilMs) return false;
  let first: Watched | undefined; // of those begun since somebody was there, and the two after it
  let second: Watched | undefined;
  let third: Watched | undefined;
  let late = 0;
  for (let each = pending.last; each !== undefined && each.sinceMs >= aliveAtMs; each = each.earlier) {
    third = second;
    second = first;
    first = each;
    if (nowMs - each.sinceMs >= leastSilentMs) late += 1;
  }
  if (late >= fewestSilent) return isTooLong(first, nowMs, hasParts);
  seen.calmUntilMs = (third?.sinceMs ?? nowMs) + leastSilentMs;
  return false;
}

/** @param first - the one that began first of those that count; those behind began later. */
function isTooLong(first: Watched | undefined, nowMs: number, hasParts: boolean): boolean {
  let doubt = 0;
  const doubtOf = new Map<string, number>();
  for (let each = first; each !== undefined; each = each.later) {
    const { sinceMs, usual, place } = each;
    if (usual?.isKnown !== true) continue;
    if (nowMs - sinceMs < leastSilentMs) break;
    const ofOne = Math.min(mostDoubtOfOne, -Math.log(usual.shareAbove((nowMs - sinceMs) / paceOfDoubt)));
    doubt += ofOne;
    doubtOf.set(place.part, (doubtOf.get(place.part) ?? 0) + ofOne);
  }
  return doubt >= leastDoubt && !(hasParts && isOfOnePart(doubtOf, doubt));
}

/** What was under way when somebody was last there may still end well. */
function hungIn({ pending, aliveAtMs }: Seen): readonly Watched[] {
  const hung: Watched[] = [];
  for (let each = pending.first; each !== undefined; each = each.later) {
    if (each.sinceMs >= aliveAtMs) hung.push(each);
  }
  return hung;
}
