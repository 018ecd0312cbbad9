import PQueue from "p-queue";
import type { Reservation } from "../budget/ledger.ts";
import type { AdmissionBounds, AdmissionOptions, Departure } from "./admission-options.ts";
import { Alarm } from "./alarm.ts";
import { type Choose, chooserOf, earliestOf } from "./choice.ts";
import { Deadlines } from "./deadlines.ts";
import { Guarantees } from "./guarantees.ts";
import { InFlight } from "./in-flight.ts";
import { LaneForecasts, workMs } from "./lane-forecast.ts";
import type { Walk } from "./line-walk.ts";
import type { Place } from "./place.ts";
import type { QueueSnapshot } from "./queue-snapshot.ts";
import { Refusals } from "./refusals.ts";
import { sharedTokens, type Ticket } from "./ticket.ts";
import { bestFirst, canStart, type Turn, turnOf } from "./turn.ts";
import { TurnFinder } from "./turn-finder.ts";
import { Waiter } from "./waiter.ts";
import { queueClassOf, WaitingLine, type WaitingLineOptions, type WaitingOptions } from "./waiting-line.ts";

/**
 * The one waiting room. A call that fits while nobody waits goes straight on; otherwise its job waits in p-queue until
 * its turn has come and it fits, or it is refused at once when a bound or its deadline says no.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #choose: Choose;
  readonly #finder: TurnFinder;
  readonly #guarantees: Guarantees;
  readonly #forecasts = new LaneForecasts();
  readonly #refusals: Refusals;
  readonly #line: WaitingLine;
  readonly #queue: PQueue<WaitingLine, WaitingOptions>;
  readonly #deadlines: Deadlines;
  readonly #alarm: Alarm;
  readonly #waiters = new Map<Ticket, Waiter>();
  readonly #listening: Disposable;
  readonly #lineOptions: WaitingLineOptions;
  #bounds: AdmissionBounds;
  /** While rules change nobody starts. */
  #isChanging = false;
  /** Of the place that was found last. */
  #turn: Turn | undefined;
  readonly #inFlight: InFlight;
  #closedBy: Error | undefined;

  constructor(options: AdmissionOptions) {
    const { clock, ledger, tenants, ageingMs } = options;
    this.#options = options;
    this.#choose = chooserOf({ ...options, waiting: () => this.#line.length });
    this.#finder = new TurnFinder({ ...options, choose: this.#choose });
    this.#guarantees = new Guarantees(options);
    this.#refusals = new Refusals({ ledger, clock, choose: earliestOf(options) });
    const startable = (walk: Walk, look: number): Place | undefined => this.#startable(walk, look);
    this.#bounds = options.bounds;
    this.#inFlight = new InFlight(options.bounds.maxInFlight);
    this.#lineOptions = { tenants, ageingMs, startable, guarantees: this.#guarantees, forecasts: this.#forecasts };
    this.#line = new WaitingLine(this.#lineOptions);
    this.#queue = new PQueue({ queueClass: queueClassOf(this.#line, this.#lineOptions) });
    this.#deadlines = new Deadlines(clock, (waiter) => this.#expire(waiter));
    this.#alarm = new Alarm(clock, () => this.wake());
    this.#listening = ledger.onGiveBack(() => this.wake());
  }

  /** Calls waiting now. */
  get queued(): number {
    return this.#line.length;
  }

  /** Calls between reservation and end. */
  get inFlight(): number {
    return this.#inFlight.count;
  }

  /** Resolves when no call is between reservation and end. */
  idle(): Promise<void> {
    return this.#inFlight.idle();
  }

  /** Who waits, the highest class first. @param nowMs - the clock's `monotonicMs`. */
  queueSnapshot(nowMs: number): readonly QueueSnapshot[] {
    return this.#line.roster.snapshot(nowMs);
  }

  /**
   * Waits for room and books it; `leave` when the call has ended.
   * @param isReturning - true: the call had started before, so nobody of its tenant who came later is ahead of it.
   * @throws {NoCapacityError} when a bound or the deadline says no.
   */
  async admit(ticket: Ticket, isReturning: boolean): Promise<Reservation> {
    if (this.#closedBy !== undefined) throw this.#closedBy;
    ticket.signal?.throwIfAborted();
    ticket.renew();
    const nowMs = this.#options.clock.monotonicMs();
    // An attempt may take longer than its call may wait. Then it goes on where it was not tried yet, and waits no more.
    const isLate = isReturning && nowMs >= ticket.deadlineMs;
    const mayStart = this.#line.length === 0 && this.#inFlight.hasPlace && (!isLate || ticket.hasUntried());
    const turn = mayStart ? turnOf(ticket, this.#choose, nowMs) : undefined;
    const reservation = turn !== undefined && canStart(turn) ? await this.#goStraight(turn) : undefined;
    if (reservation !== undefined) return reservation;
    if (isLate) throw this.#refusals.noCapacity("no room in time", ticket, 0);
    return this.#wait(ticket, isReturning);
  }

  /** Something may be used again: looks who may start. */
  wake(): void {
    this.#line.touch();
    // p-queue looks again whenever it is set.
    if (!this.#isChanging && this.#line.length > 0) this.#queue.concurrency = Number.POSITIVE_INFINITY;
  }

  /** The call of a reservation has ended. */
  leave(ticket: Ticket, { settledShare, isUnserved }: Departure): void {
    const wasFull = !this.#inFlight.hasPlace;
    this.#inFlight.leave();
    if (settledShare !== undefined) this.#forecasts.of(ticket.lane).observe(settledShare);
    this.#line.ended(ticket, isUnserved ? 0 : settledShare);
    this.#line.touch();
    if (wasFull) this.wake();
  }

  /** Other rules apply: every call that waits looks again where it may go, at its place in the line. */
  change(exchange: () => void, queued: readonly Waiter[] = []): void {
    this.#isChanging = true;
    exchange();
    for (const waiter of this.#waiters.values()) this.#renew(waiter);
    this.#line.reassess((ticket) => workMs(ticket.eligible(), this.#options.limits));
    for (const waiter of queued) if (!waiter.isOver) this.#queueUp(waiter);
    this.#isChanging = false;
    this.wake();
  }

  /** The same, and lanes and shares may have changed too: the line is made anew, by arrival. Nobody who waits is shed. */
  reload({ bounds, ageingMs }: Partial<Pick<AdmissionOptions, "bounds" | "ageingMs">>, exchange: () => void): void {
    const queued = [...this.#waiters.values()].filter(({ ticket }) => this.#line.has(ticket.id));
    for (const { ticket } of queued) this.#line.remove(ticket.id);
    this.#bounds = bounds ?? this.#bounds;
    this.#inFlight.most = this.#bounds.maxInFlight;
    this.#lineOptions.ageingMs = ageingMs ?? this.#lineOptions.ageingMs;
    this.change(exchange, queued);
  }

  /** Ends all waiting with `reason`. */
  close(reason: Error): void {
    this.#closedBy = reason;
    for (const waiter of this.#waiters.values()) this.#giveUp(waiter, reason);
    this.#alarm.cancel();
    this.#listening[Symbol.dispose]();
  }

  #renew(waiter: Waiter): void {
    try {
      waiter.ticket.renew();
    } catch (error) {
      this.#giveUp(waiter, error);
    }
  }

  async #goStraight(turn: Turn): Promise<Reservation | undefined> {
    const { ticket, choice } = turn;
    const reservation = await this.#book(turn);
    if (reservation === undefined) return undefined;
    if (!ticket.signal?.aborted) {
      this.#guarantees.noteStart(ticket, choice, this.#forecasts);
      return reservation;
    }
    this.#giveBack(reservation); // it came after its caller had given up
    throw ticket.signal.reason;
  }

  async #wait(ticket: Ticket, isReturning: boolean): Promise<Reservation> {
    if (this.#closedBy !== undefined) throw this.#closedBy;
    ticket.renew();
    this.#makeRoom(ticket, isReturning);
    const waiter = new Waiter(ticket);
    const onAbort = (): void => this.#giveUp(waiter, ticket.signal?.reason);
    ticket.signal?.addEventListener("abort", onAbort, { once: true });
    this.#waiters.set(ticket, waiter);
    this.#deadlines.add(waiter);
    this.#queueUp(waiter);
    try {
      return await waiter.reservation;
    } finally {
      ticket.signal?.removeEventListener("abort", onAbort);
    }
  }

  /**
   * Sheds calls of lower classes where a bound says so.
   * @throws {NoCapacityError} when the call may not even wait.
   */
  #makeRoom(ticket: Ticket, isReturning: boolean): void {
    const { maxQueued, maxQueuedBytes } = this.#bounds;
    const { calls, bytes } = this.#line.load;
    const below = this.#line.roster.below(ticket.priority);
    const aheadMs = isReturning ? 0 : this.#line.aheadMs(ticket);
    const isFull = calls - below.calls + 1 > maxQueued || bytes - below.bytes + ticket.bytes > maxQueuedBytes;
    const full = `waiting room full with ${calls} calls, ${bytes} bytes`;
    if (isFull) throw this.#refusals.noCapacity(full, ticket, aheadMs);
    const tooLate = this.#refusals.tooLate(ticket, aheadMs);
    if (tooLate !== undefined) throw tooLate;
    while (this.#line.length + 1 > maxQueued || this.#line.load.bytes + ticket.bytes > maxQueuedBytes) {
      const shed = this.#line.roster.lowest()?.waiter;
      if (shed === undefined) return;
      const reason = `shed for a call of priority ${ticket.priority}, ${full}`;
      this.#giveUp(shed, this.#refusals.noCapacity(reason, shed.ticket, this.#line.aheadMs(shed.ticket)));
    }
  }

  #queueUp(waiter: Waiter): void {
    const { ticket } = waiter;
    const candidates = ticket.eligible();
    const tokens = sharedTokens(candidates[0]?.cost);
    const work = workMs(candidates, this.#options.limits);
    const job = (): Promise<void> => this.#bookTurn(waiter);
    // The waiter is told by the job, or when it gives up; a job that leaves the line never runs.
    void this.#queue.add(job, { id: ticket.id, waiter, tokens, workMs: work });
  }

  /** The job p-queue starts right after `#startable` named its place. A shared book may refuse what it had quoted. */
  async #bookTurn(waiter: Waiter): Promise<void> {
    const turn = this.#turn;
    this.#turn = undefined;
    if (turn === undefined) return this.#giveUp(waiter, waiter.ticket.noneLeft());
    this.#finder.starts(turn);
    try {
      const reservation = await this.#book(turn);
      if (reservation === undefined) this.#comeBack(waiter);
      else this.#grant(waiter, reservation);
    } catch (error) {
      this.#line.ended(waiter.ticket, 0);
      this.#giveUp(waiter, error);
    }
  }

  #grant(waiter: Waiter, reservation: Reservation): void {
    if (!waiter.isOver) {
      this.#dismiss(waiter);
      return waiter.take(reservation);
    }
    this.#line.ended(waiter.ticket, 0);
    this.#giveBack(reservation); // it came after its caller had given up
  }

  /** Back to its place in the line. */
  #comeBack(waiter: Waiter): void {
    this.#line.ended(waiter.ticket, 0);
    if (!waiter.isOver) this.#queueUp(waiter);
  }

  #expire(waiter: Waiter): void {
    const { ticket } = waiter;
    this.#giveUp(waiter, this.#refusals.noCapacity("no room in time", ticket, this.#line.aheadMs(ticket)));
  }

  /** It leaves the line at once; a booking under way is given back when it comes. */
  #giveUp(waiter: Waiter, reason: unknown): void {
    if (waiter.isOver) return;
    this.#dismiss(waiter);
    waiter.fail(reason);
    if (this.#line.remove(waiter.ticket.id)) this.wake();
  }

  #dismiss(waiter: Waiter): void {
    this.#waiters.delete(waiter.ticket);
    this.#deadlines.remove(waiter);
    this.#finder.forget(waiter.ticket);
  }

  /** @returns undefined when the book refused, which changed nothing. */
  async #book(turn: Turn): Promise<Reservation | undefined> {
    const { ticket, choice } = turn;
    if (choice === undefined) throw ticket.noneLeft();
    this.#inFlight.enter();
    let isBooked = false;
    try {
      const answer = await this.#options.ledger.reserve(bestFirst(turn, choice.candidate), ticket.signal);
      isBooked = answer.kind === "reserved";
      return answer.kind === "reserved" ? answer : undefined;
    } finally {
      if (!isBooked) this.#inFlight.leave();
    }
  }

  #giveBack(reservation: Reservation): void {
    this.#inFlight.leave();
    reservation.release();
  }

  /** The place that may start now; sets the alarm when there is none. */
  #startable(walk: Walk, look: number): Place | undefined {
    if (this.#isChanging || !this.#inFlight.hasPlace) return undefined;
    const nowMs = this.#options.clock.monotonicMs();
    const { place, turn, againAtMs } = this.#finder.find(walk, look, nowMs);
    this.#turn = turn;
    if (place === undefined) this.#alarm.setFor(againAtMs);
    return place;
  }
}
