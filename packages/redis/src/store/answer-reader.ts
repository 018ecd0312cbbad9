import type { ScriptReply } from "../clients/script-client.ts";
import type { Answer, Ask, AskedPage, Booked, BookedPage, PageView } from "./book-store.ts";
import { frontFields, frontPlaces } from "./page-layout.ts";
import { bytesOf, listOf, Numbers, viewAt, viewsOf } from "./reply-reader.ts";
import { ringOf } from "./ring-reader.ts";

/**
 * What the script that books has answered, to the first so many of the asks: those that are booked quickly; else the first,
 * and where that cannot be booked, none of the others can. @param asks - the same but for their ids. @param keys - as they
 * were asked, each once. @throws {StoreFault} when it makes no sense.
 */
export function answersOf(reply: ScriptReply, asks: readonly Ask[], keys: readonly string[]): readonly Answer[] {
  const [ask] = asks;
  if (ask === undefined) return [];
  if (reply instanceof Uint8Array) return quickly(new Numbers(reply), ask, keys);
  const answer = answerOf(reply, ask, keys);
  return answer.kind === "booked" ? [answer] : asks.map(() => answer);
}

function answerOf(reply: ScriptReply, ask: Ask, keys: readonly string[]): Answer {
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

/** One piece: seven numbers, then pages as they are now, when all are booked. */
function quickly(numbers: Numbers, ask: Ask, keys: readonly string[]): readonly Booked[] {
  const pages = new Map<string, PageView>();
  const told = Math.min(keys.length, (numbers.length - pagesFrom) / frontFields);
  for (let place = 0; place < told; place += 1) {
    pages.set(keys[place] ?? "", viewAt(numbers, pagesFrom + place * frontFields));
  }
  const place = numbers.at(4);
  const asked = (ask.candidates[place]?.pages ?? []).map((page) => {
    return { page, at: pagesFrom + keys.indexOf(page.key) * frontFields };
  });
  const standing = { nowUs: numbers.at(1), epoch: String(numbers.at(2)), newsCount: numbers.at(3) };
  const startUs = numbers.at(5);
  const all: Booked[] = [];
  for (let later = numbers.at(6) - 1; later >= 0; later -= 1) {
    const booked = asked.map((one) => quicklyBooked(numbers, one, later));
    all.push({ kind: "booked", ...standing, place, startUs, booked, pages });
  }
  return all;
}

const pagesFrom = 7;

/** @param later - how many were booked after it. */
function quicklyBooked(
  numbers: Numbers,
  { page: { key, held, doubt }, at }: { readonly page: AskedPage; readonly at: number },
  later: number,
): BookedPage {
  const heldUs = Math.ceil(held * numbers.at(at + frontPlaces.price));
  const most = numbers.at(at + frontPlaces.sum) - later * held;
  return {
    key,
    heldUs,
    slot: numbers.at(at + frontPlaces.newest),
    tatUs: numbers.at(at + frontPlaces.tat) - later * heldUs,
    most,
    least: most - numbers.at(at + frontPlaces.doubtful),
    doubt: numbers.at(at + frontPlaces.doubt) - later * doubt,
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
