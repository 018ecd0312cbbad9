import PQueue from "p-queue";
import type { Reservation } from "../budget/ledger.ts";
import type { AdmissionBounds, AdmissionOptions, Departure } from "./admission-options.ts";
import { Alarm } from "./alarm.ts";
import { BookedAhead, isAhead } from "./booked-ahead.ts";
import { Booking } from "./booking.ts";
import { ComeAndGo } from "./come-and-go.ts";
import { type Choose, chooserOf, earliestOf } from "./choice.ts";
import { Deadlines } from "./deadlines.ts";
import { Entrance } from "./entrance.ts";
import { Guarantees } from "./guarantees.ts";
import { InFlight } from "./in-flight.ts";
import { LaneForecasts } from "./lane-forecast.ts";
import type { Walk } from "./line-walk.ts";
import type { Place } from "./place.ts";
import type { QueueSnapshot } from "./queue-snapshot.ts";
import { Refusals } from "./refusals.ts";
import { sharedTokens, type Ticket } from "./ticket.ts";
import { canStart, type Turn, turnOf } from "./turn.ts";
import { TurnFinder } from "./turn-finder.ts";
import { Waiter } from "./waiter.ts";
import { WorkTimes } from "./work-times.ts";
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
  readonly #workTimes: WorkTimes;
  readonly #refusals: Refusals;
  readonly #line: WaitingLine;
  readonly #queue: PQueue<WaitingLine, WaitingOptions>;
  readonly #deadlines: Deadlines;
  readonly #alarm: Alarm;
  readonly #waiters = new ComeAndGo<Waiter>();
  readonly #booking: Booking;
  readonly #ahead: BookedAhead;
  readonly #entrance: Entrance;
  readonly #lineOptions: WaitingLineOptions;
  #bounds: AdmissionBounds;
  /** While rules change nobody starts. */
  #isChanging = false;
  /** Of the place that was found last. */
  #turn: Turn | undefined;
  readonly #inFlight: InFlight;
  #closedBy: Error | undefined;

  constructor(options: AdmissionOptions) {
    const { clock, ledger, limits, random, tenants, ageingMs } = options;
    this.#options = options;
    this.#inFlight = new InFlight(options.bounds.maxInFlight);
    const wake = (): void => this.wake();
    this.#refusals = new Refusals({ ledger, clock, choose: earliestOf(options) });
    this.#booking = new Booking({ ledger, clock, inFlight: this.#inFlight, refusals: this.#refusals, wake });
    const chooser = chooserOf({ limits, random, waiting: () => this.#line.length });
    this.#choose = chooser(this.#booking.starts);
    this.#finder = new TurnFinder({ ledger: this.#booking.starts, limits, random, chooser });
    this.#guarantees = new Guarantees(options);
    this.#workTimes = new WorkTimes(limits);
    const startable = (walk: Walk, look: number): Place | undefined => this.#startable(walk, look);
    this.#bounds = options.bounds;
    this.#lineOptions = { tenants, ageingMs, startable, guarantees: this.#guarantees, forecasts: this.#forecasts };
    this.#line = new WaitingLine(this.#lineOptions);
    this.#queue = new PQueue({ queueClass: queueClassOf(this.#line, this.#lineOptions) });
    this.#deadlines = new Deadlines(clock, (waiter) => this.#expire(waiter));
    this.#alarm = new Alarm(clock, wake);
    this.#ahead = new BookedAhead(clock, (waiter, reservation) => this.#grant(waiter, reservation));
    const shed = (waiter: Waiter, reason: unknown): void => this.#giveUp(waiter, reason);
    this.#entrance = new Entrance({ line: this.#line, refusals: this.#refusals, shed });
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
    return this.#ahead.addTo(this.#line.roster.snapshot(nowMs), nowMs);
  }

  /**
   * Waits for room and books it, and until what was booked ahead may be sent; `leave` when the call has ended.
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
    if (turn !== undefined && canStart(turn)) {
      const reservation = await this.#booking.book(turn);
      if (reservation !== undefined) return this.#started(turn, reservation);
      this.#line.touch();
    }
    if (isLate) throw this.#refusals.noCapacity("no room in time", ticket);
    return this.#wait(ticket, isReturning);
  }

  /** Something may be used again: looks who may start. */
  wake(): void {
    this.#finder.renew();
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
    for (const waiter of this.#waiters.all()) this.#renew(waiter);
    this.#line.reassess((ticket) => this.#workTimes.of(ticket.eligible()));
    for (const waiter of queued) if (!waiter.isOver) this.#queueUp(waiter);
    for (const { waiter, reservation } of this.#ahead.takeAstray()) {
      this.#returns(waiter, reservation);
      this.#deadlines.add(waiter);
      this.#queueUp(waiter);
    }
    this.#isChanging = false;
    this.wake();
  }

  /** The same, and lanes and shares may have changed too: the line is made anew, by arrival. Nobody who waits is shed. */
  reload({ bounds, ageingMs }: Partial<Pick<AdmissionOptions, "bounds" | "ageingMs">>, exchange: () => void): void {
    const queued = this.#waiters.all().filter((waiter) => this.#line.has(waiter));
    for (const waiter of queued) this.#line.leave(waiter);
    this.#bounds = bounds ?? this.#bounds;
    this.#inFlight.most = this.#bounds.maxInFlight;
    this.#lineOptions.ageingMs = ageingMs ?? this.#lineOptions.ageingMs;
    this.change(exchange, queued);
  }

  /** Ends all waiting with `reason`. */
  close(reason: Error): void {
    this.#closedBy = reason;
    for (const waiter of this.#waiters.all()) this.#giveUp(waiter, reason);
    this.#alarm.cancel();
    for (const each of [this.#booking, this.#finder, this.#workTimes]) each[Symbol.dispose]();
  }

  #renew(waiter: Waiter): void {
    try {
      waiter.ticket.renew();
    } catch (error) {
      this.#giveUp(waiter, error);
    }
  }

  /** It went straight on, unless it came after its caller had given up. */
  #started({ ticket, choice }: Turn, reservation: Reservation): Reservation | Promise<Reservation> {
    if (ticket.signal?.aborted) {
      this.#booking.giveBack(reservation);
      throw ticket.signal.reason;
    }
    this.#guarantees.noteStart(ticket, choice, this.#forecasts);
    if (!isAhead(reservation)) return reservation;
    return this.#waitAs(new Waiter(ticket), (waiter) => this.#startLater(waiter, reservation));
  }

  #wait(ticket: Ticket, isReturning: boolean): Promise<Reservation> {
    if (this.#closedBy !== undefined) throw this.#closedBy;
    ticket.renew();
    this.#entrance.makeRoom(ticket, this.#bounds, isReturning);
    return this.#waitAs(new Waiter(ticket), (waiter) => {
      this.#deadlines.add(waiter);
      this.#queueUp(waiter);
    });
  }

  #waitAs(waiter: Waiter, begin: (waiter: Waiter) => void): Promise<Reservation> {
    this.#waiters.add(waiter);
    begin(waiter);
    return waiter.outcome(() => this.#giveUp(waiter, waiter.ticket.signal?.reason));
  }

  #queueUp(waiter: Waiter): void {
    const { ticket } = waiter;
    const candidates = ticket.eligible();
    const tokens = sharedTokens(candidates[0]?.cost);
    const job = (): Promise<void> => this.#bookTurn(waiter);
    // The waiter is told by the job, or when it gives up; a job that leaves the line never runs.
    void this.#queue.add(job, { id: ticket.id, waiter, tokens, workMs: this.#workTimes.of(candidates) });
  }

  /** The job p-queue starts right after `#startable` named its place. A shared book may refuse what it had quoted. */
  async #bookTurn(waiter: Waiter): Promise<void> {
    const turn = this.#turn;
    this.#turn = undefined;
    if (turn === undefined) return this.#giveUp(waiter, waiter.ticket.noneLeft());
    this.#finder.starts(turn);
    try {
      const reservation = await this.#booking.book(turn);
      if (reservation === undefined) this.#comeBack(waiter);
      else if (isAhead(reservation)) this.#startLater(waiter, reservation);
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
    this.#returns(waiter, reservation); // it came after its caller had given up
  }

  /** It may not be sent before its time, and there is no second place to wait in: it keeps its place in flight meanwhile. */
  #startLater(waiter: Waiter, reservation: Reservation): void {
    const { ticket } = waiter;
    const leastMs = reservation.startsInMs ?? 0;
    const startMs = this.#options.clock.monotonicMs() + leastMs;
    if (this.#closedBy !== undefined) this.#giveUp(waiter, this.#closedBy);
    if (!waiter.isOver && startMs <= ticket.deadlineMs) {
      this.#deadlines.remove(waiter);
      return this.#ahead.add(waiter, reservation, startMs);
    }
    this.#returns(waiter, reservation);
    this.#giveUp(waiter, this.#refusals.noCapacity("no room in time", ticket, { leastMs }));
  }

  /** What it had booked is not wanted. */
  #returns(waiter: Waiter, reservation: Reservation): void {
    this.#line.ended(waiter.ticket, 0);
    this.#booking.giveBack(reservation);
  }

  /** Back to its place in the line, before anybody behind it is looked at. */
  #comeBack(waiter: Waiter): void {
    this.#line.ended(waiter.ticket, 0);
    this.#line.touch();
    if (waiter.isOver) this.wake();
    else this.#queueUp(waiter);
  }

  #expire(waiter: Waiter): void {
    const { ticket } = waiter;
    this.#giveUp(waiter, this.#refusals.noCapacity("no room in time", ticket, { aheadMs: this.#line.aheadMs(ticket) }));
  }

  /** It leaves the line at once; a booking under way is given back when it comes. */
  #giveUp(waiter: Waiter, reason: unknown): void {
    if (waiter.isOver) return;
    this.#dismiss(waiter);
    waiter.fail(reason);
    const ahead = this.#ahead.take(waiter);
    if (ahead !== undefined) this.#returns(waiter, ahead);
    if (this.#line.leave(waiter)) this.wake();
  }

  #dismiss(waiter: Waiter): void {
    this.#waiters.remove(waiter);
    this.#deadlines.remove(waiter);
    this.#finder.forget(waiter.ticket);
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
