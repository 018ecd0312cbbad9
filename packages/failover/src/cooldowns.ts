import type { Block, HealthAttempt, HealthChange, Verdict } from "@shardrock/core";
import {
  awaitsProbe,
  blockOf,
  cooled,
  type Cooldown,
  type Failure,
  isForgotten,
  probed,
  probeMs,
  recovered,
  unproved,
} from "./cooldown.ts";
import { proofOf } from "./proof.ts";
import { remember } from "./remember.ts";

/** Every scope that failed and is not trusted again yet. Reads no clock. */
export class Cooldowns {
  readonly #byKey = new Map<string, Cooldown>();
  readonly #tell: (change: HealthChange) => void;

  /** @param tell - hears what becomes of a scope. */
  constructor(tell: (change: HealthChange) => void) {
    this.#tell = tell;
  }

  /** Whether there is none at all. */
  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** The first block among the keys, hard ones before soft ones. @param callId - who asks. */
  blockOf(keys: readonly string[], callId: number | undefined, nowMs: number): Block | undefined {
    let soft: Block | undefined;
    for (const key of keys) {
      const cooldown = this.#byKey.get(key);
      const block = cooldown && blockOf(cooldown, callId, nowMs);
      if (block !== undefined && block.isSoft !== true) return block;
      soft ??= block;
    }
    return soft;
  }

  /** A scope has failed. */
  cool(failure: Failure, nowMs: number): void {
    const key = keyOf(failure.kind, failure.scope);
    const before = this.#byKey.get(key);
    const after = cooled(before, failure, nowMs);
    if (after === before) return;
    remember(this.#byKey, key, after);
    const isNews = before === undefined || after.failures !== before.failures || after.sinceMs !== before.sinceMs;
    if (isNews) this.#say("blocked", after, after.untilMs - nowMs);
  }

  /**
   * An attempt begins: it tries every scope of it that waits to be tried.
   * @returns whether one of them is out because of how its attempts went.
   */
  starts(keys: readonly string[], callId: number, nowMs: number): boolean {
    let isJudged = false;
    for (const key of keys) {
      const cooldown = this.#byKey.get(key);
      if (cooldown === undefined) continue;
      if (isForgotten(cooldown, nowMs)) this.#byKey.delete(key);
      else if (awaitsProbe(cooldown, nowMs)) {
        this.#byKey.set(key, probed(cooldown, callId, nowMs));
        this.#say("probing", cooldown, probeMs);
        isJudged ||= judgedKinds.has(cooldown.kind);
      }
    }
    return isJudged;
  }

  /** An attempt has ended, or begun to answer: what it tried has recovered, has failed again, or still waits to be tried. */
  proves(keys: readonly string[], { callId }: Pick<HealthAttempt, "callId">, ended: Ended): void {
    const { verdict, isLate = false, nowMs } = ended;
    for (const key of keys) {
      const cooldown = this.#byKey.get(key);
      if (cooldown?.probe?.callId !== callId) continue;
      const proof = proofOf(cooldown.kind, verdict, isLate);
      if (proof === "failed" && judgedKinds.has(cooldown.kind)) {
        this.cool({ ...cooldown, startedMs: nowMs }, nowMs);
        continue;
      }
      const after = proof === "recovered" ? recovered(cooldown, nowMs) : unproved(cooldown);
      this.#byKey.set(key, after);
      // A failure is told when it brings on the next wait.
      if (proof === "recovered") this.#say("recovering", after, after.recovery?.rampMs ?? 0);
      if (proof === "nothing") this.#say("unproved", after, 0);
    }
  }

  #say(state: HealthChange["state"], { scope, reason, isSoft }: Cooldown, forMs: number): void {
    this.#tell({ state, scope, reason, isSoft, forMs: Math.round(forMs) });
  }
}

/** What it takes several failures to find: once found, the one call that tries it says enough. */
const judgedKinds: ReadonlySet<Cooldown["kind"]> = new Set(["capacity", "ejection", "region-ejection"]);

/** How an attempt ended, and when. */
export interface Ended {
  /** Undefined: it was served. */
  readonly verdict: Verdict | undefined;
  /** It was served much later than is usual. */
  readonly isLate?: boolean;
  readonly nowMs: number;
}

/** Names a cooldown: a scope may be out for more than one reason. */
export function keyOf(kind: Cooldown["kind"], scope: string): string {
  return `${kind} ${scope}`;
}
