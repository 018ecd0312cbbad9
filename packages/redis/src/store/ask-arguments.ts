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
 * @throws {ShardrockError} `option-invalid` when an amount is no number of 0 or more, or a key is not one line.
 */
export function askArguments({ candidates }: Ask): AskArguments {
  const places = new Map<string, number>();
  const keys: string[] = [];
  const amounts: AskedPage[] = [];
  const codes: number[] = [];
  for (const { pages } of candidates) {
    codes.push(pages.length >> 7, pages.length & 127);
    for (const page of pages) {
      const place = places.get(page.key) ?? keys.length;
      if (place === keys.length) {
        places.set(page.key, place);
        keys.push(oneLine(page.key));
      }
      const amount = amountPlace(amounts, page);
      codes.push(place >> 7, place & 127, amount >> 7, amount & 127);
    }
  }
  const texts: string[] = [];
  for (const { held, doubt } of amounts) texts.push(String(held), String(doubt));
  return { keys, shape: String.fromCharCode(...codes), amounts: texts };
}

function amountPlace(amounts: AskedPage[], page: AskedPage): number {
  const { held, doubt } = page;
  for (let place = 0; place < amounts.length; place += 1) {
    const known = amounts[place];
    if (known?.held === held && known.doubt === doubt) return place;
  }
  if (!(held >= 0 && held < Number.POSITIVE_INFINITY && doubt >= 0 && doubt < Number.POSITIVE_INFINITY)) {
    throw new ShardrockError("option-invalid", `a hold must be a finite number of 0 or more, got ${held} and ${doubt}`);
  }
  return amounts.push(page) - 1;
}

/** Keys are told apart by line. */
function oneLine(key: string): string {
  if (key !== "" && !key.includes("\n")) return key;
  throw new ShardrockError("option-invalid", `the key of a quota must be one line, got ${JSON.stringify(key)}`);
}
