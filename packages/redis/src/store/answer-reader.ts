import type { ScriptReply } from "../clients/script-client.ts";
import type { Answer, Ask, Booked, BookedPage, PageView } from "./book-store.ts";
import { frontFields, frontPlaces } from "./page-layout.ts";
import { bytesOf, listOf, Numbers, viewAt, viewsOf } from "./reply-reader.ts";
import { ringOf } from "./ring-reader.ts";

/** What the script that books has answered. @param keys - as they were asked, each once. @throws {StoreFault} when it makes no sense. */
export function answerOf(reply: ScriptReply, ask: Ask, keys: readonly string[]): Answer {
  if (reply instanceof Uint8Array) return quickly(new Numbers(reply), ask, keys);
  const parts = listOf(reply);
  const numbers = new Numbers(parts[0]);
  const standing = { nowUs: numbers.at(1), epoch: String(numbers.at(2)), newsCount: numbers.at(3) };
  if (numbers.at(0) === 1) return booked(numbers, { ask, pages: viewsOf(parts[1], keys), rings: parts.slice(2) });
  if (numbers.at(0) === 3) return { kind: "unopened", ...standing, ...lackingOf(numbers.from(4), keys) };
  return {
    kind: "refused",
    ...standing,
    place: numbers.at(4),
    startUs: numbers.at(5),
    short: keys[numbers.at(6)] ?? "",
    askAtUs: numbers.at(7),
    pages: viewsOf(parts[1], keys),
  };
}

/** Pages that are lacking, and those of them that were spoiled. @param places - of keys; below 0 those spoiled. */
export function lackingOf(
  places: readonly number[],
  keys: readonly string[],
): { readonly missing: readonly string[]; readonly spoiled: readonly string[] } {
  const keyOf = (place: number): string => keys[place < 0 ? -place - 1 : place] ?? "";
  return { missing: places.map(keyOf), spoiled: places.filter((place) => place < 0).map(keyOf) };
}

interface Asked {
  readonly ask: Ask;
  readonly pages: ReadonlyMap<string, PageView>;
  readonly rings: readonly ScriptReply[];
}

/** One piece: six numbers, then pages as they are now. */
function quickly(numbers: Numbers, ask: Ask, keys: readonly string[]): Booked {
  const views = new Map<string, PageView>();
  const told = Math.min(keys.length, (numbers.length - pagesFrom) / frontFields);
  for (let place = 0; place < told; place += 1) {
    views.set(keys[place] ?? "", viewAt(numbers, pagesFrom + place * frontFields));
  }
  const place = numbers.at(4);
  return {
    kind: "booked",
    nowUs: numbers.at(1),
    epoch: String(numbers.at(2)),
    newsCount: numbers.at(3),
    place,
    startUs: numbers.at(5),
    booked: (ask.candidates[place]?.pages ?? []).map(({ key, held }) => {
      return quicklyBooked(numbers, { key, held, at: pagesFrom + keys.indexOf(key) * frontFields });
    }),
    pages: views,
  };
}

const pagesFrom = 6;

function quicklyBooked(
  numbers: Numbers,
  { key, held, at }: { readonly key: string; readonly held: number; readonly at: number },
): BookedPage {
  const most = numbers.at(at + frontPlaces.sum);
  return {
    key,
    heldUs: Math.ceil(held * numbers.at(at + frontPlaces.price)),
    slot: numbers.at(at + frontPlaces.newest),
    tatUs: numbers.at(at + frontPlaces.tat),
    most,
    least: most - numbers.at(at + frontPlaces.doubtful),
    doubt: numbers.at(at + frontPlaces.doubt),
  };
}

function booked(numbers: Numbers, { ask, pages, rings }: Asked): Booked {
  const place = numbers.at(4);
  const asked = ask.candidates[place]?.pages ?? [];
  return {
    kind: "booked",
    nowUs: numbers.at(1),
    epoch: String(numbers.at(2)),
    newsCount: numbers.at(3),
    place,
    startUs: numbers.at(5),
    booked: asked.map(({ key }, index) => bookedPage({ key, numbers, at: 6 + 8 * index, ring: rings[index] })),
    pages,
  };
}

function bookedPage({ key, numbers, at, ring }: BookedNumbers): BookedPage {
  const page = {
    key,
    heldUs: numbers.at(at),
    slot: numbers.at(at + 1),
    tatUs: numbers.at(at + 2),
    most: numbers.at(at + 3),
    least: numbers.at(at + 4),
    doubt: numbers.at(at + 5),
  };
  if (ring === undefined) return page;
  return { ...page, ring: ringOf(bytesOf(ring), { newest: numbers.at(at + 6), last: numbers.at(at + 7) }) };
}

interface BookedNumbers {
  readonly key: string;
  readonly numbers: Numbers;
  readonly at: number;
  readonly ring: ScriptReply | undefined;
}
