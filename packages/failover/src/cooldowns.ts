import type {
  Block,
  FleetTries,
  HealthAttempt,
  HealthBond,
  HealthChange,
  SharedHealthChange,
  Verdict,
} from "@shardrock/core";
import {
  awaitsProbe,
  blockOf,
  cooled,
  type Cooldown,
  type Failure,
  heard,
  isCooling,
  isForgotten,
  probed,
  probeMs,
  recovered,
  unproved,
  untriedOf,
} from "./cooldown.ts";
import { proofOf } from "./proof.ts";
import { remember } from "./remember.ts";

/** What is shared with other processes. */
export interface Fleet {
  readonly bond: Pick<HealthBond, "tell">;
  readonly tries: Pick<FleetTries, "mayTry" | "holds" | "begins" | "ends" | "heard">;
}

/** Every scope that failed and is not trusted again yet. Reads no clock. */
export class Cooldowns {
  readonly #byKey = new Map<string, Cooldown>();
  readonly #tell: (change: HealthChange) => void;
  /** Undefined: this process is alone. */
  fleet: Fleet | undefined;

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
      const block = cooldown && (blockOf(cooldown, callId, nowMs) ?? this.#untried(key, cooldown, { callId, nowMs }));
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
    this.fleet?.tries.ends(key, true);
    const isNews = before === undefined || after.failures !== before.failures || after.sinceMs !== before.sinceMs;
    if (isNews) this.#say("blocked", after, after.untilMs - nowMs);
    else this.#share("blocked", after, after.untilMs - nowMs); // AWS asked to wait longer
  }

  /** Another process has told what it learned. */
  hear(change: SharedHealthChange, failure: Omit<Failure, "startedMs">, nowMs: number): void {
    const { key, state, forMs, failures = 1 } = change;
    this.fleet?.tries.heard(change);
    const before = this.#byKey.get(key);
    const after = heard(before, failure, { told: { state, forMs, failures }, nowMs });
    if (after === undefined) return;
    remember(this.#byKey, key, after);
    const isKnown = before !== undefined && isCooling(before, nowMs);
    if (state === "blocked" && (isKnown || forMs === 0)) return; // known, or over
    this.#tell({ state, scope: after.scope, reason: after.reason, isSoft: after.isSoft, forMs });
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
      else if (awaitsProbe(cooldown, nowMs) && this.fleet?.tries.begins(key) !== false) {
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
      this.fleet?.tries.ends(key, proof !== "nothing");
    }
  }

  /** Why a call may not go where nothing else keeps it away. @param callId - undefined: nobody asks yet. */
  #untried(
    key: string,
    cooldown: Cooldown,
    { callId, nowMs }: { readonly callId: number | undefined; readonly nowMs: number },
  ): Block | undefined {
    if (this.fleet === undefined || !awaitsProbe(cooldown, nowMs)) return undefined;
    const { tries } = this.fleet;
    const mayTry = callId === undefined ? tries.holds(key) : tries.mayTry(key);
    return mayTry ? undefined : untriedOf(cooldown, nowMs);
  }

  #say(state: HealthChange["state"], cooldown: Cooldown, forMs: number): void {
    const { scope, reason, isSoft } = cooldown;
    this.#share(state, cooldown, forMs);
    this.#tell({ state, scope, reason, isSoft, forMs: Math.round(forMs) });
  }

  #share(state: HealthChange["state"], { kind, scope, reason, isSoft, failures }: Cooldown, forMs: number): void {
    const key = keyOf(kind, scope);
    this.fleet?.bond.tell({ key, state, scope, reason, isSoft, forMs: Math.round(forMs), failures });
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
