/**
 * Where the shared book lies. Every method is one round trip; all times are integer µs of the store's own clock, which never
 * runs backwards; amounts are units of a quota. A method rejects with a `StoreFault`, never with half a result.
 */
export interface BookStore {
  /** Books one candidate on all its pages, or none. A refusal changes nothing. */
  reserve(ask: Ask): Promise<Answer>;
  /** Ends a reservation; the first ending of an id counts. */
  end(ending: Ending): Promise<Ended>;
  /** Makes pages that the store does not have; those it has stay as they are, or are spent: see `PageOpening`. */
  open(pages: readonly PageOpening[]): Promise<Standing>;
  /** Writes what somebody learned of quotas, unless somebody else was quicker: then returns what that one wrote. */
  publish(updates: readonly GateUpdate[]): Promise<readonly LearnedPage[]>;
  /** What is learned of quotas, of those that the store has. */
  read(keys: readonly string[]): Promise<readonly LearnedPage[]>;
  /** Units by slot of the ring, oldest first, of pages that the store has: what a refusal is weighed by. */
  rings(keys: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>>;
  /** Units that all processes settled, by key, under the store's 10 s slot they ended in, from `sinceSlot` on. */
  settled(keys: readonly string[], sinceSlot: number): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>>;
  /** Adds what was spent while the store was gone: slots of the window, as `Spent` says. */
  merge(spent: readonly Spent[]): Promise<Standing>;
  /** Says that this process lives, and asks what the others say. */
  beat(beat: Beat): Promise<Beaten>;
  /** Tells all processes something, text of at most 1 kB without prompts and secrets. */
  tell(news: string): Promise<void>;
  /** Whether this process is the only one that holds `name`, until `forUs` from now or until it is given up. */
  claim(name: string, forUs: number): Promise<boolean>;
  giveUp(name: string): Promise<void>;
}

/** What one process wants to book. */
export interface Ask {
  /** Of the reservation: unique in the realm. One that is under way counts as sent twice: it is not booked again. */
  readonly id: string;
  /** In order of preference: of those that fit now the first is booked. */
  readonly candidates: readonly AskedCandidate[];
  /** If none fits now, one that can start within so much is booked ahead; 0: none. Fair: see `Answer`. */
  readonly horizonUs: number;
  /** When the reservation expires, as kept, unless it is ended: so long after its start. */
  readonly expiresInUs: number;
  /** Also returns the ring of the booked pages, to learn from. */
  readonly wantsRing: boolean;
  /**
   * Nobody waits for an answer that the store gives later than that: then nothing is booked, and it is a refusal that may be
   * asked again at once. Undefined: whoever asks does not know the store's time yet.
   */
  readonly bookUntilUs?: number;
  /** What starts later than that is of use to nobody, and is not booked. Undefined: whatever the horizon allows is. */
  readonly startByUs?: number | undefined;
  /** Of pages that need not be read to book, nothing need be told: that is what costs the store most. */
  readonly isBrief?: boolean;
}

export interface AskedCandidate {
  readonly pages: readonly AskedPage[];
}

/** What a call takes of one page. */
export interface AskedPage {
  readonly key: string;
  readonly held: number;
  /** Of that, what AWS may not take. */
  readonly doubt: number;
}

/** How the store stood when it answered. */
export interface Standing {
  readonly nowUs: number;
  /**
   * Another one than before: the store has lost what it held. That it goes on with what it held a while ago, as after a
   * restart from an old snapshot, is found by `beat` and `open`: they know the last time that this process was shown.
   */
  readonly epoch: string;
  /** Grows with everything told by `tell`: who has seen less asks for it by `beat`. */
  readonly newsCount: number;
}

/**
 * `booked`: from `startUs` on, which is now or within the horizon. Booking ahead is for processes that had no more than their
 * fair share of the page's last window; who had more may only book what fits now.
 * `refused`: `askAtUs` is when to ask again at the earliest, `startUs` when the best candidate could start.
 * `unopened`: the store lacks `missing`; nothing is booked; open them and ask again.
 */
export type Answer = Booked | Refused | Unopened;

export interface Booked extends Standing {
  readonly kind: "booked";
  /** Which of the candidates, from 0 up. */
  readonly place: number;
  readonly startUs: number;
  readonly booked: readonly BookedPage[];
  /** Every page that was asked for, once, by key; of a brief ask at least those that were booked. */
  readonly pages: ReadonlyMap<string, PageView>;
}

export interface Refused extends Standing {
  readonly kind: "refused";
  readonly place: number;
  /** Key of the page that is short there. */
  readonly short: string;
  /** Infinity: never. */
  readonly startUs: number;
  readonly askAtUs: number;
  readonly pages: ReadonlyMap<string, PageView>;
}

export interface Unopened extends Standing {
  readonly kind: "unopened";
  readonly missing: readonly string[];
  /** Of those, what was there but made no sense: it is opened as spent, whoever opens it, however. */
  readonly spoiled: readonly string[];
}

/** How a page stands: enough to tell when a call could start. */
export interface PageView {
  /** Theoretical arrival time of the bucket. */
  readonly tatUs: number;
  /** Units in the window that counts, rounded up. */
  readonly inWindow: number;
  /** When the asked units fit in that window; only where they do not now. */
  readonly roomAtUs?: number;
  /** Nothing starts before. */
  readonly pausedUntilUs: number;
  /** Units held by calls under way, of all processes. */
  readonly open: number;
  /** Of the gate in force; where it is another than known, `read` tells more. */
  readonly version: number;
}

/** What a booking shows of a page: what `Evidence` is made of. */
export interface BookedPage {
  readonly key: string;
  /** What the hold moved the arrival time by, at the page's price. */
  readonly heldUs: number;
  /** Of the ring. */
  readonly slot: number;
  readonly tatUs: number;
  /** Units in the last window with it: at most, and at least. */
  readonly most: number;
  readonly least: number;
  /** Units held by calls under way that AWS may not have taken. */
  readonly doubt: number;
  /** Units by slot, oldest first, where it was asked for. */
  readonly ring?: ReadonlyMap<number, number>;
}

/** How one call ends on one page. */
export interface EndedPage {
  readonly key: string;
  readonly slot: number;
  /** When its booking starts to count. */
  readonly startUs: number;
  readonly held: number;
  readonly doubt: number;
  readonly heldUs: number;
  /** What it took: surplus goes back, a shortfall is charged now; undefined: the hold stays spent. */
  readonly actual: number | undefined;
  /** µs of arrival time a unit costs now, for the shortfall of a hold of nothing. */
  readonly priceUs: number;
  /** Counted as missing until then, because AWS refused what the book had room for: 0: nothing is. */
  readonly missingUntilUs: number;
}

export interface Ending {
  readonly id: string;
  readonly pages: readonly EndedPage[];
  readonly updates: readonly GateUpdate[];
}

export interface Ended extends Standing {
  /** False: it had ended or expired before, and nothing was changed. */
  readonly isFirst: boolean;
  readonly pages: ReadonlyMap<string, PageView>;
  /** Pages that were found to make no sense: as in `Unopened`. */
  readonly spoiled: readonly string[];
  /** What others have written where an update came too late. */
  readonly newer: readonly LearnedPage[];
}

/** The gate a page is kept by; numbers as in core's `Gate`, in units and µs of this quota. */
export interface StoredGate {
  readonly priceUs: number;
  readonly burstUs: number;
  /** Units the window that counts may hold; Infinity: none counts; 0: the account is on hold. */
  readonly mayHold: number;
  readonly window: "none" | "sliding" | StoredArc;
  readonly mayAsk: boolean;
  readonly pausedUntilUs: number;
  readonly windowUs: number;
}

/** Core's `PhaseArc`. */
export interface StoredArc {
  readonly windowUs: number;
  readonly fromUs: number;
  readonly widthUs: number;
}

/** What somebody learned of a quota. It is written only where the page's version is still `basedOn`; then it is one more. */
export interface GateUpdate {
  readonly key: string;
  readonly basedOn: number;
  readonly gate: StoredGate;
  /** The learner's record, JSON text of at most 8 kB; it outlives the page. */
  readonly record: string;
}

/** What is learned of a quota. */
export interface LearnedPage {
  readonly key: string;
  readonly version: number;
  readonly gate: StoredGate;
  readonly record: string;
}

export interface PageOpening {
  readonly key: string;
  readonly gate: StoredGate;
  readonly record: string;
  /**
   * After the store has lost its data: the bucket starts empty and the window full, for one window at most. A page that
   * somebody opened who did not know that yet is spent too, once in an epoch, and within the epoch's first window.
   */
  readonly isSpent: boolean;
}

/** What a page was booked while the store was gone. */
export interface Spent {
  readonly key: string;
  /** By slot: units that stay spent; below 0: of those told before, what came back. */
  readonly bySlot: ReadonlyMap<number, number>;
}

export interface Beat {
  readonly processId: string;
  /** How long it counts as living without another beat. */
  readonly livesForUs: number;
  /** Units settled since the last beat, by key, under the store's 10 s slot they ended in: kept for 46 minutes. */
  readonly settled: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** News already seen. */
  readonly newsSeen: number;
}

export interface Beaten extends Standing {
  /** Ids of those that live, this one too. */
  readonly processes: readonly string[];
  readonly news: readonly string[];
  /** Expired reservations, a few at a time: to be ended as kept by whoever beats; the first ending counts. */
  readonly expired: readonly Ending[];
}
