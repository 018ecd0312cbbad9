import { ShardrockError } from "@shardrock/core";
import type { Ask, AskedPage } from "./book-store.ts";

/** An ask as keys of pages and arguments of the script that books. */
export interface AskArguments {
  /** Of quotas, each once. */
  readonly keys: readonly string[];
  readonly shape: string;
  /** Units held, and of that in doubt, of each amount. */
  readonly amounts: readonly string[];
}

/**
 * Packs candidates: numbers that many have in common go once, and places as two characters of 7 bits, which UTF-8 leaves alone.
 * @throws {ShardrockError} `option-invalid` when a candidate has a page twice, or an amount is no number of 0 or more.
 */
export function askArguments({ candidates }: Ask): AskArguments {
  const places = new Map<string, number>();
  const amounts: AskedPage[] = [];
  let shape = "";
  for (const { pages } of candidates) {
    shape += twoCharacters(pages.length);
    for (const page of pages) {
      const place = places.get(page.key) ?? places.size;
      if (place === places.size) places.set(page.key, place);
      shape += twoCharacters(place) + twoCharacters(amountPlace(amounts, page));
    }
  }
  return {
    keys: [...places.keys()],
    shape,
    amounts: amounts.flatMap(({ held, doubt }) => [String(held), String(doubt)]),
  };
}

function amountPlace(amounts: AskedPage[], page: AskedPage): number {
  const { held, doubt } = page;
  const known = amounts.findIndex((amount) => amount.held === held && amount.doubt === doubt);
  if (known >= 0) return known;
  if (!(held >= 0 && held < Number.POSITIVE_INFINITY && doubt >= 0 && doubt < Number.POSITIVE_INFINITY)) {
    throw new ShardrockError("option-invalid", `a hold must be a finite number of 0 or more, got ${held} and ${doubt}`);
  }
  return amounts.push(page) - 1;
}

function twoCharacters(number: number): string {
  return String.fromCharCode(number >> 7, number & 127);
}
