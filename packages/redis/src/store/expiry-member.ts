import type { EndedPage, Ending } from "./book-store.ts";

type MemberPage = Pick<EndedPage, "key" | "held" | "doubt">;

/**
 * The member of the expiry index that stands for a reservation: all that is needed to end it as kept, one part a line. The
 * script that books writes the same text, so taking it out is what makes an ending the first.
 */
export function memberOf(id: string, pages: readonly MemberPage[]): string {
  return [id, ...pages.flatMap(({ key, held, doubt }) => [key, held, doubt])].map(String).join("\n");
}

/** The ending as kept of a member; undefined where it is none, so that it can only be dropped. */
export function endingOf(member: string): Ending | undefined {
  const [id = "", ...parts] = member.split("\n");
  if (parts.length % 3 !== 0) return undefined;
  const pages: EndedPage[] = [];
  for (let at = 0; at < parts.length; at += 3) {
    const [key = "", held, doubt] = [parts[at], Number(parts[at + 1]), Number(parts[at + 2])];
    if (!(held >= 0 && held < Number.POSITIVE_INFINITY && doubt >= 0 && doubt < Number.POSITIVE_INFINITY))
      return undefined;
    pages.push({ key, held, doubt, ...kept });
  }
  return memberOf(id, pages) === member ? { id, pages, updates: [] } : undefined;
}

/** Where and when it was booked makes no difference to what stays spent. */
const kept = { slot: 0, startUs: 0, heldUs: 0, actual: undefined, priceUs: 0, missingUntilUs: 0 } as const;
