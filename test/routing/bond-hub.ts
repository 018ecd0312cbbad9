import type { Clock, HealthBond, SharedHealthChange } from "@shardrock/core";

/** What is told is heard after so long; a claim is answered after so long; a dead process holds a claim for so long. */
export const hubTimes = { beatMs: 500, answerMs: 2, leaseMs: 6_000 } as const;

interface Lease {
  readonly holder: string;
  untilMs: number;
}

/** Ties the healths of several processes together in memory, as a store would: news come late, claims run out. */
export class BondHub {
  /** All that was told, by whom, in order. */
  readonly told: { readonly by: string; readonly change: SharedHealthChange; readonly atMs: number }[] = [];
  /** Who asked for what, and was told. */
  readonly claims: { readonly by: string; readonly key: string; readonly mayTry: boolean }[] = [];
  /** Nobody can be asked, nothing is heard. */
  isGone = false;
  readonly #clock: Clock;
  readonly #listeners = new Map<string, Set<(change: SharedHealthChange) => void>>();
  readonly #leases = new Map<string, Lease>();
  readonly #dead = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A process falls over: its claims run out. */
  kill(name: string): void {
    this.#dead.add(name);
    const untilMs = this.#clock.monotonicMs() + hubTimes.leaseMs;
    for (const lease of this.#leases.values()) if (lease.holder === name) lease.untilMs = untilMs;
  }

  bondOf(name: string): HealthBond {
    const listeners = new Set<(change: SharedHealthChange) => void>();
    this.#listeners.set(name, listeners);
    return {
      tell: (change) => {
        if (this.isGone || this.#dead.has(name)) return;
        this.told.push({ by: name, change, atMs: this.#clock.monotonicMs() });
        this.#clock.timer(hubTimes.beatMs, () => this.#deliver(name, change));
      },
      onNews: (listener) => {
        listeners.add(listener);
        return { [Symbol.dispose]: () => void listeners.delete(listener) };
      },
      claim: async (key, forMs) => {
        await this.#clock.sleep(hubTimes.answerMs);
        const mayTry = this.isGone || this.#claim(name, key, forMs);
        this.claims.push({ by: name, key, mayTry });
        return mayTry;
      },
      giveUp: (key) => {
        if (this.#leases.get(key)?.holder === name && !this.#dead.has(name)) this.#leases.delete(key);
      },
    };
  }

  #claim(name: string, key: string, forMs: number): boolean {
    const nowMs = this.#clock.monotonicMs();
    const lease = this.#leases.get(key);
    if (lease !== undefined && lease.holder !== name && lease.untilMs > nowMs) return false;
    this.#leases.set(key, { holder: name, untilMs: nowMs + forMs });
    return true;
  }

  #deliver(by: string, change: SharedHealthChange): void {
    if (this.isGone) return;
    for (const [name, listeners] of this.#listeners) {
      if (name !== by && !this.#dead.has(name)) for (const listener of listeners) listener(change);
    }
  }
}
