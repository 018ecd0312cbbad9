import type { ScriptReply } from "../clients/script-client.ts";
import type { Beaten } from "./book-store.ts";
import { endingOf } from "./expiry-member.ts";
import { listOf, Numbers, textOf } from "./reply-reader.ts";

/** What a beat was answered, and members of the expiry index that nobody can read. @throws {StoreFault} when it makes no sense. */
export function beatenOf(reply: ScriptReply): { readonly beaten: Beaten; readonly unreadable: readonly string[] } {
  const [first, ...rest] = listOf(reply);
  const numbers = new Numbers(first);
  const [processCount, told] = [numbers.at(3), numbers.at(4)];
  const texts = rest.map(textOf);
  const members = texts.slice(processCount + told);
  const endings = members.map((member) => endingOf(member));
  return {
    beaten: {
      nowUs: numbers.at(0),
      epoch: String(numbers.at(1)),
      newsCount: numbers.at(2),
      processes: texts.slice(0, processCount),
      news: texts.slice(processCount, processCount + told),
      expired: endings.filter((ending) => ending !== undefined),
    },
    unreadable: members.filter((_, index) => endings[index] === undefined),
  };
}
