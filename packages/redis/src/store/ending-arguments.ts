import type { ScriptReply } from "../clients/script-client.ts";
import { lackingOf } from "./answer-reader.ts";
import type { Ended, EndedPage, Ending, GateUpdate } from "./book-store.ts";
import { memberOf } from "./expiry-member.ts";
import { bytesOf, listOf, Numbers, viewsOf } from "./reply-reader.ts";
import { gateArguments, learnedPageOf } from "./stored-gate.ts";

/** An ending as keys of quotas, each once, and arguments of the script that ends. */
export function endArguments({ id, pages, updates }: Ending): {
  readonly keys: readonly string[];
  readonly args: readonly string[];
} {
  const keys = [...new Set([...pages, ...updates].map(({ key }) => key))];
  const ends = pages.flatMap((page) => [String(keys.indexOf(page.key)), ...endedArguments(page)]);
  const member = memberOf(id, pages);
  return { keys, args: [member, String(pages.length), ...ends, ...updateArguments(updates, keys)] };
}

/** Updates as arguments: thirteen each. */
export function updateArguments(updates: readonly GateUpdate[], keys: readonly string[]): readonly string[] {
  return updates.flatMap(({ key, basedOn, gate, record }) => {
    return [String(keys.indexOf(key)), String(basedOn), ...gateArguments(gate), record];
  });
}

/** What the script that ends has answered. @throws {StoreFault} when it makes no sense. */
export function endedOf(reply: ScriptReply, keys: readonly string[]): Ended {
  const [first, views, ...rest] = listOf(reply);
  const numbers = new Numbers(first);
  const newer = Array.from({ length: rest.length / 2 }, (_, index) => {
    return learnedPageOf(keys[new Numbers(rest[2 * index]).at(0)] ?? "", bytesOf(rest[2 * index + 1]));
  });
  return {
    nowUs: numbers.at(0),
    epoch: String(numbers.at(1)),
    newsCount: numbers.at(2),
    isFirst: numbers.at(3) === 1,
    pages: viewsOf(views, keys),
    spoiled: lackingOf(numbers.from(4), keys).spoiled,
    newer,
  };
}

function endedArguments({ slot, startUs, held, doubt, heldUs, actual, priceUs, missingUntilUs }: EndedPage): string[] {
  const taken = actual === undefined ? "" : String(actual);
  return [String(slot), String(startUs), String(held), String(doubt), String(heldUs), taken].concat(
    String(priceUs),
    String(missingUntilUs),
  );
}
