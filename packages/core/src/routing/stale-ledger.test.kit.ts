import type { Ledger, Quote, Refusal, Reservation } from "../budget/ledger.ts";
import type { Candidate } from "../budget/target.ts";

/** One ask, and how it is answered. */
export interface Asked {
  readonly candidates: readonly Candidate[];
  readonly atMs: number;
  grant(startsInMs?: number): void;
  refuse(retryAfterMs: number, startsInMs?: number): void;
}

/** For tests: a book whose quotes may be wrong, and whose answers are given by hand or by a rule. */
export class StaleLedger implements Ledger {
  readonly asks: Asked[] = [];
  /** How bookings ended. */
  readonly endings: string[] = [];
  readonly #nowMs: () => number;
  readonly #listeners = new Set<() => void>();
  /** What it quotes: 0 is now. */
  quoted: (candidate: Candidate) => number = () => 0;
  /** Answers at once; undefined: by hand. */
  rule: ((asked: Asked) => void) | undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  startsInMs(candidate: Candidate): number {
    return this.quoted(candidate);
  }

  quote(candidate: Candidate): Quote {
    return { startsInMs: this.quoted(candidate), headroom: 1, isEstimated: false };
  }

  reserve(candidates: readonly Candidate[]): Promise<Reservation | Refusal> {
    return new Promise((resolve) => {
      const asked: Asked = {
        candidates,
        atMs: this.#nowMs(),
        grant: (startsInMs) => resolve(this.#granted(candidates, startsInMs)),
        refuse: (retryAfterMs, startsInMs) =>
          resolve({ ...refusal(candidates, retryAfterMs), ...known({ startsInMs }) }),
      };
      this.asks.push(asked);
      this.rule?.(asked);
    });
  }

  /** Capacity came back. */
  giveBack(): void {
    for (const listener of this.#listeners) listener();
  }

  snapshot(): readonly [] {
    return [];
  }

  settledByMinute(): ReadonlyMap<number, number> {
    return new Map();
  }

  onGiveBack(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  #granted(candidates: readonly Candidate[], startsInMs: number | undefined): Reservation {
    const [candidate] = candidates;
    if (candidate === undefined) throw new Error("asked for nothing");
    const end = (how: string) => (): void => void this.endings.push(how);
    return {
      kind: "reserved",
      target: candidate.target,
      ...known({ startsInMs }),
      settle: end("settled"),
      release: end("released"),
      keep: end("kept"),
      throttled: end("throttled"),
    };
  }
}

function known({ startsInMs }: { readonly startsInMs: number | undefined }): { readonly startsInMs?: number } {
  return startsInMs === undefined ? {} : { startsInMs };
}

function refusal([candidate]: readonly Candidate[], retryAfterMs: number): Refusal {
  const [short] = candidate?.target.quotas ?? [];
  if (short === undefined) throw new Error("a quota is needed");
  return { kind: "refused", short, retryAfterMs, isEstimated: false };
}
