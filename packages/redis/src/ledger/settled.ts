/** Length of a slot in µs, and how long slots are kept: more than any count of AWS's is late. */
const slotUs = 10_000_000;
const keptSlots = 276;
const minuteUs = 60_000_000;
/** Slots that other processes may still add to. */
const lateSlots = 6;

type BySlot = ReadonlyMap<number, number>;

/** What to ask the store for. */
export interface SettledQuestion {
  readonly keys: readonly string[];
  readonly sinceSlot: number;
}

/** What calls of all processes took, by quota and by the store's 10 s slot they ended in. */
export class Settled {
  #unsent = new Map<string, Map<number, number>>();
  /** As the store told, of all processes. */
  readonly #told = new Map<string, Map<number, number>>();
  #askedSlot = Number.NEGATIVE_INFINITY;

  /** A call of this process ended and took so much. */
  add(key: string, units: number, storeUs: number): void {
    if (units > 0) addTo(this.#unsent, { key, slot: Math.floor(storeUs / slotUs), units });
  }

  /** What the store does not know yet, once. */
  take(): ReadonlyMap<string, BySlot> {
    const taken = this.#unsent;
    this.#unsent = new Map();
    return taken;
  }

  /** It could not be told. */
  putBack(taken: ReadonlyMap<string, BySlot>): void {
    for (const [key, bySlot] of taken) {
      for (const [slot, units] of bySlot) addTo(this.#unsent, { key, slot, units });
    }
  }

  /** What to ask for now, once a slot; all of a quota that was never asked for. */
  questions(keys: readonly string[], storeUs: number): readonly SettledQuestion[] {
    const slot = Math.floor(storeUs / slotUs);
    const fresh = keys.filter((key) => !this.#told.has(key));
    const known = slot > this.#askedSlot ? keys.filter((key) => this.#told.has(key)) : [];
    const sinceSlot = Math.max(this.#askedSlot - lateSlots, slot - keptSlots);
    const questions = [
      { keys: fresh, sinceSlot: slot - keptSlots },
      { keys: known, sinceSlot },
    ];
    return questions.filter(({ keys }) => keys.length > 0);
  }

  /** The store answered a question. */
  told({ keys, sinceSlot }: SettledQuestion, answer: ReadonlyMap<string, BySlot>, storeUs: number): void {
    this.#askedSlot = Math.floor(storeUs / slotUs);
    for (const key of keys) {
      const bySlot = this.#told.get(key) ?? new Map<number, number>();
      this.#told.set(key, bySlot);
      for (const slot of bySlot.keys())
        if (slot < this.#askedSlot - keptSlots || slot >= sinceSlot) bySlot.delete(slot);
      for (const [slot, units] of answer.get(key) ?? []) bySlot.set(slot, units);
    }
  }

  /** Nobody here is charged to any other quota any more. What is not sent yet still is. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#told.keys()) if (!keys.has(key)) this.#told.delete(key);
  }

  /**
   * The units of every minute that calls ended in, by the minute's beginning in ms since 1970.
   * @param epochUs - when the store's clock showed 0, in µs since 1970.
   */
  byMinute(key: string, epochUs: number): ReadonlyMap<number, number> {
    const minutes = new Map<number, number>();
    for (const bySlot of [this.#told.get(key), this.#unsent.get(key)]) {
      for (const [slot, units] of bySlot ?? []) {
        const middleUs = epochUs + (slot + 0.5) * slotUs;
        const minuteMs = Math.floor(middleUs / minuteUs) * (minuteUs / 1e3);
        minutes.set(minuteMs, (minutes.get(minuteMs) ?? 0) + units);
      }
    }
    return minutes;
  }
}

function addTo(
  all: Map<string, Map<number, number>>,
  { key, slot, units }: { readonly key: string; readonly slot: number; readonly units: number },
): void {
  const bySlot = all.get(key) ?? new Map<number, number>();
  all.set(key, bySlot);
  bySlot.set(slot, (bySlot.get(slot) ?? 0) + units);
}
