import {
  type AttemptNumber,
  type AttemptOutcome,
  type Block,
  type Clock,
  dayWindowMs,
  FleetTries,
  type Health,
  type HealthAttempt,
  type HealthBond,
  type HealthChange,
  type SharedHealthChange,
  type Target,
  type Verdict,
} from "@shardrock/core";
import { Callbacks } from "./callbacks.ts";
import { cooldownKinds, type Failure, probeMs } from "./cooldown.ts";
import { backoffOf, scopeOf, sessionBackoff, softKinds } from "./cooldown-rules.ts";
import { Cooldowns, keyOf } from "./cooldowns.ts";
import { Ejection, type Watched } from "./ejection.ts";
import { remember } from "./remember.ts";
import { capacityScope, operationScope } from "./scopes.ts";
import { idOf, WatchedPlaces, type WatchedScope } from "./watched-places.ts";

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
  readonly #changes = new Callbacks<HealthChange>();
  readonly #unblocks = new Callbacks();
  readonly #hangs = new Callbacks<(attempt: AttemptNumber) => boolean>();
  /** The call that an operation of a target last denied, until one works there. */
  readonly #denied = new Map<string, number>();
  /** Overloads of a scope since one of its calls was served. */
  readonly #overloads = new Map<string, number>();
  /** When each attempt under way began. */
  readonly #startedMs = new Map<string, number>();
  readonly #watched = new WatchedPlaces();
  readonly #keys = new WeakMap<Target, Map<string | undefined, readonly string[]>>();

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
    const onSilence = (attemptIds: readonly string[]): void => this.#tellHung(new Set(attemptIds));
    this.#ejections = [
      { kind: "ejection", ejection: new Ejection({ hasParts: false, onSilence }) },
      { kind: "region-ejection", ejection: new Ejection({ hasParts: true, onSilence }) },
    ];
    this.#cooldowns = new Cooldowns((change) => this.#changes.tell(change));
  }

  get isClear(): boolean {
    return this.#cooldowns.isEmpty;
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
    return this.#changes.add(listener);
  }

  onUnblock(listener: () => void): Disposable {
    return this.#unblocks.add(listener);
  }

  onHang(listener: HangListener): Disposable {
    return this.#hangs.add(listener);
  }

  join(bond: HealthBond): Disposable {
    const tries = new FleetTries({ bond, clock: this.#clock, tryMs: probeMs, onAllowed: () => this.#unblocks.tell() });
    this.#cooldowns.fleet = { bond, tries };
    const heard = bond.onNews((change) => this.#hear(change));
    return {
      [Symbol.dispose]: () => {
        heard[Symbol.dispose]();
        tries[Symbol.dispose]();
        this.#cooldowns.fleet = undefined;
      },
    };
  }

  /** What another kind of health tells is not understood here. */
  #hear(change: SharedHealthChange): void {
    const { key, scope, reason, state } = change;
    const kind = cooldownKinds.find((each) => key === keyOf(each, scope));
    if (kind === undefined) return;
    if (kind === "denied" && state === "blocked") remember(this.#denied, scope, elsewhere);
    const failure = { kind, scope, reason, isSoft: softKinds.has(kind), backoff: backoffOf[kind] };
    this.#cooldowns.hear(change, failure, this.#clock.monotonicMs());
  }

  /** What was ejected may still be silent: the call that tries it does not wait for its timer to learn that. */
  #limitTry(attempt: HealthAttempt, { kind, ejection }: EjectionAt): void {
    const watched = this.#watched.watched(attempt, kind);
    const leftMs = ejection.lateInMs(watched, this.#clock.monotonicMs());
    if (leftMs === undefined) return;
    if (leftMs < 0) return this.#tellHung(new Set([watched.attemptId]));
    this.#clock.timer(leftMs + 1, () => this.#limitTry(attempt, { kind, ejection }));
  }

  #tellHung(attemptIds: ReadonlySet<string>): void {
    this.#hangs.tell((attempt) => attemptIds.has(idOf(attempt)));
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
        return this.#out(failed, { kind: "account", reason: "its role could not be assumed" });
      case "session-refused":
        return this.#out(failed, { kind: "account", reason: "AWS refused its session", backoff: sessionBackoff });
      case "target-denied":
        return this.#deny(failed);
      case "unreachable":
        return this.#out(failed, {
          kind: "unreachable",
          reason: "it could not be reached",
        });
      case "not-ready":
        return this.#out(failed, {
          kind: "not-ready",
          reason: "the model is not ready there",
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
    this.#out(failed, { kind: "denied", reason: "AWS denied the model here" });
  }

  #overload(failed: Failed, retryAfterMs: number | undefined): void {
    const scope = capacityScope(failed.target);
    const inARow = (this.#overloads.get(scope) ?? 0) + 1;
    remember(this.#overloads, scope, inARow);
    if (retryAfterMs === undefined && inARow < overloadsInARow) return;
    const reason = "shared capacity is short";
    this.#out(failed, { kind: "capacity", reason, retryAfterMs });
  }

  #pause(failed: Failed, retryAfterMs: number): void {
    this.#out(failed, { kind: "pause", reason: "AWS asked to wait", retryAfterMs });
  }

  #closeDay(failed: Failed): void {
    this.#out(failed, { kind: "day", reason: "the day's tokens are used up" });
  }

  #out(
    { target, operation, nowMs, startedMs }: Omit<Failed, "verdict">,
    what: Pick<Failure, "kind" | "reason" | "retryAfterMs"> & Partial<Pick<Failure, "backoff">>,
  ): void {
    const { kind, backoff = backoffOf[kind] } = what;
    const scope = scopeOf[kind](target, operation);
    this.#cooldowns.cool({ ...what, backoff, scope, isSoft: softKinds.has(kind), startedMs }, nowMs);
  }

  #isLate(attempt: HealthAttempt, nowMs: number): boolean {
    return this.#ejections.some(
      ({ kind, ejection }) => (ejection.lateInMs(this.#watched.watched(attempt, kind), nowMs) ?? 0) < 0,
    );
  }

  /** Tells both ejections, of the target and of the model in the Region, and does as they say. */
  #watch(
    attempt: HealthAttempt,
    nowMs: number,
    tell: (ejection: Ejection, watched: Watched) => string | undefined,
  ): void {
    const id = idOf(attempt);
    for (const { kind, ejection } of this.#ejections) {
      const reason = tell(ejection, this.#watched.watched(attempt, kind, id));
      if (reason === undefined) continue;
      this.#out({ ...attempt, nowMs, startedMs: nowMs }, { kind, reason });
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

/** No call of this process. */
const elsewhere = -1;

type HangListener = (isHung: (attempt: AttemptNumber) => boolean) => void;

interface EjectionAt {
  readonly kind: WatchedScope;
  readonly ejection: Ejection;
}

/** An attempt that ended badly. */
interface Failed extends HealthAttempt {
  readonly verdict: Verdict;
  readonly nowMs: number;
  /** When it began. */
  readonly startedMs: number;
}

function hasDayQuota({ quotas }: Target): boolean {
  return quotas.some(({ windowMs }) => windowMs >= dayWindowMs);
}
