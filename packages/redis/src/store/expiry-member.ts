import type { EndedPage, Ending } from "./book-store.ts";

type MemberPage = Pick<EndedPage, "key" | "slot" | "held" | "doubt" | "heldUs">;

/**
 * The member of the expiry index that stands for a reservation: all that is needed to end it as kept, one part a line. The
 * script that books writes the same text, so taking it out is what makes an ending the first.
 */
export function memberOf(id: string, startUs: number, pages: readonly MemberPage[]): string {
  const parts = pages.flatMap(({ key, slot, held, doubt, heldUs }) => [key, slot, held, doubt, heldUs]);
  return [id, startUs, ...parts].map(String).join("\n");
}

/** The ending as kept of a member; undefined where it is none, so that it can only be dropped. */
export function endingOf(member: string): Ending | undefined {
  const [id = "", startsAt = "", ...parts] = member.split("\n");
  const startUs = Number(startsAt);
  if (parts.length % 5 !== 0 || !Number.isFinite(startUs)) return undefined;
  const pages: EndedPage[] = [];
  for (let at = 0; at < parts.length; at += 5) {
    const [key = "", ...numbers] = parts.slice(at, at + 5);
    const [slot = 0, held = 0, doubt = 0, heldUs = 0] = numbers.map(Number);
    if (![slot, held, doubt, heldUs].every((number) => number >= 0 && Number.isFinite(number))) return undefined;
    const kept = { actual: undefined, priceUs: 0, missingUntilUs: 0 };
    pages.push({ key, slot, startUs, held, doubt, heldUs, ...kept });
  }
  const ending = { id, pages, updates: [] };
  return memberOf(id, startUs, pages) === member ? ending : undefined;
}
