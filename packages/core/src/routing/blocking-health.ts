import type { Target } from "../budget/target.ts";
import type { Clock } from "../clock.ts";
import type { AttemptOutcome, Block, Health } from "./health.ts";

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
}

/**
 * Failures remembered at once; the oldest is forgotten first. ApplyGuardrail has a target for every id that callers name,
 * so they are not bounded by the config.
 */
const mostFailing = 10_000;

/**
 * Blocks an account whose role fails, a target that is unreachable, and the operation that a target denies, with
 * doubling waits until one works. One operation only: each has its own IAM action, and a model answers 404 on the APIs it
 * does not have.
 */
export class BlockingHealth implements Health {
  readonly #clock: Clock;
  readonly #failing = new Map<string, Failing>();
  /** The call that was last denied by an operation of a target, until one works there. */
  readonly #denied = new Map<string, number>();

  constructor(options: { readonly clock: Clock }) {
    this.#clock = options.clock;
  }

  blocked(target: Target, operation?: string): Block | undefined {
    if (this.#failing.size === 0) return undefined;
    const nowMs = this.#clock.monotonicMs();
    for (const scope of [accountScope(target), target.id, operationScope(target, operation)]) {
      const failing = this.#failing.get(scope);
      if (failing !== undefined && failing.untilMs > nowMs) return failing;
    }
    return undefined;
  }

  observe({ callId, operation, target, verdict }: AttemptOutcome): void {
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
    for (const each of [accountScope(target), target.id, scope]) this.#failing.delete(each);
  }

  #block(scope: string, reason: string, backoff: Backoff): void {
    const nowMs = this.#clock.monotonicMs();
    const before = this.#failing.get(scope);
    if (before !== undefined && before.untilMs > nowMs) return; // calls that were under way tell nothing new
    const failures = (before?.failures ?? 0) + 1;
    const waitMs = Math.min(backoff.firstMs * 2 ** (failures - 1), backoff.longestMs);
    remember(this.#failing, scope, { scope, reason, failures, untilMs: nowMs + waitMs });
  }
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
