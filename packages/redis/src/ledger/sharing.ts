import type { LedgerHost, LedgerNews } from "@shardrock/core";
import type { Beaten, BookStore, Ending, PageView, Standing } from "../store/book-store.ts";
import { Beats } from "./beats.ts";
import { Contests } from "./contests.ts";
import { Copies } from "./copies.ts";
import { Days } from "./days.ts";
import { Endings } from "./endings.ts";
import { awayMessage, backMessage, lostMessage } from "./ledger-messages.ts";
import { inTime } from "./in-time.ts";
import { LocalBooks } from "./local-books.ts";
import { Members } from "./members.ts";
import { isBroken, mishapMessage } from "./mishap.ts";
import type { Seen } from "./mirror-page.ts";
import { NewsDesk } from "./news-desk.ts";
import { Openings } from "./openings.ts";
import type { Page } from "./page.ts";
import { Pages } from "./pages.ts";
import { promised } from "./promised.ts";
import { type Away, Reach } from "./reach.ts";
import { Settled } from "./settled.ts";
import type { SharedBook } from "./shared-book.ts";
import { StoreClock } from "./store-clock.ts";

export interface SharingOptions {
  readonly store: BookStore;
  readonly host: LedgerHost;
  readonly processId: string;
  readonly timeoutMs: number;
  readonly beatMs: number;
  readonly onStoreDown: "local" | "reject";
  /** Processes there should be, until some were seen. */
  readonly expectedProcesses?: number | undefined;
}

/** How long a process counts as living without a beat: so many beats, and at least so long. */
const livingBeats = 10;
const shortestLifeMs = 5_000;
/** How long the store is waited for at the end. */
const longestLeaveMs = 1_000;

/** Keeps this process and the store in step: who shares the book, what is new, whether the store is there at all. */
export class Sharing implements SharedBook {
  readonly store: BookStore;
  readonly clock: SharedBook["clock"];
  readonly random: SharedBook["random"];
  readonly time: StoreClock;
  readonly reach: Reach;
  readonly pages: Pages;
  readonly copies: Copies;
  readonly days: Days;
  readonly settled: Settled = new Settled();
  readonly endings: Endings;
  readonly openings: Openings;
  readonly members: Members;
  readonly board: NewsDesk;
  readonly local: LocalBooks;
  readonly #lifeMs: number;
  readonly #options: SharingOptions;
  readonly #beats: Beats;
  readonly #contests: Contests;
  readonly #listeners = new Set<() => void>();
  readonly #met: { readonly promise: Promise<void>; readonly resolve: () => void };
  #epoch: string | undefined;

  constructor(options: SharingOptions) {
    this.#options = options;
    const { store, host, processId, timeoutMs, beatMs } = options;
    const { clock, random, limits } = host;
    this.store = store;
    this.clock = clock;
    this.random = random;
    this.#met = promised();
    this.time = new StoreClock(clock);
    this.reach = new Reach(clock, timeoutMs, (away) => this.#leave(away));
    this.#lifeMs = Math.max(shortestLifeMs, beatMs * livingBeats);
    this.members = new Members(processId, this.#lifeMs, options.expectedProcesses);
    const limitOf = limits.get.bind(limits);
    const learners = { processId, limitOf, isAlive: (id: string) => this.members.has(id) };
    this.pages = new Pages(learners, () => this.time.nowUs());
    this.#contests = new Contests(this.pages, this.members, (news) => host.tell(news));
    const { time, reach, pages } = this;
    const { tellMishap } = this;
    this.copies = new Copies({ store, time, reach, pages, tellMishap, changed: () => this.#contests.look() });
    this.board = new NewsDesk({ store, clock, reach, tellMishap, processId, timeoutMs });
    this.days = new Days({
      store,
      time,
      reach,
      board: this.board,
      opened: () => this.gaveBack(),
      writing: (work) => void this.endings.track(work),
    });
    this.endings = new Endings(this);
    const saw = (standing: Standing): void => this.saw(standing);
    this.openings = new Openings({ store, time, reach, copies: this.copies, tellMishap, saw });
    this.local = new LocalBooks({ host, members: this.members, book: this, openings: this.openings });
    this.#beats = new Beats({
      clock,
      random,
      reach,
      beatMs,
      timeoutMs,
      send: () => this.#sendBeat(),
      answered: (beaten) => this.#beaten(beaten),
      answeredAway: (mayShare) => this.#return(mayShare),
    });
  }

  /** Joins the others. */
  begin(): void {
    this.#beats.soon();
  }

  /** Resolves when the store has answered for the first time. */
  get met(): Promise<void> {
    return this.#met.promise;
  }

  readonly tellMishap = (what: string, cause: unknown): void => {
    this.#options.host.warn(`shared-book-${what.replaceAll(" ", "-")}`, mishapMessage(what, cause));
  };

  saw(standing: Standing): void {
    this.time.saw(standing.nowUs);
    this.#met.resolve();
    const before = this.#epoch;
    this.#epoch = standing.epoch;
    if (before !== undefined && before !== standing.epoch) this.#lost();
    if (standing.newsCount > this.board.heardCount) this.#beats.soon();
  }

  see(views: ReadonlyMap<string, PageView>, seenOf: (key: string) => Seen): void {
    const nowUs = this.time.nowUs();
    let isEarlier = false;
    for (const [key, view] of views) {
      const page = this.pages.get(key);
      if (page === undefined) continue;
      isEarlier = page.mirror.see(view, seenOf(key), nowUs) || isEarlier;
      this.copies.noticed(page);
    }
    if (isEarlier) this.gaveBack();
  }

  gaveBack(): void {
    for (const listener of this.#listeners) listener();
  }

  onGiveBack(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** A limit is another now: nobody waits for a call that notices. */
  limitChanged(key: string): void {
    const page = this.pages.get(key);
    if (page !== undefined) this.#refresh([page]);
    this.gaveBack();
  }

  /** Ends what it does by itself, and tells that this process has gone. */
  async leave(): Promise<void> {
    const { clock } = this;
    const untilMs = clock.monotonicMs() + longestLeaveMs;
    const patience = () => ({ clock, ms: untilMs - clock.monotonicMs() });
    if (this.reach.isShared) await inTime(this.endings.flush(), patience());
    await inTime(this.#beats.stop(), patience());
    this.endings.drop();
    if (!this.reach.isShared) return;
    try {
      await inTime(this.store.beat({ ...this.#beat(0), settled: this.settled.take() }), patience());
    } catch {
      // It counts as gone a few seconds later by itself.
    }
  }

  #refresh(pages: Iterable<Page>): void {
    const nowUs = this.time.nowUs();
    const all = [...pages];
    for (const page of all) {
      page.learner.refresh(nowUs);
      page.keepGate();
    }
    this.#contests.look();
    void this.endings.track(this.copies.write(all));
  }

  /** @returns undefined: the store is there, but cannot do it. What it was told may be the cause, and is not sent again. */
  async #sendBeat(): Promise<Beaten | undefined> {
    const settled = this.settled.take();
    try {
      return await this.store.beat({ ...this.#beat(this.#lifeMs), settled });
    } catch (error) {
      if (!isBroken(error) || !this.time.isKnown) {
        this.settled.putBack(settled);
        throw error;
      }
      this.tellMishap("hear of other processes", error);
      return undefined;
    }
  }

  #beat(livesForMs: number) {
    return { processId: this.#options.processId, livesForUs: livesForMs * 1e3, newsSeen: this.board.heardCount };
  }

  async #beaten(beaten: Beaten): Promise<void> {
    this.board.heard(beaten.news, beaten.newsCount);
    this.saw(beaten);
    if (this.members.saw(beaten.processes, this.clock.monotonicMs())) this.#refresh(this.pages.all());
    await this.#catchUp(beaten.expired);
  }

  /** What no call waits for. */
  async #catchUp(expired: readonly Ending[]): Promise<void> {
    try {
      await Promise.all(expired.map((ending) => this.#expire(ending)));
      await this.local.merge();
      await this.copies.readStale();
      const used = [...this.pages.all()].filter(({ isUsed, learner }) => isUsed || learner.hasNews);
      for (const page of used) page.isUsed = false;
      await this.copies.write(used);
      this.#sweep();
      const keys = [...this.pages.all()].filter(({ isOpen }) => isOpen).map(({ quota }) => quota.key);
      const storeUs = this.time.nowUs();
      for (const question of this.settled.questions(keys, storeUs)) {
        this.settled.told(question, await this.store.settled(question.keys, question.sinceSlot), storeUs);
      }
    } catch (error) {
      if (isBroken(error)) this.tellMishap("count what calls took", error);
      else this.reach.failed(error);
    }
  }

  /** When what was learned is written. */
  #sweep(): void {
    const charged = this.pages.sweep();
    if (charged === undefined) return;
    this.days.sweep(charged);
    this.settled.keepOnly(charged);
  }

  /** Whoever held it has gone, or has forgotten it: what it held stays spent. */
  async #expire(ending: Ending): Promise<void> {
    try {
      const ended = await this.store.end(ending);
      this.saw(ended);
      if (!ended.isFirst) return;
      for (const { key, held } of ending.pages) this.settled.add(key, held, ended.nowUs);
    } catch (error) {
      if (!isBroken(error)) throw error;
      this.tellMishap("end what has expired", error);
    }
  }

  #leave(away: Away): void {
    // Those that are gone from the store by its return are made anew before it is told what was spent.
    for (const page of this.pages.all()) page.isOpen = false;
    const processes = this.members.most(this.clock.monotonicMs());
    const message = awayMessage(away, processes, this.#options.onStoreDown === "reject");
    this.#tell({ change: "local", processes, message });
    this.gaveBack();
  }

  /** The store answers again: it is told what was spent, and that by all processes, before anybody asks it. */
  async #return(mayShare: boolean): Promise<void> {
    // What came back meanwhile goes first: a full bucket has lost it, and must not get it on top of what is booked next.
    this.endings.sendAgain();
    try {
      await (mayShare ? this.local.merge() : this.local.tell());
    } catch {
      return; // the next beat tries again
    }
    if (!mayShare) return;
    this.reach.back();
    this.members.watchAnew();
    this.days.back();
    this.#tell({ change: "shared", processes: this.members.count, message: backMessage });
    this.gaveBack();
  }

  #lost(): void {
    this.openings.lost();
    this.members.watchAnew();
    for (const page of this.pages.all()) page.lose();
    this.board.forget();
    this.days.lost();
    this.#tell({ change: "lost", processes: this.members.count, message: lostMessage });
  }

  #tell(news: LedgerNews): void {
    this.#options.host.tell(news);
  }
}
