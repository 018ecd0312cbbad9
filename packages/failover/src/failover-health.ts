import {
  type AttemptNumber,
  type AttemptOutcome,
  type Block,
  type Clock,
  dayWindowMs,
  type Health,
  type HealthAttempt,
  type HealthChange,
  type Target,
  type Verdict,
} from "@shardrock/core";
import { type Backoff, type CooldownKind, cooldownKinds, type Failure } from "./cooldown.ts";
import { Cooldowns, keyOf } from "./cooldowns.ts";
import { Ejection, type Watched } from "./ejection.ts";
import { remember } from "./remember.ts";
import { accountScope, capacityScope, dayScope, operationScope } from "./scopes.ts";

/** Denied roles and models come back slowly, connections fast; nobody publishes when capacity or a day's tokens do. */
const deniedBackoff: Backoff = { firstMs: 60_000, longestMs: 900_000 };
const sessionBackoff: Backoff = { firstMs: 10_000, longestMs: 900_000 };
const connectionBackoff: Backoff = { firstMs: 1_000, longestMs: 60_000 };
const capacityBackoff: Backoff = { firstMs: 2_000, longestMs: 60_000 };
const ejectionBackoff: Backoff = { firstMs: 10_000, longestMs: 120_000 };
const dayBackoff: Backoff = { firstMs: 3_600_000, longestMs: 3_600_000 };
const noBackoff: Backoff = { firstMs: 0, longestMs: 0 };

/** Overloads in a row that speak for the scope and not only for their calls; one with Retry-After always does. */
const overloadsInARow = 3;

/**
 * Keeps calls away from what failed and from no more than that: an account whose role or session fails, a target that is not
 * reached or not ready, an operation that is denied, capacity that all accounts of a Region share. Each comes back by one
 * call that tries it, and a share of calls that grows. Throttles are the book's; only a wait that AWS asked for is kept.
 */
export class FailoverHealth implements Health {
  readonly #clock: Clock;
  readonly #cooldowns: Cooldowns;
  readonly #ejections: readonly EjectionAt[];
  #hangListeners: readonly HangListener[] = [];
  #listeners: readonly ((change: HealthChange) => void)[] = [];
  /** The call that an operation of a target last denied, until one works there. */
  readonly #denied = new Map<string, number>();
  /** Overloads of a scope since one of its calls was served. */
  readonly #overloads = new Map<string, number>();
  /** When each attempt under way began. */
  readonly #startedMs = new Map<string, number>();
  readonly #keys = new WeakMap<Target, Map<string | undefined, readonly string[]>>();

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
    const onSilence = (attemptIds: readonly string[]): void => this.#tellHung(new Set(attemptIds));
    this.#ejections = [
      { kind: "ejection", ejection: new Ejection({ hasParts: false, onSilence }) },
      { kind: "region-ejection", ejection: new Ejection({ hasParts: true, onSilence }) },
    ];
    this.#cooldowns = new Cooldowns((change) => {
      for (const listener of this.#listeners) listener(change);
    });
  }

  blocked(target: Target, operation?: string, callId?: number): Block | undefined {
    if (this.#cooldowns.isEmpty) return undefined;
    return this.#cooldowns.blockOf(this.#keysOf(target, operation), callId, this.#clock.monotonicMs());
  }

  starts(attempt: HealthAttempt): void {
    const nowMs = this.#clock.monotonicMs();
    const { target, operation, callId } = attempt;
    this.#startedMs.set(idOf(attempt), nowMs);
    const keys = this.#cooldowns.isEmpty ? [] : this.#keysOf(target, operation);
    const isTry = this.#cooldowns.starts(keys, callId, nowMs);
    this.#watch(attempt, nowMs, (ejection, watched) => ejection.starts(watched, nowMs));
    if (isTry) for (const each of this.#ejections) this.#limitTry(attempt, each);
  }

  answers(attempt: HealthAttempt): void {
    const nowMs = this.#clock.monotonicMs();
    this.#works(attempt, nowMs);
    this.#watch(attempt, nowMs, (ejection, watched) => ejection.streams(watched, nowMs));
  }

  observe(outcome: AttemptOutcome): void {
    const { verdict } = outcome;
    const nowMs = this.#clock.monotonicMs();
    const id = idOf(outcome);
    const startedMs = this.#startedMs.get(id) ?? nowMs;
    this.#startedMs.delete(id);
    if (verdict === undefined) {
      this.#works(outcome, nowMs);
      return this.#watch(outcome, nowMs, (ejection, watched) => ejection.answers(watched, nowMs));
    }
    this.#prove(outcome, verdict, nowMs);
    this.#watch(outcome, nowMs, (ejection, watched) => ejection.fails(watched, verdict, nowMs));
    this.#cool({ ...outcome, verdict, nowMs, startedMs });
  }

  onChange(listener: (change: HealthChange) => void): Disposable {
    this.#listeners = [...this.#listeners, listener];
    return { [Symbol.dispose]: () => void (this.#listeners = this.#listeners.filter((other) => other !== listener)) };
  }

  onHang(listener: HangListener): Disposable {
    this.#hangListeners = [...this.#hangListeners, listener];
    return {
      [Symbol.dispose]: () => void (this.#hangListeners = this.#hangListeners.filter((other) => other !== listener)),
    };
  }

  /** What was ejected may still be silent: the call that tries it does not wait for its timer to learn that. */
  #limitTry(attempt: HealthAttempt, { kind, ejection }: EjectionAt): void {
    const watched = watchedOf(attempt, kind);
    const leftMs = ejection.lateInMs(watched, this.#clock.monotonicMs());
    if (leftMs === undefined) return;
    if (leftMs < 0) return this.#tellHung(new Set([watched.attemptId]));
    this.#clock.timer(leftMs + 1, () => this.#limitTry(attempt, { kind, ejection }));
  }

  #tellHung(attemptIds: ReadonlySet<string>): void {
    for (const listener of this.#hangListeners) listener((attempt) => attemptIds.has(idOf(attempt)));
  }

  /** Somebody is served there. */
  #works(attempt: HealthAttempt, nowMs: number): void {
    const { target, operation } = attempt;
    if (this.#denied.size > 0) this.#denied.delete(operationScope(target, operation));
    if (this.#overloads.size > 0) this.#overloads.delete(capacityScope(target));
    this.#prove(attempt, undefined, nowMs);
  }

  #prove(attempt: HealthAttempt, verdict: Verdict | undefined, nowMs: number): void {
    if (this.#cooldowns.isEmpty) return;
    const { target, operation } = attempt;
    const isLate = verdict === undefined && this.#isLate(attempt, nowMs);
    this.#cooldowns.proves(this.#keysOf(target, operation), attempt, { verdict, isLate, nowMs });
  }

  #cool(failed: Failed): void {
    const { verdict, target } = failed;
    switch (verdict.kind) {
      case "account-failed":
        return this.#out(failed, { kind: "account", reason: "its role could not be assumed", backoff: deniedBackoff });
      case "session-refused":
        return this.#out(failed, { kind: "account", reason: "AWS refused its session", backoff: sessionBackoff });
      case "target-denied":
        return this.#deny(failed);
      case "unreachable":
        return this.#out(failed, {
          kind: "unreachable",
          reason: "it could not be reached",
          backoff: connectionBackoff,
        });
      case "not-ready":
        return this.#out(failed, {
          kind: "not-ready",
          reason: "the model is not ready there",
          backoff: connectionBackoff,
        });
      case "overloaded":
        return this.#overload(failed, verdict.retryAfterMs);
      case "throttled":
        if (verdict.retryAfterMs !== undefined) this.#pause(failed, verdict.retryAfterMs);
        if (verdict.scope === "tokens-per-day" && !hasDayQuota(target)) this.#closeDay(failed);
        return undefined;
      case "ambiguous":
      case "invalid":
      case "aborted":
      case "outrun":
        return undefined;
      default:
        return verdict satisfies never;
    }
  }

  /** One denial may be about its call (a guardrail, a prompt); two calls in a row are about the target. */
  #deny(failed: Failed): void {
    const { target, operation, callId } = failed;
    const scope = operationScope(target, operation);
    const before = this.#denied.get(scope);
    remember(this.#denied, scope, callId);
    if (before === undefined || before === callId) return;
    this.#out(failed, { kind: "denied", reason: "AWS denied the model here", backoff: deniedBackoff });
  }

  #overload(failed: Failed, retryAfterMs: number | undefined): void {
    const scope = capacityScope(failed.target);
    const inARow = (this.#overloads.get(scope) ?? 0) + 1;
    remember(this.#overloads, scope, inARow);
    if (retryAfterMs === undefined && inARow < overloadsInARow) return;
    const reason = "shared capacity is short";
    this.#out(failed, { kind: "capacity", reason, backoff: capacityBackoff, retryAfterMs });
  }

  #pause(failed: Failed, retryAfterMs: number): void {
    this.#out(failed, { kind: "pause", reason: "AWS asked to wait", backoff: noBackoff, retryAfterMs });
  }

  #closeDay(failed: Failed): void {
    this.#out(failed, { kind: "day", reason: "the day's tokens are used up", backoff: dayBackoff });
  }

  #out(
    { target, operation, nowMs, startedMs }: Omit<Failed, "verdict">,
    what: Omit<Failure, "scope" | "isSoft" | "startedMs">,
  ): void {
    const scope = scopeOf[what.kind](target, operation);
    this.#cooldowns.cool({ ...what, scope, isSoft: softKinds.has(what.kind), startedMs }, nowMs);
  }

  #isLate(attempt: HealthAttempt, nowMs: number): boolean {
    return this.#ejections.some(({ kind, ejection }) => (ejection.lateInMs(watchedOf(attempt, kind), nowMs) ?? 0) < 0);
  }

  /** Tells both ejections, of the target and of the model in the Region, and does as they say. */
  #watch(
    attempt: HealthAttempt,
    nowMs: number,
    tell: (ejection: Ejection, watched: Watched) => string | undefined,
  ): void {
    for (const { kind, ejection } of this.#ejections) {
      const reason = tell(ejection, watchedOf(attempt, kind));
      if (reason === undefined) continue;
      this.#out({ ...attempt, nowMs, startedMs: nowMs }, { kind, reason, backoff: ejectionBackoff });
    }
  }

  #keysOf(target: Target, operation: string | undefined): readonly string[] {
    const ofTarget = this.#keys.get(target) ?? new Map<string | undefined, readonly string[]>();
    this.#keys.set(target, ofTarget);
    const known = ofTarget.get(operation);
    if (known !== undefined) return known;
    const keys = cooldownKinds.map((kind) => keyOf(kind, scopeOf[kind](target, operation)));
    ofTarget.set(operation, keys);
    return keys;
  }
}

type HangListener = (isHung: (attempt: AttemptNumber) => boolean) => void;

interface EjectionAt {
  readonly kind: "ejection" | "region-ejection";
  readonly ejection: Ejection;
}

/** An attempt that ended badly. */
interface Failed extends HealthAttempt {
  readonly verdict: Verdict;
  readonly nowMs: number;
  /** When it began. */
  readonly startedMs: number;
}

/** What fails by each kind of cooldown, and no more. */
const scopeOf: Readonly<Record<CooldownKind, (target: Target, operation: string | undefined) => string>> = {
  account: accountScope,
  day: dayScope,
  denied: operationScope,
  unreachable: ({ id }) => id,
  "not-ready": ({ id }) => id,
  pause: ({ id }) => id,
  capacity: capacityScope,
  ejection: ({ id }) => id,
  "region-ejection": capacityScope,
};

/** Where a call would only be likely to fail. */
const softKinds: ReadonlySet<CooldownKind> = new Set<CooldownKind>(["capacity", "ejection", "region-ejection"]);

function watchedOf(attempt: HealthAttempt, scopeKind: EjectionAt["kind"]): Watched {
  const { target, operation = "" } = attempt;
  const kind = `${target.endpoint}/${target.modelId} ${operation}`;
  return { attemptId: idOf(attempt), part: target.id, kind, scope: scopeOf[scopeKind](target, operation) };
}

/** One call may have two attempts under way. */
function idOf({ callId, attempt }: AttemptNumber): string {
  return `${callId}/${attempt}`;
}

function hasDayQuota({ quotas }: Target): boolean {
  return quotas.some(({ windowMs }) => windowMs >= dayWindowMs);
}
