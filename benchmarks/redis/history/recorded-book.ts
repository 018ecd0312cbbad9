import type { Candidate, Cost, Ledger, OpenedLedger, Refusal, Reservation } from "@shardrock/core";
import type { Believer } from "./believer.ts";
import type { Ended, Lateness } from "./history-line.ts";
import { type HistoryWriter, nowUs } from "./history-writer.ts";

/** Who writes down what. */
export interface Recording {
  readonly process: string;
  readonly history: HistoryWriter;
  readonly believer: Believer;
  /** How long a call may wait for the store, in ms. */
  readonly timeoutMs: number;
}

/** The same book, whose every question and ending is written down before and after. */
export function recordedBook(book: OpenedLedger, recording: Recording): OpenedLedger {
  return {
    ledger: recordedLedger(book.ledger, recording),
    bond: book.bond,
    [Symbol.asyncDispose]: () => book[Symbol.asyncDispose](),
  };
}

function recordedLedger(ledger: Ledger, recording: Recording): Ledger {
  let asks = 0;
  return {
    startsInMs: (candidate, nowMs) => ledger.startsInMs(candidate, nowMs),
    quote: (candidate, nowMs) => ledger.quote(candidate, nowMs),
    snapshot: (nowMs) => ledger.snapshot(nowMs),
    settledByMinute: (key) => ledger.settledByMinute(key),
    onGiveBack: (listener) => ledger.onGiveBack(listener),
    flush: async (signal) => ledger.flush?.(signal),
    forget: (targets) => ledger.forget?.(targets),
    reserve: (candidates, signal, withinMs) => {
      asks += 1;
      const call = `${recording.process}-${asks}`;
      return reserve({ call, candidates, ask: () => ledger.reserve(candidates, signal, withinMs) }, recording);
    },
  };
}

interface Asked {
  readonly call: string;
  readonly candidates: readonly Candidate[];
  readonly ask: () => Promise<Reservation | Refusal>;
}

async function reserve({ call, candidates, ask }: Asked, recording: Recording): Promise<Reservation | Refusal> {
  const { process, history, believer, timeoutMs } = recording;
  const head = { process, call };
  const sinceUs = nowUs();
  history.write({ kind: "invoke", ...head, atUs: sinceUs });
  using rival = new Rival(timeoutMs);
  try {
    const answer = await ask();
    const atUs = nowUs();
    const late = rival.lateness(atUs);
    believer.look();
    if (answer.kind === "refused") {
      history.write({ kind: "refused", ...head, atUs, ...late });
      return answer;
    }
    const holds = holdsOf(candidates, answer);
    // It was decided between asking and hearing of it; when it starts was told with the answer.
    const aheadUs = Math.max(0, answer.startsInMs ?? 0) * 1e3;
    history.write({ kind: "ok", ...head, holds, fromUs: sinceUs + aheadUs, toUs: atUs + aheadUs, ...late });
    return recordedReservation(answer, { call, holds, recording });
  } catch (error) {
    const atUs = nowUs();
    history.write({ kind: "failed", ...head, atUs, ...rival.lateness(atUs) });
    throw error;
  }
}

/** How often a process that waits and may run notices that it does. */
const pulseMs = 5;

/** A timer that rings later by more was kept from it: then its process reads its sockets once more. */
const stoodStillUs = 2_000;

/**
 * A plain timer beside a question, which waits as the question may: what a machine that stands still does to both is nobody's
 * waiting for the store, and neither is what the process works after it. Only while it has nothing to do and may run, it waits:
 * a process that the machine leaves out sees one pulse for all that time.
 */
class Rival implements Disposable {
  readonly #dueUs: number;
  #timer: NodeJS.Timeout;
  #pulses = 0;
  #fired: { readonly atUs: number; readonly idleMs: number } | undefined;

  constructor(ms: number) {
    this.#dueUs = nowUs() + ms * 1e3;
    this.#timer = setTimeout(() => {
      if (nowUs() <= this.#dueUs + stoodStillUs) this.#fire();
      else this.#timer = setTimeout(() => this.#fire(), 1);
    }, ms);
  }

  /** How much later than the timer the answer came, and how much of that the process only waited; nothing: before it. */
  lateness(atUs: number): Lateness {
    if (this.#fired === undefined) return {};
    const waitedMs = Math.min(idleMs() - this.#fired.idleMs, (this.#pulses + 1) * pulseMs);
    return { overdueUs: atUs - this.#fired.atUs, waitedUs: Math.round(waitedMs * 1e3) };
  }

  #fire(): void {
    this.#fired = { atUs: nowUs(), idleMs: idleMs() };
    this.#timer = setInterval(() => (this.#pulses += 1), pulseMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/** For how long the event loop has had nothing to do so far. */
function idleMs(): number {
  return performance.eventLoopUtilization().idle;
}

function holdsOf(candidates: readonly Candidate[], { target }: Reservation): Readonly<Record<string, number>> {
  const cost = candidates.find((candidate) => candidate.target === target)?.cost ?? {};
  const minutes = target.quotas.filter(({ windowMs }) => windowMs < dayMs);
  return Object.fromEntries(minutes.map(({ key, unit }) => [key, cost[unit] ?? 0]));
}

const dayMs = 86_400_000;

interface Held {
  readonly call: string;
  readonly holds: Readonly<Record<string, number>>;
  readonly recording: Recording;
}

function recordedReservation(reservation: Reservation, { call, holds, recording }: Held): Reservation {
  const { process, history } = recording;
  let hasEnded = false;
  const write = (how: Ended["how"], actual: Cost): void => {
    // The first ending counts, and only that is the book's business.
    if (hasEnded) return;
    hasEnded = true;
    const stands = reservation.target.quotas.map(({ key, unit }) => [key, actual[unit] ?? holds[key] ?? 0] as const);
    const known = stands.filter(([key]) => key in holds);
    history.write({ kind: "end", process, call, how, stands: Object.fromEntries(known), atUs: nowUs() });
  };
  return {
    kind: "reserved",
    target: reservation.target,
    ...(reservation.startsInMs !== undefined && { startsInMs: reservation.startsInMs }),
    settle: (actual) => {
      write("settle", actual);
      reservation.settle(actual);
    },
    release: () => {
      write("release", nothing);
      reservation.release();
    },
    keep: (reason) => {
      write("keep", {});
      reservation.keep(reason);
    },
    throttled: (evidence) => {
      // AWS took nothing: the hold comes back, and what the book was wrong by is kept apart from the bookings.
      write("throttled", nothing);
      reservation.throttled(evidence);
    },
  };
}

const nothing: Cost = { requests: 0, tokens: 0, inputTokens: 0, outputTokens: 0 };
