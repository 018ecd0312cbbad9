import {
  type Candidate,
  type Ledger,
  type LedgerHost,
  type Quota,
  type QuotaSnapshot,
  type Quote,
  type Refusal,
  type Reservation,
  ShardrockError,
  type Target,
} from "@shardrock/core";
import { snapshotOf } from "@shardrock/core/book";
import type { BookStore, Refused } from "../store/book-store.ts";
import type { Asked } from "./asking.ts";
import { FreeReservation } from "./free-reservation.ts";
import { heed } from "./heeding.ts";
import { inTime } from "./in-time.ts";
import { refusedMessage } from "./ledger-messages.ts";
import type { NewsBoard } from "./news-board.ts";
import { fitUs, latestOf, minutesStartUs } from "./pages.ts";
import { type Asking, Reserving, type Wait } from "./reserving.ts";
import { Sharing } from "./sharing.ts";
import type { StoreClock } from "./store-clock.ts";

export interface SharedLedgerOptions {
  readonly store: BookStore;
  readonly host: LedgerHost;
  readonly processId: string;
  /** How long a call waits for the store. */
  readonly timeoutMs: number;
  readonly beatMs: number;
  readonly onStoreDown: "local" | "reject";
  /** How many processes are taken to share the book before any were seen, 1 up; 1 unless told. */
  readonly expectedProcesses?: number | undefined;
  /** A reservation that is not ended so long after its start counts as kept. */
  readonly expiresInMs: number;
}

/** Nothing is booked ahead by more, in ms. */
const mostAheadMs = 2_000;
/** How soon a call that could not be decided is worth another look, in ms. */
const lookAgainMs = 100;

/** One book for several processes. What it says is what was seen last; what it books, the store books. */
export class SharedLedger implements Ledger, AsyncDisposable {
  readonly #options: SharedLedgerOptions;
  readonly #sharing: Sharing;
  readonly #reserving: Reserving;
  readonly #listening: Disposable;

  constructor(options: SharedLedgerOptions) {
    this.#options = options;
    this.#sharing = new Sharing(options);
    const { endings, openings } = this.#sharing;
    this.#reserving = new Reserving({ ...options, book: this.#sharing, endings, openings });
    this.#listening = options.host.limits.onChange((key) => this.#sharing.limitChanged(key));
    this.#sharing.begin();
  }

  /** What processes tell each other. */
  get board(): NewsBoard {
    return this.#sharing.board;
  }

  /** The store's clock. */
  get time(): StoreClock {
    return this.#sharing.time;
  }

  startsInMs(candidate: Candidate, nowMs: number): number {
    const { target, cost } = candidate;
    if (target.quotas.length === 0) return 0;
    const { reach, time, days, pages } = this.#sharing;
    const { minutes, days: dayQuotas } = pages.of(target);
    const nowUs = time.atUs(nowMs);
    const closedUntilUs = days.allOpen ? Number.NEGATIVE_INFINITY : this.#dayStartUs(dayQuotas);
    if (!reach.isShared) return Math.max(this.#startsHereInMs(candidate, nowMs), (closedUntilUs - nowUs) / 1e3);
    const startUs = minutesStartUs(minutes, cost, nowUs);
    return ((startUs > closedUntilUs ? startUs : closedUntilUs) - nowUs) / 1e3;
  }

  quote(candidate: Candidate, nowMs: number): Quote {
    const { target } = candidate;
    if (target.quotas.length === 0) return { startsInMs: 0, headroom: 1, isEstimated: false };
    const { reach, local, time, pages } = this.#sharing;
    const nowUs = time.atUs(nowMs);
    const { minutes, days } = pages.of(target);
    const startsInMs = this.startsInMs(candidate, nowMs);
    const closedUntilUs = this.#dayStartUs(days);
    const isEstimated = closedUntilUs > nowUs && startsInMs <= (closedUntilUs - nowUs) / 1e3;
    const isHere = !reach.isShared && this.#options.onStoreDown === "local";
    const headroom = isHere
      ? local.current.quote(candidate, nowMs).headroom
      : Math.min(1, ...minutes.map(({ mirror }) => mirror.headroom(nowUs)));
    return { startsInMs, headroom: closedUntilUs > nowUs ? 0 : headroom, isEstimated };
  }

  /** @throws {ShardrockError} `ledger-unavailable` when the store cannot be asked and `onStoreDown` is `reject`. */
  async reserve(
    candidates: readonly Candidate[],
    signal?: AbortSignal,
    withinMs: number = Number.POSITIVE_INFINITY,
  ): Promise<Reservation | Refusal> {
    if (candidates.length === 0) {
      throw new ShardrockError("option-invalid", "candidates must hold at least one target, got none");
    }
    signal?.throwIfAborted();
    const { reach } = this.#sharing;
    const { host, timeoutMs } = this.#options;
    const nowMs = host.clock.monotonicMs();
    const wait = { untilMs: nowMs + timeoutMs, startByMs: nowMs + withinMs, signal };
    if (reach.isShared && (await this.#hasMet(signal))) {
      const answer = await this.#reserveShared(candidates, wait);
      if (answer !== "away") return answer;
    }
    return this.#reserveHere(candidates);
  }

  snapshot(nowMs: number): readonly QuotaSnapshot[] {
    const { reach, local, pages, time } = this.#sharing;
    if (!reach.isShared && this.#options.onStoreDown === "local") return local.current.snapshot(nowMs);
    const nowUs = time.atUs(nowMs);
    return [...pages.all()].flatMap(({ quota, mirror, learner }) => {
      if (this.#options.host.limits.get(quota.key) === undefined) return [];
      const inWindow = mirror.inWindow(nowUs);
      return snapshotOf(quota, learner.known, { booked: inWindow, open: mirror.open, inWindow });
    });
  }

  /** Of all processes. */
  settledByMinute(key: string): ReadonlyMap<number, number> {
    const { settled, time } = this.#sharing;
    return settled.byMinute(key, Math.floor(this.#options.host.clock.epochMs() * 1e3) - time.nowUs());
  }

  flush(signal?: AbortSignal): Promise<void> {
    return this.#sharing.endings.flush(signal);
  }

  forget(targets: Iterable<Target>): void {
    this.#sharing.pages.forget(targets);
  }

  onGiveBack(listener: () => void): Disposable {
    return this.#sharing.onGiveBack(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listening[Symbol.dispose]();
    await this.#sharing.leave();
  }

  /** Nothing is known of the store's time before its first answer. */
  async #hasMet(signal: AbortSignal | undefined): Promise<boolean> {
    const { time, met, reach } = this.#sharing;
    if (time.isKnown) return true;
    const { host, timeoutMs } = this.#options;
    return (await inTime(met, { clock: host.clock, ms: timeoutMs, signal })) !== "late" && reach.isShared;
  }

  async #reserveShared(candidates: readonly Candidate[], wait: Wait): Promise<Reservation | Refusal | "away"> {
    const freeAt = candidates.findIndex(({ target }) => target.quotas.length === 0);
    const charged = freeAt === -1 ? candidates : candidates.slice(0, freeAt);
    const free = candidates[freeAt];
    const asked = await this.#asked(charged, wait);
    const isTooLate = asked.length > 0 && this.#isTooLate(asked, wait.startByMs);
    if (asked.length === 0 || isTooLate)
      return free === undefined ? this.#refuse(charged, undefined) : new FreeReservation(free.target);
    // Where something needs no room, nothing waits for any.
    const startByMs = free === undefined ? wait.startByMs : Number.NEGATIVE_INFINITY;
    const answer = await this.#book(asked, { ...wait, startByMs });
    if (answer === "away" || answer.kind === "reserved") return answer;
    heed(this.#sharing, answer, asked);
    return free === undefined ? this.#refuse(charged, answer) : new FreeReservation(free.target);
  }

  /** Whether the store need not be asked: it has just shown that nothing fits in time. */
  #isTooLate(asked: readonly Asked[], startByMs: number): boolean {
    const { time, clock } = this.#sharing;
    // Who has time is not refused for what may change.
    if (startByMs > clock.monotonicMs() + mostAheadMs) return false;
    const nowUs = time.nowUs();
    const startByUs = time.atUs(startByMs);
    return asked.every(({ candidate, minutes }) => fitUs(minutes, candidate.cost, nowUs) > startByUs);
  }

  /** Probes that nothing comes of are given back. */
  async #book(asked: readonly Asked[], wait: Wait): Promise<Asking> {
    let booked: Target | undefined;
    try {
      const answer = await this.#reserving.book(asked, wait);
      if (answer !== "away" && answer.kind === "reserved") booked = answer.target;
      return answer;
    } finally {
      for (const { candidate, probes } of asked) {
        if (candidate.target !== booked) this.#sharing.days.probeAgain(probes);
      }
    }
  }

  /** What the store may be asked for: not what can never start, or is closed for the day. One at most is a probe. */
  async #asked(candidates: readonly Candidate[], wait: Wait): Promise<readonly Asked[]> {
    const { pages, days, time } = this.#sharing;
    const asked: Asked[] = [];
    const nowUs = time.nowUs();
    let mayTry = true;
    for (const candidate of candidates) {
      const { minutes, days: quotas } = pages.of(candidate.target);
      if (minutesStartUs(minutes, candidate.cost, nowUs) === Number.POSITIVE_INFINITY) continue;
      if (quotas.length === 0) {
        asked.push({ candidate, minutes, days: quotas, probes: quotas });
        continue;
      }
      void days.know(quotas);
      const probes = quotas.filter((quota) => days.isClosed(quota));
      const isClosed = this.#dayStartUs(probes) > time.nowUs();
      if (isClosed || (probes.length > 0 && !mayTry)) continue;
      if (probes.length > 0) {
        mayTry = false;
        if (!(await this.#mayProbe(probes, wait))) continue;
      }
      asked.push({ candidate, minutes, days: quotas, probes });
    }
    return asked;
  }

  /** @throws the signal's reason, at once. */
  async #mayProbe(probes: readonly Quota[], { untilMs, signal }: Wait): Promise<boolean> {
    const { days, clock, reach } = this.#sharing;
    const claimed = days.mayProbe(probes);
    let isHeard = false;
    try {
      const answer = await inTime(claimed, { clock, ms: untilMs - clock.monotonicMs(), signal });
      isHeard = answer !== "late";
      if (answer !== "late") return answer;
      reach.late();
      return false;
    } finally {
      if (!isHeard) void claimed.then((isOurs) => isOurs && days.probeAgain(probes));
    }
  }

  /** By what is known now; `answer` has just been seen. */
  #refuse(candidates: readonly Candidate[], answer: Refused | undefined): Refusal {
    const { pages, time } = this.#sharing;
    const nowUs = answer?.nowUs ?? time.nowUs();
    const waits = candidates.map(({ target, cost }) => {
      const { minutes, days } = pages.of(target);
      const minute = latestOf(minutes, cost, nowUs);
      const isDay = this.#dayStartUs(days) >= (minute?.startUs ?? Number.NEGATIVE_INFINITY);
      const [day] = isDay ? days.filter((quota) => this.#sharing.days.isClosed(quota)) : [];
      if (day !== undefined) return { short: day, startUs: this.#dayStartUs(days), isEstimated: true };
      return { short: minute?.quota, startUs: minute?.startUs ?? nowUs, isEstimated: false };
    });
    const best = waits.reduce((best, wait) => (wait.startUs < best.startUs ? wait : best));
    const fitsUs = Math.min(...candidates.map(({ target, cost }) => fitUs(pages.of(target).minutes, cost, nowUs)));
    const short = (answer && pages.get(answer.short)?.quota) ?? best.short;
    if (short === undefined)
      throw new ShardrockError("option-invalid", "candidates must have quotas to be refused for");
    return {
      kind: "refused",
      short,
      retryAfterMs: Math.max(1, (best.startUs - nowUs) / 1e3),
      ...(fitsUs > nowUs && { startsInMs: (fitsUs - nowUs) / 1e3 }),
      isEstimated: best.isEstimated,
    };
  }

  async #reserveHere(candidates: readonly Candidate[]): Promise<Reservation | Refusal> {
    const { reach, local, time } = this.#sharing;
    if (this.#options.onStoreDown === "reject") {
      const { timeoutMs } = this.#options;
      throw new ShardrockError("ledger-unavailable", refusedMessage(reach.away, timeoutMs), {
        cause: reach.away?.cause,
      });
    }
    const nowUs = time.nowUs();
    const open = candidates.filter(({ target }) => this.#dayStartUs(this.#sharing.pages.of(target).days) <= nowUs);
    if (open.length === 0) return this.#refuse(candidates, undefined);
    const answer = await local.current.reserve(open);
    if (answer.kind === "reserved" || !reach.isShared) return answer;
    return { ...answer, retryAfterMs: Math.min(answer.retryAfterMs, lookAgainMs) };
  }

  #startsHereInMs(candidate: Candidate, nowMs: number): number {
    if (this.#options.onStoreDown === "reject") return 0;
    return this.#sharing.local.current.startsInMs(candidate, nowMs);
  }

  #dayStartUs(days: readonly Quota[]): number {
    return Math.max(Number.NEGATIVE_INFINITY, ...days.map((quota) => this.#sharing.days.startUs(quota)));
  }
}
