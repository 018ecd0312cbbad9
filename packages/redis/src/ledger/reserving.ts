import { type Reservation, ShardrockError } from "@shardrock/core";
import type { Ask, Booked, Refused } from "../store/book-store.ts";
import { areFresh, type Asked, askedOf, horizonOf, mostAsked, unopenedOf, wantsRing } from "./asking.ts";
import { type BookedEntry, evidenceOf } from "./booked-entry.ts";
import type { Endings } from "./endings.ts";
import { inTime } from "./in-time.ts";
import type { Openings } from "./openings.ts";
import type { Seen } from "./mirror-page.ts";
import type { SharedBook } from "./shared-book.ts";
import { SharedReservation } from "./shared-reservation.ts";

/** How often pages may be gone when they are asked for, although they were just opened. */
const mostTries = 3;
/** Ids begin somewhere below: ten digits. */
const firstIds = 2 ** 48;

export interface ReservingOptions {
  readonly book: SharedBook;
  readonly endings: Endings;
  readonly openings: Openings;
  readonly processId: string;
  /** A booking is of use to nobody so long after its call has stopped waiting for it, and more. */
  readonly timeoutMs: number;
  readonly expiresInMs: number;
}

/** How long somebody waits for an answer. */
export interface Wait {
  /** Of the clock's `monotonicMs`. */
  readonly untilMs: number;
  /** What could only start later is not booked ahead. */
  readonly startByMs: number;
  readonly signal: AbortSignal | undefined;
}

/** What became of asking. `away`: the store did not answer in time, or not at all. */
export type Asking = Reservation | Refused | "away";

const nothing: Seen = {};
const nothingElse = (): Seen => nothing;

/** Somebody waits for an answer, or does not any more. */
interface Errand {
  readonly untilMs: number;
  readonly startByMs: number;
  isOver: boolean;
  reservation: Reservation | undefined;
}

/** Books in the store. Nobody waits longer than told; a booking that comes after that is given back. */
export class Reserving {
  readonly #options: ReservingOptions;
  /** Another one with the same name, or the one before with this name, must have used others. */
  #ids: number;

  constructor(options: ReservingOptions) {
    this.#options = options;
    this.#ids = Math.floor(options.book.random() * firstIds);
  }

  /** @throws the signal's reason, at once. */
  async book(asked: readonly Asked[], { untilMs, startByMs, signal }: Wait): Promise<Asking> {
    const { clock, reach } = this.#options.book;
    const ms = untilMs - clock.monotonicMs();
    if (ms <= 0 || !reach.isShared) return "away";
    const errand: Errand = { untilMs, startByMs, isOver: false, reservation: undefined };
    try {
      const quick = await inTime(this.#answer(asked, errand), { clock, ms, signal });
      if (quick !== "late") {
        reach.inTime();
        return quick;
      }
      errand.isOver = true;
      reach.late();
      return errand.reservation ?? "away";
    } catch (error) {
      errand.isOver = true;
      if (signal?.aborted === true) {
        errand.reservation?.release();
        throw signal.reason;
      }
      reach.failed(error);
      return "away";
    }
  }

  async #answer(asked: readonly Asked[], errand: Errand): Promise<Asking> {
    const { book, openings } = this.#options;
    let ask = this.#ask(asked, errand);
    for (let tries = 0; tries < mostTries; tries += 1) {
      if (errand.isOver) return "away";
      const unopened = unopenedOf(asked);
      if (unopened.length > 0) void openings.open(unopened);
      const answer = await book.store.reserve(ask);
      book.saw(answer);
      if (answer.kind === "unopened") {
        for (const key of answer.missing) book.pages.get(key)?.lose();
        continue;
      }
      if (answer.kind === "refused") {
        if (answer.nowUs > (ask.bookUntilUs ?? answer.nowUs)) {
          // The store's clock was behind here, as after a pause of this machine; by now it is known.
          ask = this.#ask(asked, errand);
          continue;
        }
        const most = mostAsked(ask.candidates);
        book.see(answer.pages, (key) => ({ asked: most.get(key) }));
        return answer;
      }
      book.see(answer.pages, nothingElse);
      const reservation = this.#booked(ask, answer, asked);
      if (errand.isOver) reservation.release();
      errand.reservation = reservation;
      return reservation;
    }
    throw new ShardrockError("ledger-unavailable", `the store lost its pages or its time ${mostTries} times in a row`);
  }

  #bookUntil({ untilMs }: Errand): Pick<Ask, "bookUntilUs"> {
    const { book, timeoutMs } = this.#options;
    if (!book.time.isKnown) return {};
    // The store's clock is ahead of what is known here by no more than an answer's way.
    return { bookUntilUs: book.time.atUs(untilMs + timeoutMs) };
  }

  #ask(asked: readonly Asked[], errand: Errand): Ask {
    const { book, processId, expiresInMs } = this.#options;
    this.#ids += 1;
    const nowUs = book.time.nowUs();
    const startByUs = book.time.atUs(errand.startByMs);
    const horizonUs = errand.startByMs === Number.NEGATIVE_INFINITY ? 0 : horizonOf(asked);
    const [first] = asked;
    return {
      id: `${processId}:${this.#ids.toString(36)}`,
      candidates: asked.map(askedOf),
      horizonUs,
      // Asks that differ in nothing go together: so only what matters is said.
      startByUs: horizonUs > 0 && startByUs < nowUs + horizonUs ? startByUs : undefined,
      expiresInUs: expiresInMs * 1e3,
      // Mostly the first is booked.
      wantsRing: first !== undefined && wantsRing(first, nowUs),
      isBrief: areFresh(asked, nowUs),
      ...this.#bookUntil(errand),
    };
  }

  #booked(ask: Ask, answer: Booked, asked: readonly Asked[]): SharedReservation {
    const { book, endings } = this.#options;
    const { place, startUs, nowUs } = answer;
    const [one, amounts] = [asked[place], ask.candidates[place]];
    if (one === undefined || amounts === undefined) {
      throw new ShardrockError("ledger-unavailable", `the store booked candidate ${place} of ${asked.length}`);
    }
    const entries: BookedEntry[] = [];
    for (const [at, page] of one.minutes.entries()) {
      const booked = answer.booked[at];
      if (booked?.key !== page.quota.key) continue;
      const { held = 0, doubt = 0 } = amounts.pages[at] ?? {};
      const entry = { page, booked, startUs, held, doubt };
      const evidence = evidenceOf(entry);
      page.learner.learn((learner) => learner.booked(evidence, nowUs), nowUs);
      page.isUsed = true;
      page.keepGate();
      entries.push({ page, booked, startUs, held, doubt, evidence });
    }
    const { candidate, days, probes } = one;
    const startsInMs = Math.max(0, (startUs - nowUs) / 1e3);
    return new SharedReservation({
      id: ask.id,
      target: candidate.target,
      startsInMs,
      entries,
      days,
      probes,
      book,
      endings,
    });
  }
}
