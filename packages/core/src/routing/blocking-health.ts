import type { Target } from "../budget/target.ts";
import type { Clock } from "../clock.ts";
import { FleetTries } from "./fleet-tries.ts";
import type { AttemptOutcome, Block, Health, HealthAttempt, HealthChange } from "./health.ts";
import type { HealthBond, SharedHealthChange } from "./health-bond.ts";

/** First block after a failure, and the longest it doubles to, in ms. */
interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Source: the fault table of this project: denied roles and models come back slowly, connections fast. */
const deniedBackoff: Backoff = { firstMs: 60_000, longestMs: 900_000 };
const unreachableBackoff: Backoff = { firstMs: 1_000, longestMs: 60_000 };

interface Failing extends Block {
  /** Failures in a row, each of which had its own block. */
  readonly failures: number;
  /** The call of this process that tries it for all, and until when it is waited for. */
  readonly trying?: { readonly callId: number; readonly untilMs: number } | undefined;
}

/** Longest that the one call that tries a scope is waited for, and how often others look, in ms. */
const tryMs = 120_000;
const lookMs = 1_000;

/** What this process shares with others. */
interface Fleet {
  readonly bond: HealthBond;
  readonly tries: FleetTries;
}

/**
 * Failures remembered at once; the oldest is forgotten first. ApplyGuardrail has a target for every id that callers name,
 * so they are not bounded by the config.
 */
const mostFailing = 10_000;

/**
 * Blocks an account whose role fails, a target that is unreachable, and the operation that a target denies, with
 * doubling waits until one works. One operation only: each has its own IAM action, and a model answers 404 on the APIs it
 * does not have. When a wait is over all calls go there again; joined to other processes, one call of all tries it first.
 */
export class BlockingHealth implements Health {
  readonly #clock: Clock;
  readonly #failing = new Map<string, Failing>();
  /** The call that was last denied by an operation of a target, until one works there. */
  readonly #denied = new Map<string, number>();
  #fleet: Fleet | undefined;
  #listeners: readonly (() => void)[] = [];

  constructor(options: { readonly clock: Clock }) {
    this.#clock = options.clock;
  }

  get isClear(): boolean {
    return this.#failing.size === 0;
  }

  blocked(target: Target, operation?: string, callId?: number): Block | undefined {
    if (this.isClear) return undefined;
    const nowMs = this.#clock.monotonicMs();
    for (const scope of scopesOf(target, operation)) {
      const failing = this.#failing.get(scope);
      if (failing === undefined) continue;
      if (failing.untilMs > nowMs) return failing;
      const untried = this.#fleet && untriedOf(failing, { callId, nowMs, tries: this.#fleet.tries });
      if (untried !== undefined) return untried;
    }
    return undefined;
  }

  starts({ callId, target, operation }: HealthAttempt): void {
    if (this.#fleet === undefined || this.#failing.size === 0) return;
    const nowMs = this.#clock.monotonicMs();
    for (const scope of scopesOf(target, operation)) {
      const failing = this.#failing.get(scope);
      if (failing === undefined || failing.untilMs > nowMs || !this.#fleet.tries.begins(keyOf(scope))) continue;
      this.#failing.set(scope, { ...failing, trying: { callId, untilMs: nowMs + tryMs } });
      this.#tell("probing", failing, tryMs);
    }
  }

  observe(outcome: AttemptOutcome): void {
    this.#judge(outcome);
    if (this.#fleet === undefined || this.#failing.size === 0) return;
    for (const scope of scopesOf(outcome.target, outcome.operation)) {
      const failing = this.#failing.get(scope);
      if (failing?.trying?.callId !== outcome.callId) continue;
      this.#failing.set(scope, { ...failing, trying: undefined });
      this.#tell("unproved", failing, 0);
      this.#fleet.tries.ends(keyOf(scope), false);
    }
  }

  join(bond: HealthBond): Disposable {
    const tries = new FleetTries({ bond, clock: this.#clock, tryMs, onAllowed: () => this.#unblock() });
    this.#fleet = { bond, tries };
    const heard = bond.onNews((change) => this.#hear(change));
    return {
      [Symbol.dispose]: () => {
        heard[Symbol.dispose]();
        tries[Symbol.dispose]();
        this.#fleet = undefined;
      },
    };
  }

  onUnblock(listener: () => void): Disposable {
    this.#listeners = [...this.#listeners, listener];
    return { [Symbol.dispose]: () => void (this.#listeners = this.#listeners.filter((other) => other !== listener)) };
  }

  #judge({ callId, operation, target, verdict }: AttemptOutcome): void {
    switch (verdict?.kind) {
      case undefined:
        return this.#recover(target, operation);
      case "account-failed":
        return this.#block(accountScope(target), "its role could not be assumed", deniedBackoff);
      case "session-refused":
        return this.#block(accountScope(target), "AWS refused its session", deniedBackoff);
      case "target-denied":
        return this.#deny(operationScope(target, operation), callId);
      case "unreachable":
        return this.#block(target.id, "it could not be reached", unreachableBackoff);
      case "not-ready":
        return this.#block(target.id, "the model is not ready there", unreachableBackoff);
      case "throttled":
      case "overloaded":
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
  #deny(scope: string, callId: number): void {
    const before = this.#denied.get(scope);
    remember(this.#denied, scope, callId);
    if (before === undefined || before === callId) return;
    this.#block(scope, "AWS denied the model here", deniedBackoff);
  }

  #recover(target: Target, operation: string | undefined): void {
    if (this.#denied.size === 0 && this.#failing.size === 0) return;
    const scope = operationScope(target, operation);
    this.#denied.delete(scope);
    for (const each of scopesOf(target, operation)) {
      const failing = this.#failing.get(each);
      if (!this.#failing.delete(each) || failing === undefined) continue;
      this.#tell("recovering", failing, 0);
      this.#fleet?.tries.ends(keyOf(each), true);
    }
  }

  #block(scope: string, reason: string, backoff: Backoff): void {
    const nowMs = this.#clock.monotonicMs();
    const before = this.#failing.get(scope);
    if (before !== undefined && before.untilMs > nowMs) return; // calls that were under way tell nothing new
    const failures = (before?.failures ?? 0) + 1;
    const waitMs = Math.min(backoff.firstMs * 2 ** (failures - 1), backoff.longestMs);
    const failing = { scope, reason, failures, untilMs: nowMs + waitMs };
    remember(this.#failing, scope, failing);
    this.#tell("blocked", failing, waitMs);
    this.#fleet?.tries.ends(keyOf(scope), true);
  }

  /** What others learned holds here for the time that is left of it. */
  #hear(change: SharedHealthChange): void {
    const { key, scope, state, reason, forMs } = change;
    if (key !== keyOf(scope)) return; // another kind of health's
    this.#fleet?.tries.heard(change);
    const before = this.#failing.get(scope);
    if (state === "blocked") {
      const failures = Math.max(before?.failures ?? 0, change.failures ?? 1);
      const untilMs = Math.max(before?.untilMs ?? 0, this.#clock.monotonicMs() + forMs);
      return remember(this.#failing, scope, { scope, reason, failures, untilMs });
    }
    if (state === "recovering") this.#failing.delete(scope);
    if (state !== "probing") this.#unblock();
  }

  #tell(state: HealthChange["state"], { scope, reason, failures }: Failing, forMs: number): void {
    this.#fleet?.bond.tell({ key: keyOf(scope), state, scope, reason, isSoft: false, forMs, failures });
  }

  #unblock(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Why a call may not go where a wait is over: one call of all processes tries it first. */
function untriedOf(
  { scope, reason, trying }: Failing,
  { callId, nowMs, tries }: { readonly callId: number | undefined; readonly nowMs: number; readonly tries: FleetTries },
): Block | undefined {
  if (trying !== undefined && trying.untilMs > nowMs) {
    if (trying.callId === callId) return undefined;
  } else if (callId === undefined ? tries.holds(keyOf(scope)) : tries.mayTry(keyOf(scope))) return undefined;
  return { scope, reason: `${reason}; one call tries it`, untilMs: nowMs + lookMs };
}

function keyOf(scope: string): string {
  return `block ${scope}`;
}

function scopesOf(target: Target, operation: string | undefined): readonly string[] {
  return [accountScope(target), target.id, operationScope(target, operation)];
}

function remember<Value>(map: Map<string, Value>, scope: string, value: Value): void {
  map.delete(scope);
  map.set(scope, value);
  const [oldest] = map.size > mostFailing ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
}

function operationScope({ id }: Target, operation: string | undefined): string {
  return operation === undefined ? id : `${id} for ${operation}`;
}

function accountScope(target: Target): string {
  return `account ${target.accountId}`;
}
