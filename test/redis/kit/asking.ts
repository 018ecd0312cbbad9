import type { Ask, Beat, Booked, EndedPage, Ending, StoredGate } from "../../../packages/redis/src/store/book-store.ts";
import type { ScriptStore } from "../../../packages/redis/src/store/script-store.ts";
import { minuteUs } from "./store-world.ts";

/** An ask of candidates, each as units by quota. */
export function ask(id: string, candidates: readonly Record<string, number>[], more: Partial<Ask> = {}): Ask {
  return {
    id,
    candidates: candidates.map((pages) => ({
      pages: Object.entries(pages).map(([key, held]) => ({ key, held, doubt: 0 })),
    })),
    horizonUs: 0,
    expiresInUs: minuteUs / 2,
    wantsRing: false,
    ...more,
  };
}

/** The ending of what such an ask booked, as kept, unless told what it took. */
export function endingOf(
  asked: Ask,
  { booked, place, startUs }: Booked,
  taken: Record<string, number> = {},
  more: Partial<EndedPage> = {},
): Ending {
  const pages = asked.candidates[place]?.pages ?? [];
  return {
    id: asked.id,
    pages: booked.map(({ key, slot, heldUs }, index) => {
      const { held = 0, doubt = 0 } = pages[index] ?? {};
      const actual = taken[key];
      return { key, slot, startUs, held, doubt, heldUs, actual, priceUs: 1, missingUntilUs: 0, ...more };
    }),
    updates: [],
  };
}

export function beatOf(processId: string, more: Partial<Beat> = {}): Beat {
  return { processId, livesForUs: 5e6, newsSeen: 0, settled: new Map(), ...more };
}

/** Opens pages by key. */
export async function open(store: ScriptStore, gates: Record<string, StoredGate>, isSpent = false): Promise<void> {
  await store.open(Object.entries(gates).map(([key, gate]) => ({ key, gate, record: "{}", isSpent })));
}
