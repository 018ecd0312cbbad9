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

/** Blocks an account whose role fails, and a target that is denied or unreachable, with doubling waits until one works. */
export class BlockingHealth implements Health {
  readonly #clock: Clock;
  readonly #failing = new Map<string, Failing>();
  /** The call that was last denied by a target, until one works there. */
  readonly #denied = new Map<string, number>();

  constructor(options: { readonly clock: Clock }) {
    this.#clock = options.clock;
  }

  blocked(target: Target): Block | undefined {
    if (this.#failing.size === 0) return undefined;
    const nowMs = this.#clock.monotonicMs();
    for (const scope of [accountScope(target), target.id]) {
      const failing = this.#failing.get(scope);
      if (failing !== undefined && failing.untilMs > nowMs) return failing;
    }
    return undefined;
  }

  observe({ callId, target, verdict }: AttemptOutcome): void {
    switch (verdict?.kind) {
      case undefined:
        return this.#recover(target);
      case "account-failed":
        return this.#block(accountScope(target), "its role could not be assumed", deniedBackoff);
      case "target-denied":
        return this.#deny(target, callId);
      case "unreachable":
        return this.#block(target.id, "it could not be reached or was not ready", unreachableBackoff);
      case "throttled":
      case "overloaded":
      case "ambiguous":
      case "invalid":
      case "aborted":
        return undefined;
      default:
        return verdict satisfies never;
    }
  }

  /** One denial may be about its call (a guardrail, a prompt); two calls in a row are about the target. */
  #deny(target: Target, callId: number): void {
    const before = this.#denied.get(target.id);
    this.#denied.set(target.id, callId);
    if (before === undefined || before === callId) return;
    this.#block(target.id, "AWS denied the model here", deniedBackoff);
  }

  #recover(target: Target): void {
    this.#denied.delete(target.id);
    if (this.#failing.size === 0) return;
    this.#failing.delete(accountScope(target));
    this.#failing.delete(target.id);
  }

  #block(scope: string, reason: string, backoff: Backoff): void {
    const nowMs = this.#clock.monotonicMs();
    const before = this.#failing.get(scope);
    if (before !== undefined && before.untilMs > nowMs) return; // calls that were under way tell nothing new
    const failures = (before?.failures ?? 0) + 1;
    const waitMs = Math.min(backoff.firstMs * 2 ** (failures - 1), backoff.longestMs);
    this.#failing.set(scope, { scope, reason, failures, untilMs: nowMs + waitMs });
  }
}

function accountScope(target: Target): string {
  return `account ${target.accountId}`;
}
