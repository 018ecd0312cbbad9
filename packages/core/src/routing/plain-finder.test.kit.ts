import type { Limits } from "../budget/limits.ts";
import type { Candidate } from "../budget/target.ts";
import type { Starts } from "./asked-book.ts";
import type { Choose } from "./choice.ts";
import type { Claim } from "./claim.ts";
import { DelayProof } from "./delay-proof.ts";
import { minuteKeys } from "./eligibility.ts";
import type { Place } from "./place.ts";
import type { Ticket } from "./ticket.ts";
import { canStart, fitsNow, startsInMs, type Turn, turnWith } from "./turn.ts";

/** What a `PlainFinder` found. */
export interface PlainFound {
  readonly place: Place | undefined;
  readonly turn: Turn | undefined;
  readonly againAtMs: number;
}

/** For tests: finds whose turn it is as the waiting room says, remembers nothing but claims, and asks the book for everything. */
export class PlainFinder {
  readonly #options: { readonly ledger: Starts; readonly limits: Limits; readonly choose: Choose };
  readonly #proof: DelayProof;
  /** Of the last look, by quota. */
  #claims = new Map<string, Claim>();

  constructor(options: { readonly ledger: Starts; readonly limits: Limits; readonly choose: Choose }) {
    this.#options = options;
    this.#proof = new DelayProof(options);
  }

  find(line: readonly Place[], nowMs: number): PlainFound {
    this.#claims = new Map();
    let againAtMs = Number.POSITIVE_INFINITY;
    for (const place of line) {
      const { ticket } = place.waiter;
      const turn = this.#turnOf(ticket, nowMs);
      if (turn !== undefined && canStart(turn)) return { place, turn, againAtMs };
      if (turn?.choice !== undefined) this.#claim(turn, nowMs);
      if (turn === undefined) ticket.claim = undefined;
      againAtMs = Math.min(againAtMs, nowMs + (turn === undefined ? ticket.unblocksInMs() : startsInMs(turn)));
    }
    return { place: undefined, turn: undefined, againAtMs };
  }

  starts({ ticket, choice }: Turn): void {
    ticket.claim = undefined;
    for (const claim of choice === undefined ? [] : this.#claimsOn(choice.candidate)) claim.passes += 1;
  }

  #turnOf(ticket: Ticket, nowMs: number): Turn | undefined {
    const eligible = ticket.eligible();
    const free = eligible.filter((candidate) => this.#claimsOn(candidate).size === 0);
    const choice = free.length > 0 ? this.#options.choose(ticket, free, nowMs) : undefined;
    if (fitsNow(choice) || free.length === eligible.length) return turnWith(ticket, free, choice);
    const passed = eligible.filter((candidate) => !free.includes(candidate) && this.#mayPass(candidate, nowMs));
    const pass = passed.length > 0 ? this.#options.choose(ticket, passed, nowMs) : undefined;
    if (fitsNow(pass)) return turnWith(ticket, passed, pass);
    return choice && turnWith(ticket, free, choice);
  }

  #mayPass(candidate: Candidate, nowMs: number): boolean {
    const claims = [...this.#claimsOn(candidate)];
    if (claims.some(({ passes, startMs, dateMs }) => passes >= 16 || startMs >= dateMs)) return false;
    if (this.#options.ledger.startsInMs(candidate, nowMs) > 0) return false;
    return claims.every((claim) => this.#proof.isHarmless(candidate, claim, nowMs));
  }

  #claim({ ticket, candidates, choice }: Turn, nowMs: number): void {
    if (choice === undefined) return;
    const held = ticket.claim;
    const heldInMs = held === undefined ? Infinity : this.#heldInMs(held, { candidates, choice }, nowMs);
    if (held !== undefined && heldInMs <= choice.startsInMs) {
      held.startMs = inWholeUs(nowMs + heldInMs);
      held.dateMs = Math.max(held.dateMs, held.startMs);
    } else {
      const startMs = inWholeUs(nowMs + choice.startsInMs);
      ticket.claim = { ticket, candidate: choice.candidate, dateMs: startMs, startMs, passes: held?.passes ?? 0 };
    }
    const claim = ticket.claim;
    if (claim === undefined) return;
    for (const key of minuteKeys(claim.candidate.target)) if (!this.#claims.has(key)) this.#claims.set(key, claim);
  }

  #heldInMs({ candidate }: Claim, { candidates, choice }: Pick<Turn, "candidates" | "choice">, nowMs: number): number {
    if (candidate === choice?.candidate) return choice.startsInMs;
    return candidates.includes(candidate) ? this.#options.ledger.startsInMs(candidate, nowMs) : Infinity;
  }

  #claimsOn({ target }: Candidate): ReadonlySet<Claim> {
    return new Set(minuteKeys(target).flatMap((key) => this.#claims.get(key) ?? []));
  }
}

/** Books count in whole µs: what rounding leaves over is no time to spare. */
function inWholeUs(ms: number): number {
  return Math.round(ms * 1e3) / 1e3;
}
