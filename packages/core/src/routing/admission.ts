import PQueue from "p-queue";
import type { Ledger, Reservation } from "../budget/ledger.ts";
import type { Limits } from "../budget/limits.ts";
import type { Candidate } from "../budget/target.ts";
import type { Clock } from "../clock.ts";
import { NoCapacityError } from "../errors.ts";
import type { Random } from "../random.ts";
import { type Choose, chooserOf } from "./choice.ts";
import { minuteKeys } from "./eligibility.ts";
import { LaneForecast, workMs } from "./lane-forecast.ts";
import type { Ticket } from "./ticket.ts";
import { bestFirst, canStart, startsInMs, type Turn } from "./turn.ts";
import { queueClassOf, WaitingLine, type WaitingOptions } from "./waiting-line.ts";

/** Bounds of the waiting room. */
export interface AdmissionBounds {
  /** Calls between reservation and end; 1 or more. */
  readonly maxInFlight: number;
  /** Calls that may wait. */
  readonly maxQueued: number;
  /** Bytes that waiting calls may hold together. */
  readonly maxQueuedBytes: number;
}

export interface AdmissionOptions {
  readonly ledger: Ledger;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly random: Random;
  readonly bounds: AdmissionBounds;
}

/** Where a booking is written, so that whoever gives up can find it. */
interface Grant {
  reservation?: Reservation;
}

/**
 * The one waiting room. A call that fits while nobody waits goes straight on; otherwise its job waits in p-queue until
 * its turn has come and it fits, or it is refused at once when a bound or its deadline says no.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #line: WaitingLine;
  readonly #queue: PQueue<WaitingLine, WaitingOptions>;
  readonly #forecasts = new Map<string, LaneForecast>();
  readonly #giveUps = new Set<AbortController>();
  readonly #listening: Disposable;
  readonly #choose: Choose;
  #turn: Turn | undefined;
  #bytes = 0;
  #inFlight = 0;
  #wakeTimer: Disposable | undefined;
  #wakesAtMs = Number.POSITIVE_INFINITY;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#choose = chooserOf(options);
    this.#line = new WaitingLine((heads) => this.#startable(heads));
    this.#queue = new PQueue({ queueClass: queueClassOf(this.#line) });
    this.#listening = options.ledger.onGiveBack(() => this.#wake());
  }

  /** Calls waiting now. */
  get queued(): number {
    return this.#line.length;
  }

  /** Calls between reservation and end. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /**
   * Waits for room and books it; `leave` when the call has ended.
   * @param isReturning - true: the call had started before, so nobody who came later is ahead of it.
   * @throws {NoCapacityError} when a bound or the deadline says no.
   */
  async admit(ticket: Ticket, isReturning: boolean): Promise<Reservation> {
    ticket.signal?.throwIfAborted();
    if (isReturning && this.#options.clock.monotonicMs() >= ticket.deadlineMs) {
      throw this.#noCapacity("no room in time", ticket, 0);
    }
    if (this.#line.length === 0 && this.#hasPlace()) {
      const turn = this.#turnOf(ticket, ticket.eligible());
      const grant: Grant = {};
      if (canStart(turn)) await this.#book(turn, grant, ticket.signal);
      if (grant.reservation !== undefined) return grant.reservation;
    }
    return this.#wait(ticket, isReturning);
  }

  /**
   * The call of a reservation has ended.
   * @param settledShare - what it took of its hold, 0 up; undefined when unknown.
   */
  leave(ticket: Ticket, settledShare: number | undefined): void {
    this.#inFlight -= 1;
    if (settledShare !== undefined) this.#forecastOf(ticket.lane).observe(settledShare);
    this.#wake();
  }

  /** Ends all waiting with `reason`. */
  close(reason: Error): void {
    for (const giveUp of this.#giveUps) giveUp.abort(reason);
    this.#wakeTimer?.[Symbol.dispose]();
    this.#listening[Symbol.dispose]();
  }

  async #wait(ticket: Ticket, isReturning: boolean): Promise<Reservation> {
    const { clock, limits } = this.#options;
    const forecast = this.#forecastOf(ticket.lane);
    const work = workMs(ticket.eligible(), limits);
    const refusal = this.#refusal(ticket, isReturning ? 0 : forecast.waitMs(ticket.priority));
    if (refusal !== undefined) throw refusal;
    const giveUp = new AbortController();
    const onAbort = (): void => giveUp.abort(ticket.signal?.reason);
    ticket.signal?.addEventListener("abort", onAbort, { once: true });
    const onDeadline = (): void =>
      giveUp.abort(this.#noCapacity("no room in time", ticket, forecast.waitMs(ticket.priority)));
    // Somebody awaits this call, even when nothing else keeps the process alive.
    using _deadline = clock.timer(ticket.deadlineMs - clock.monotonicMs(), onDeadline, true);
    this.#giveUps.add(giveUp);
    this.#bytes += ticket.bytes;
    forecast.add(ticket.priority, work);
    try {
      return await this.#queueUp(ticket, giveUp.signal);
    } finally {
      forecast.remove(ticket.priority, work);
      this.#bytes -= ticket.bytes;
      this.#giveUps.delete(giveUp);
      ticket.signal?.removeEventListener("abort", onAbort);
    }
  }

  /** A shared book may refuse what it had quoted; then the call goes back to its place. */
  async #queueUp(ticket: Ticket, signal: AbortSignal): Promise<Reservation> {
    for (;;) {
      const grant: Grant = {};
      try {
        await this.#queue.add(() => this.#bookTurn(grant, signal), { id: ticket.id, ticket, signal });
      } catch (error) {
        // p-queue rejects as soon as the signal aborts, even when the booking has just been made.
        this.#giveBack(grant);
        throw error;
      }
      if (grant.reservation !== undefined) return grant.reservation;
      signal.throwIfAborted();
    }
  }

  /** The job p-queue starts right after `#startable` named its ticket. */
  async #bookTurn(grant: Grant, signal: AbortSignal): Promise<void> {
    const turn = this.#turn;
    this.#turn = undefined;
    if (turn !== undefined) await this.#book(turn, grant, signal);
  }

  /** Writes the reservation into `grant` in the turn in which it is known; a refusal writes nothing. */
  async #book({ ticket, candidates, choice }: Turn, grant: Grant, signal: AbortSignal | undefined): Promise<void> {
    if (choice === undefined) throw ticket.noneLeft();
    this.#inFlight += 1;
    let isBooked = false;
    try {
      const answer = await this.#options.ledger.reserve(bestFirst(candidates, choice.candidate), signal);
      if (answer.kind === "refused") return;
      isBooked = true;
      grant.reservation = answer;
    } finally {
      if (!isBooked) this.#inFlight -= 1;
    }
    if (!signal?.aborted) return;
    this.#giveBack(grant); // it came after its caller had given up
    throw signal.reason;
  }

  #giveBack(grant: Grant): void {
    if (grant.reservation === undefined) return;
    this.#inFlight -= 1;
    grant.reservation.release();
    delete grant.reservation;
  }

  /** The first ticket, in order, that may start. A head that must wait claims its quotas: nobody overtakes it there. */
  #startable(heads: readonly Ticket[]): Ticket | undefined {
    if (!this.#hasPlace()) return undefined;
    const claimed = new Set<string>();
    let soonestMs = Number.POSITIVE_INFINITY;
    for (const ticket of heads) {
      const eligible = ticket.eligible();
      const free =
        claimed.size === 0
          ? eligible
          : eligible.filter(({ target }) => minuteKeys(target).every((key) => !claimed.has(key)));
      if (free.length === 0 && eligible.length > 0) continue;
      const turn = this.#turnOf(ticket, free);
      if (canStart(turn)) {
        this.#turn = turn;
        return ticket;
      }
      soonestMs = Math.min(soonestMs, startsInMs(turn));
      if (heads.length > 1) for (const key of eligible.flatMap(({ target }) => minuteKeys(target))) claimed.add(key);
    }
    this.#wakeIn(soonestMs);
    return undefined;
  }

  #turnOf(ticket: Ticket, candidates: readonly Candidate[]): Turn {
    const choice = this.#choose(ticket, candidates, this.#options.clock.monotonicMs());
    return { ticket, candidates, choice, unblocksInMs: ticket.unblocksInMs() };
  }

  #hasPlace(): boolean {
    return this.#inFlight < this.#options.bounds.maxInFlight;
  }

  /** Why the call may not even wait; undefined when it may. */
  #refusal(ticket: Ticket, waitMs: number): Error | undefined {
    const { bounds, clock } = this.#options;
    const isFull = this.#line.length >= bounds.maxQueued || this.#bytes + ticket.bytes > bounds.maxQueuedBytes;
    if (isFull) {
      return this.#noCapacity(
        `waiting room full with ${this.#line.length} calls, ${this.#bytes} bytes`,
        ticket,
        waitMs,
      );
    }
    const refusal = this.#noCapacity("no room in time", ticket, waitMs);
    if (!(refusal instanceof NoCapacityError)) return refusal;
    return clock.monotonicMs() + refusal.retryAfterMs > ticket.deadlineMs ? refusal : undefined;
  }

  /** A call like this one could start after the work ahead of it, once the book has room for the first of it. */
  #noCapacity(reason: string, ticket: Ticket, aheadMs: number): Error {
    const { clock, ledger } = this.#options;
    const turn = this.#turnOf(ticket, ticket.eligible());
    const startMs = startsInMs(turn);
    const isOverdue = turn.choice === undefined && clock.monotonicMs() + startMs > ticket.deadlineMs;
    if (isOverdue) return ticket.noneLeft();
    const isEstimated =
      turn.choice === undefined || ledger.quote(turn.choice.candidate, clock.monotonicMs()).isEstimated;
    const retryAfterMs = Math.ceil(aheadMs + Math.max(startMs, 0));
    const about = isEstimated ? "about " : "";
    const message = `${reason}: a call of this size fits in ${about}${retryAfterMs} ms`;
    return new NoCapacityError(message, { retryAfterMs, isEstimated });
  }

  #forecastOf(lane: string): LaneForecast {
    const known = this.#forecasts.get(lane);
    if (known !== undefined) return known;
    const forecast = new LaneForecast();
    this.#forecasts.set(lane, forecast);
    return forecast;
  }

  #wakeIn(ms: number): void {
    const { clock } = this.#options;
    const atMs = clock.monotonicMs() + Math.ceil(ms);
    if (atMs >= this.#wakesAtMs) return; // an earlier wake-up looks again
    this.#wakeTimer?.[Symbol.dispose]();
    this.#wakesAtMs = atMs;
    this.#wakeTimer = clock.timer(Math.ceil(ms), () => {
      this.#wakesAtMs = Number.POSITIVE_INFINITY;
      this.#wake();
    });
  }

  /** p-queue looks again at who may start whenever its concurrency is set. */
  #wake(): void {
    if (this.#line.length > 0) this.#queue.concurrency = Number.POSITIVE_INFINITY;
  }
}
