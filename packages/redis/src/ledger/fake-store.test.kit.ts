import type { Clock } from "@shardrock/core";
import { arrivalUs, ringSlots, WindowRing } from "@shardrock/core/book";
import type {
  Answer,
  Ask,
  Beat,
  Beaten,
  BookStore,
  Ended,
  Ending,
  GateUpdate,
  LearnedPage,
  PageOpening,
  PageView,
  Spent,
  Standing,
} from "../store/book-store.ts";

/** When the store's clock showed what a test's clock calls 0, in µs. */
export const beginUs = 1_800_000_000_000_000;

interface FakePage {
  gate: LearnedPage["gate"];
  record: string;
  version: number;
  tatUs: number;
  ring: WindowRing;
  open: number;
}

interface FakeReservation {
  readonly ending: Ending;
  readonly expiresAtUs: number;
}

/** A store in memory that any number of processes share, and that fails as it is told: whatever it does, it does when asked. */
export class FakeServer {
  readonly clock: Clock;
  /** How long answers take. */
  latencyMs = 0;
  /** It answers nothing, or an error. */
  state: "well" | "silent" | "broken" = "well";
  /** What it does, but never answers. */
  readonly unanswered: Set<string> = new Set();
  /** What it answers with an error, whatever else it does. */
  readonly faults: Map<string, Error> = new Map();
  /** Processes it cannot be reached by. */
  readonly deaf: Set<string> = new Set();
  /** How far its clock has run ahead of the test's. */
  aheadMs = 0;
  /** What pages were opened with, as it came. */
  readonly opened: PageOpening[] = [];
  /** The asks, as they came. */
  readonly asks: Ask[] = [];
  /** Everything that was asked for, by process: `one reserve`. */
  readonly log: string[] = [];
  readonly told: string[] = [];
  readonly merged: Spent[] = [];
  readonly pages: Map<string, FakePage> = new Map();
  readonly reservations: Map<string, FakeReservation> = new Map();
  readonly settledUnits: Map<string, Map<number, number>> = new Map();
  readonly beats: Map<string, { readonly beat: Beat; readonly untilUs: number }> = new Map();
  readonly claims: Map<string, { readonly by: string; readonly untilUs: number }> = new Map();
  #epoch = 1;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get nowUs(): number {
    return beginUs + Math.floor((this.clock.monotonicMs() + this.aheadMs) * 1e3);
  }

  get standing(): Standing {
    return { nowUs: this.nowUs, epoch: String(this.#epoch), newsCount: this.told.length };
  }

  /** It starts again, empty. */
  restart(): void {
    this.#epoch += 1;
    this.told.length = 0;
    for (const all of [this.pages, this.reservations, this.settledUnits, this.beats, this.claims]) all.clear();
  }

  /** As a process sees it. */
  storeOf(processId: string): BookStore {
    return new FakeStore(this, processId);
  }

  /** How often something was asked for. */
  count(what: string): number {
    return this.log.filter((line) => line.endsWith(` ${what}`)).length;
  }
}

class FakeStore implements BookStore {
  readonly #server: FakeServer;
  readonly #processId: string;

  constructor(server: FakeServer, processId: string) {
    this.#server = server;
    this.#processId = processId;
  }

  reserve = (ask: Ask): Promise<Answer> => this.#do("reserve", () => this.#reserve(ask));
  end = (ending: Ending): Promise<Ended> => this.#do("end", () => this.#end(ending));
  open = (pages: readonly PageOpening[]): Promise<Standing> => this.#do("open", () => this.#open(pages));
  publish = (updates: readonly GateUpdate[]): Promise<readonly LearnedPage[]> =>
    this.#do("publish", () => this.#publish(updates));
  read = (keys: readonly string[]): Promise<readonly LearnedPage[]> => this.#do("read", () => this.#read(keys));
  rings = (keys: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> =>
    this.#do("rings", () => new Map(keys.map((key) => [key, new Map()])));
  settled = (keys: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> =>
    this.#do("settled", () => new Map(keys.map((key) => [key, new Map(this.#server.settledUnits.get(key))])));
  merge = (spent: readonly Spent[]): Promise<Standing> => this.#do("merge", () => this.#merge(spent));
  beat = (beat: Beat): Promise<Beaten> => this.#do("beat", () => this.#beat(beat));
  tell = (news: string): Promise<void> => this.#do("tell", () => void this.#server.told.push(news));
  claim = (name: string, forUs: number): Promise<boolean> => this.#do("claim", () => this.#claim(name, forUs));
  giveUp = (name: string): Promise<void> => this.#do("giveUp", () => void this.#server.claims.delete(name));

  /** What is asked is done at once, and answered later. */
  #do<T>(what: string, work: () => T): Promise<T> {
    const { state, latencyMs, clock, log } = this.#server;
    log.push(`${this.#processId} ${what}`);
    if (state === "broken" || this.#server.deaf.has(this.#processId))
      return Promise.reject(new Error("connect ECONNREFUSED"));
    if (state === "silent") return new Promise(() => {});
    const fault = this.#server.faults.get(what);
    if (fault !== undefined) return Promise.reject(fault);
    const answer = work();
    if (this.#server.unanswered.has(what)) return new Promise(() => {});
    if (latencyMs === 0) return Promise.resolve(answer);
    return new Promise((resolve) => void clock.timer(latencyMs, () => resolve(answer)));
  }

  #reserve(ask: Ask): Answer {
    const { id, candidates, horizonUs, expiresInUs, startByUs, bookUntilUs = Number.POSITIVE_INFINITY } = ask;
    const { standing, pages, nowUs, reservations } = this.#server;
    this.#server.asks.push(ask);
    const keys = new Set(candidates.flatMap((candidate) => candidate.pages.map(({ key }) => key)));
    const missing = [...keys].filter((key) => !pages.has(key));
    if (missing.length > 0) return { kind: "unopened", ...standing, missing, spoiled: [] };
    if (nowUs > bookUntilUs) {
      const short = candidates[0]?.pages[0]?.key ?? "";
      const asked = { place: 0, short, startUs: nowUs, askAtUs: nowUs };
      return { kind: "refused", ...standing, ...asked, pages: this.#views(keys) };
    }
    const starts = candidates.map((candidate, place) => {
      const waits = candidate.pages.map(({ key, held }) => ({ key, startUs: this.#startUs(key, held) }));
      const { key, startUs } = waits.reduce((latest, one) => (one.startUs > latest.startUs ? one : latest));
      return { place, candidate, short: key, startUs };
    });
    const best =
      starts.find(({ startUs }) => startUs <= nowUs) ??
      starts.reduce((one, other) => (other.startUs < one.startUs ? other : one));
    const { place, candidate, short } = best;
    const startUs = Math.max(nowUs, best.startUs);
    const isLate = startUs > Math.min(nowUs + horizonUs, startByUs ?? startUs);
    if (isLate || !candidate.pages.every(({ key, held }) => this.#hasRoom(key, held))) {
      return { kind: "refused", ...standing, place, short, startUs, askAtUs: startUs, pages: this.#views(keys) };
    }
    const booked = candidate.pages.map(({ key, held, doubt }) => {
      const page = this.#page(key);
      const heldUs = held > 0 ? Math.ceil(held * page.gate.priceUs) : 0;
      page.tatUs = Math.max(page.tatUs, startUs) + heldUs;
      page.open += held;
      const slot = page.ring.add(held, nowUs);
      const { sum: most, least } = page.ring;
      return { key, held, doubt, heldUs, slot, startUs, tatUs: page.tatUs, most, least };
    });
    const ended = booked.map((one) => ({ ...one, actual: undefined, priceUs: 0, missingUntilUs: 0 }));
    reservations.set(id, { ending: { id, pages: ended, updates: [] }, expiresAtUs: startUs + expiresInUs });
    return { kind: "booked", ...standing, place, startUs, booked, pages: this.#views(keys) };
  }

  #startUs(key: string, held: number): number {
    const { nowUs } = this.#server;
    const { tatUs, gate, ring } = this.#page(key);
    if (gate.mayHold === 0) return Number.POSITIVE_INFINITY;
    const byArrival = arrivalUs(Math.max(tatUs, nowUs), held * gate.priceUs, gate.burstUs);
    const room = gate.mayHold - Math.min(held, gate.mayHold);
    const byWindow = ring.sumAt(nowUs) <= room ? nowUs : ring.sumIsAtMostFromUs(room, nowUs);
    return Math.max(byArrival, byWindow, gate.pausedUntilUs);
  }

  /** What is booked ahead lies in the window from now on: that is too early, and so on the safe side. */
  #hasRoom(key: string, held: number): boolean {
    const { gate, ring } = this.#page(key);
    return ring.sumAt(this.#server.nowUs) <= Math.max(0, gate.mayHold - held);
  }

  #end({ id, pages, updates }: Ending): Ended {
    const { standing, nowUs, reservations } = this.#server;
    const isFirst = reservations.delete(id);
    const keys = new Set(pages.map(({ key }) => key));
    if (!isFirst) return { ...standing, isFirst, pages: this.#views(keys), newer: [], spoiled: [] };
    for (const { key, slot, held, heldUs, actual } of pages) {
      const page = this.#server.pages.get(key);
      if (page === undefined) continue;
      page.open -= held;
      if (actual === undefined) continue;
      page.ring.correct(slot, actual - held, nowUs);
      page.tatUs -= heldUs - Math.ceil(actual * (held > 0 ? heldUs / held : page.gate.priceUs));
    }
    return { ...standing, isFirst, newer: this.#publish(updates), pages: this.#views(keys), spoiled: [] };
  }

  #open(openings: readonly PageOpening[]): Standing {
    const { nowUs, pages, standing } = this.#server;
    this.#server.opened.push(...openings);
    for (const { key, gate, record, isSpent } of openings) {
      if (pages.has(key)) continue;
      const ring = new WindowRing(gate.windowUs, ringSlots);
      if (isSpent) ring.add(gate.windowUs / gate.priceUs, nowUs);
      pages.set(key, { gate, record, version: 1, tatUs: isSpent ? nowUs + gate.burstUs : 0, ring, open: 0 });
    }
    return standing;
  }

  #publish(updates: readonly GateUpdate[]): readonly LearnedPage[] {
    return updates.flatMap(({ key, basedOn, gate, record }) => {
      const page = this.#server.pages.get(key);
      if (page === undefined) return [];
      if (page.version !== basedOn) return this.#read([key]);
      Object.assign(page, { gate, record, version: basedOn + 1 });
      return [];
    });
  }

  #read(keys: readonly string[]): readonly LearnedPage[] {
    return keys.flatMap((key) => {
      const page = this.#server.pages.get(key);
      return page === undefined ? [] : [{ key, version: page.version, gate: page.gate, record: page.record }];
    });
  }

  #merge(spent: readonly Spent[]): Standing {
    const { merged, standing, nowUs, pages } = this.#server;
    merged.push(...spent);
    for (const { key, bySlot } of spent) {
      const page = pages.get(key);
      for (const units of bySlot.values()) {
        page?.ring.add(units, nowUs);
        if (page !== undefined) page.tatUs = Math.max(page.tatUs, units > 0 ? nowUs : 0) + units * page.gate.priceUs;
      }
    }
    return standing;
  }

  #beat(beat: Beat): Beaten {
    const { nowUs, beats, told, reservations, standing, settledUnits } = this.#server;
    beats.set(this.#processId, { beat, untilUs: nowUs + beat.livesForUs });
    for (const [key, bySlot] of beat.settled) {
      const all = settledUnits.get(key) ?? new Map<number, number>();
      settledUnits.set(key, all);
      for (const [slot, units] of bySlot) all.set(slot, (all.get(slot) ?? 0) + units);
    }
    const living = [...beats].filter(([, { untilUs }]) => untilUs > nowUs);
    const expired = [...reservations.values()].filter(({ expiresAtUs }) => expiresAtUs <= nowUs);
    return {
      ...standing,
      processes: living.map(([id]) => id),
      news: told.slice(beat.newsSeen),
      expired: expired.map(({ ending }) => ending),
    };
  }

  #claim(name: string, forUs: number): boolean {
    const { claims, nowUs } = this.#server;
    const claim = claims.get(name);
    if (claim !== undefined && claim.untilUs > nowUs && claim.by !== this.#processId) return false;
    claims.set(name, { by: this.#processId, untilUs: nowUs + forUs });
    return true;
  }

  #views(keys: Iterable<string>): ReadonlyMap<string, PageView> {
    const { nowUs, pages } = this.#server;
    const views = new Map<string, PageView>();
    for (const key of keys) {
      const page = pages.get(key);
      if (page === undefined) continue;
      const { tatUs, gate, version, open, ring } = page;
      views.set(key, { tatUs, inWindow: ring.sumAt(nowUs), pausedUntilUs: gate.pausedUntilUs, open, version });
    }
    return views;
  }

  #page(key: string): FakePage {
    const page = this.#server.pages.get(key);
    if (page === undefined) throw new Error(`no page ${key}`);
    return page;
  }
}
