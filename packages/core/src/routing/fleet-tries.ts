import type { Clock } from "../clock.ts";
import type { HealthBond, SharedHealthChange } from "./health-bond.ts";

/** A claim that no call makes use of for so long goes back, in ms. */
const unusedMs = 1_000;
/** Who was told no asks again after so long, in ms, unless it hears something before. */
const askAgainMs = 2_000;
/** What a try came to is known to all within so long, in ms; only then another may try. */
const heardWithinMs = 1_000;
/** Scopes remembered at once; the oldest is forgotten first. */
const most = 10_000;

type Standing =
  /** Nobody has answered yet. */
  | { readonly kind: "asking" }
  /** A call of this process may try; it goes back when none does. */
  | { readonly kind: "held"; readonly timer: Disposable }
  /** One does. */
  | { readonly kind: "trying"; readonly untilMs: number }
  /** It has; the others hear of it. */
  | { readonly kind: "tried"; readonly timer: Disposable }
  /** A call of another process may. */
  | { readonly kind: "elsewhere"; readonly untilMs: number };

export interface FleetTriesOptions {
  readonly bond: HealthBond;
  readonly clock: Clock;
  /** Longest that a try is waited for, in ms. */
  readonly tryMs: number;
  /** A scope may be tried here now. */
  readonly onAllowed: () => void;
}

/** Which scopes a call of this process may try, where one call of all processes does. */
export class FleetTries implements Disposable {
  readonly #options: FleetTriesOptions;
  readonly #standings = new Map<string, Standing>();
  #isOver = false;

  constructor(options: FleetTriesOptions) {
    this.#options = options;
  }

  /** Whether a call may try a scope now. Where that is not known yet the others are asked: `onAllowed` follows, or nothing. */
  mayTry(key: string): boolean {
    const standing = this.#standings.get(key);
    if (standing === undefined || this.#isPast(standing)) this.#ask(key);
    return standing?.kind === "held";
  }

  /** The same, and nobody is asked. */
  holds(key: string): boolean {
    return this.#standings.get(key)?.kind === "held";
  }

  /** An attempt begins there. @returns whether it is the one that tries. */
  begins(key: string): boolean {
    const standing = this.#standings.get(key);
    if (standing?.kind !== "held") return false;
    standing.timer[Symbol.dispose]();
    const { clock, tryMs } = this.#options;
    this.#set(key, { kind: "trying", untilMs: clock.monotonicMs() + tryMs });
    return true;
  }

  /** The try is over. @param isTold - the others hear of it; false: it told nothing, and the next call may try. */
  ends(key: string, isTold: boolean): void {
    if (this.#standings.get(key)?.kind !== "trying") return;
    if (!isTold) return this.#giveUp(key);
    const timer = this.#options.clock.timer(heardWithinMs, () => this.#giveUp(key));
    this.#set(key, { kind: "tried", timer });
  }

  /** Another process tells something of a scope. */
  heard({ key, state }: SharedHealthChange): void {
    const kind = this.#standings.get(key)?.kind;
    if (kind !== undefined && kind !== "elsewhere") return;
    if (state === "probing") this.#wait(key);
    else this.#standings.delete(key);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const [key, { kind }] of this.#standings) if (kind !== "asking" && kind !== "elsewhere") this.#giveUp(key);
    this.#standings.clear();
  }

  #isPast(standing: Standing): boolean {
    return "untilMs" in standing && standing.untilMs <= this.#options.clock.monotonicMs();
  }

  #ask(key: string): void {
    const { bond, tryMs } = this.#options;
    this.#set(key, { kind: "asking" });
    const alone = (): void => this.#answered(key, true);
    bond.claim(key, tryMs).then((mayTry) => this.#answered(key, mayTry), alone);
  }

  #answered(key: string, mayTry: boolean): void {
    const { bond, clock, onAllowed } = this.#options;
    if (this.#isOver) return mayTry ? bond.giveUp(key) : undefined;
    if (!mayTry) return this.#wait(key);
    this.#set(key, { kind: "held", timer: clock.timer(unusedMs, () => this.#giveUp(key)) });
    onAllowed();
  }

  #wait(key: string): void {
    this.#set(key, { kind: "elsewhere", untilMs: this.#options.clock.monotonicMs() + askAgainMs });
  }

  #giveUp(key: string): void {
    const standing = this.#standings.get(key);
    if (standing !== undefined && "timer" in standing) standing.timer[Symbol.dispose]();
    this.#standings.delete(key);
    this.#options.bond.giveUp(key);
  }

  #set(key: string, standing: Standing): void {
    this.#standings.delete(key);
    this.#standings.set(key, standing);
    const [oldest] = this.#standings.size > most ? this.#standings.keys() : [];
    if (oldest !== undefined) this.#standings.delete(oldest);
  }
}
