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
import { AttemptsUnderWay } from "./attempts-under-way.ts";
import { Ejection } from "./ejection.ts";
import { remember } from "./remember.ts";
import { capacityScope, operationScope } from "./scopes.ts";
import type { Watched } from "./watched.ts";
import { type WatchedAttempt, WatchedPlaces, type WatchedScope } from "./watched-places.ts";

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
  /** Of the target, and of the model in the Region. */
  readonly #ofTarget: Ejection;
  readonly #ofRegion: Ejection;
  readonly #changes = new Callbacks<HealthChange>();
  readonly #unblocks = new Callbacks();
  readonly #hangs = new Callbacks<(attempt: AttemptNumber) => boolean>();
  /** The call that an operation of a target last denied, until one works there. */
  readonly #denied = new Map<string, number>();
  /** Overloads of a scope since one of its calls was served. */
  readonly #overloads = new Map<string, number>();
  readonly #underWay = new AttemptsUnderWay<WatchedAttempt>();
  readonly #places = new WatchedPlaces();
  readonly #keys = new WeakMap<Target, Map<string | undefined, readonly string[]>>();

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
    const onSilence = (hung: readonly Watched[]): void => this.#tellHung(hung);
    this.#ofTarget = new Ejection({ hasParts: false, onSilence });
    this.#ofRegion = new Ejection({ hasParts: true, onSilence });
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
    const watched = this.#watch(attempt, nowMs);
    const isTry = !this.#cooldowns.isEmpty && this.#tries(attempt, nowMs);
    this.#judge(attempt, "ejection", this.#ofTarget.starts(watched.ejection, nowMs));
    this.#judge(attempt, "region-ejection", this.#ofRegion.starts(watched["region-ejection"], nowMs));
    if (!isTry) return;
    this.#limitTry(this.#ofTarget, watched.ejection);
    this.#limitTry(this.#ofRegion, watched["region-ejection"]);
  }

  answers(attempt: HealthAttempt): void {
    const nowMs = this.#clock.monotonicMs();
    const watched = this.#underWay.find(attempt) ?? this.#watch(attempt, nowMs);
    this.#works(attempt, watched, nowMs);
    this.#judge(attempt, "ejection", this.#ofTarget.streams(watched.ejection, nowMs));
    this.#judge(attempt, "region-ejection", this.#ofRegion.streams(watched["region-ejection"], nowMs));
  }

  observe(outcome: AttemptOutcome): void {
    const { verdict } = outcome;
    const nowMs = this.#clock.monotonicMs();
    const watched = this.#underWay.find(outcome) ?? this.#watch(outcome, nowMs);
    this.#underWay.remove(watched);
    if (verdict === undefined) {
      this.#works(outcome, watched, nowMs);
      this.#judge(outcome, "ejection", this.#ofTarget.answers(watched.ejection, nowMs));
      this.#judge(outcome, "region-ejection", this.#ofRegion.answers(watched["region-ejection"], nowMs));
      return;
    }
    this.#prove(outcome, watched, { verdict, nowMs });
    this.#judge(outcome, "ejection", this.#ofTarget.fails(watched.ejection, verdict, nowMs));
    this.#judge(outcome, "region-ejection", this.#ofRegion.fails(watched["region-ejection"], verdict, nowMs));
    this.#cool({ ...outcome, verdict, nowMs, startedMs: watched.startedMs });
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

  #watch(attempt: HealthAttempt, nowMs: number): WatchedAttempt {
    const watched = this.#places.watched(attempt, nowMs);
    this.#underWay.add(watched);
    return watched;
  }

  /** @returns whether it tries something that is out because of how its attempts went. */
  #tries({ target, operation, callId }: HealthAttempt, nowMs: number): boolean {
    return this.#cooldowns.starts(this.#keysOf(target, operation), callId, nowMs);
  }

  /** What was ejected may still be silent: the call that tries it does not wait for its timer to learn that. */
  #limitTry(ejection: Ejection, watched: Watched): void {
    const leftMs = ejection.lateInMs(watched, this.#clock.monotonicMs());
    if (leftMs === undefined) return;
    if (leftMs < 0) return this.#tellHung([watched]);
    this.#clock.timer(leftMs + 1, () => this.#limitTry(ejection, watched));
  }

  #tellHung(hung: readonly Watched[]): void {
    const numbers = new Set(hung.map(({ attempt }) => idOf(attempt)));
    this.#hangs.tell((attempt) => numbers.has(idOf(attempt)));
  }

  /** Somebody is served there. */
  #works(attempt: HealthAttempt, watched: WatchedAttempt, nowMs: number): void {
    const { target, operation } = attempt;
    if (this.#denied.size > 0) this.#denied.delete(operationScope(target, operation));
    if (this.#overloads.size > 0) this.#overloads.delete(capacityScope(target));
    this.#prove(attempt, watched, { verdict: undefined, nowMs });
  }

  #prove(attempt: HealthAttempt, watched: WatchedAttempt, { verdict, nowMs }: Ended): void {
    if (this.#cooldowns.isEmpty) return;
    const { target, operation } = attempt;
    const isLate = verdict === undefined && this.#isLate(watched, nowMs);
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

  #isLate(watched: WatchedAttempt, nowMs: number): boolean {
    const leftMs = this.#ofTarget.lateInMs(watched.ejection, nowMs) ?? 0;
    return leftMs < 0 || (this.#ofRegion.lateInMs(watched["region-ejection"], nowMs) ?? 0) < 0;
  }

  /** Does as an ejection says. @param reason - why a scope of the attempt should be out; undefined: it should not. */
  #judge(attempt: HealthAttempt, kind: WatchedScope, reason: string | undefined): void {
    if (reason === undefined) return;
    const nowMs = this.#clock.monotonicMs();
    this.#out({ ...attempt, nowMs, startedMs: nowMs }, { kind, reason });
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

/** How an attempt ended, or that it answers; undefined: well. */
interface Ended {
  readonly verdict: Verdict | undefined;
  readonly nowMs: number;
}

/** One call may have two attempts under way. */
function idOf({ callId, attempt }: AttemptNumber): string {
  return `${callId}/${attempt}`;
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
