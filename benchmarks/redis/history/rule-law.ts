import { type MostBelieved, mostBelieved } from "./beliefs.ts";
import type { Booking, MergedHistory } from "./merged-history.ts";
import { lossAllowance } from "./outage.ts";
import type { HistoryWorld } from "./world.ts";

/** Intervals are looked at up to this long, in windows: what is too much in a longer one is so in a part of it. */
const longest = 4;

/** An ending is in the store so long after it was told, at the latest, unless the store is gone. */
const deliveredWithinUs = 500_000;

interface Change {
  readonly fromUs: number;
  readonly toUs: number;
  readonly units: number;
}

/**
 * DESIGN's law over the merged history: bookings minus give-backs in any interval are at most max(burst, largest hold) +
 * rate × length, counted at start time, shortfalls aside. Only what surely lies in the interval counts as booked, and all
 * that may lie in it as given back.
 */
export function judgeLaw(history: MergedHistory, world: HistoryWorld): readonly string[] {
  const violations: string[] = [];
  for (const [key, bookings] of history.bookings) {
    const changes = changesOf(bookings).toSorted((one, other) => one.toUs - other.toUs);
    const limit = world.limits.get(key) ?? 0;
    const facts = { limit, largest: Math.max(...bookings.map(({ held }) => held)), world };
    const longestUs = longest * world.windowUs;
    for (const [place, first] of changes.entries()) {
      if (first.units < 0) continue;
      const believedWithin = byWindows((windows) => {
        const toUs = first.fromUs + windows * world.windowUs;
        return mostBelieved(history.beliefs.get(key) ?? [], { fromUs: first.fromUs, toUs });
      });
      const broken = firstBroken(changes, place, (span, net) => {
        const lengthUs = span.toUs - span.fromUs;
        if (lengthUs > longestUs) return "enough";
        if (net <= facts.largest) return undefined;
        const byLaw = lawAllows(believedWithin(Math.ceil(lengthUs / world.windowUs)), span, facts);
        if (net <= byLaw) return undefined;
        const allowed = byLaw + lossAllowance(history.local, span, facts);
        return net > allowed ? allowed : undefined;
      });
      if (broken !== undefined) violations.push(`${key}: ${broken}`);
    }
  }
  return violations;
}

function lawAllows(
  believed: MostBelieved | undefined,
  { fromUs, toUs }: { readonly fromUs: number; readonly toUs: number },
  { limit, largest, world }: { readonly limit: number; readonly largest: number; readonly world: HistoryWorld },
): number {
  const { burst, limit: rate } = believed ?? { burst: 0, limit };
  return Math.max(burst, largest) + (Math.min(rate, limit) * (toUs - fromUs)) / world.windowUs;
}

/** Asks once for each length, in windows. */
function byWindows(ask: (windows: number) => MostBelieved | undefined): (windows: number) => MostBelieved | undefined {
  const known = new Map<number, MostBelieved | undefined>();
  return (windows) => {
    if (!known.has(windows)) known.set(windows, ask(windows));
    return known.get(windows);
  };
}

type Look = (span: { readonly fromUs: number; readonly toUs: number }, net: number) => number | "enough" | undefined;

/** The first interval from a booking on that holds too much, in words. */
function firstBroken(changes: readonly Change[], place: number, look: Look): string | undefined {
  const first = changes[place];
  if (first === undefined) return undefined;
  // What comes back of bookings before may come back now.
  let net = changes
    .slice(0, place)
    .filter(({ units, toUs }) => units < 0 && toUs + deliveredWithinUs >= first.fromUs)
    .reduce((sum, { units }) => sum + units, 0);
  for (let at = place; at < changes.length; at += 1) {
    const change = changes[at];
    if (change === undefined) break;
    if (change.units > 0 && change.fromUs < first.fromUs) continue;
    net += change.units;
    if (change.units < 0) continue;
    const allowed = look({ fromUs: first.fromUs, toUs: change.toUs }, net);
    if (allowed === "enough") return undefined;
    if (allowed !== undefined)
      return `${net} units from ${first.fromUs} to ${change.toUs} µs, where the law allows ${Math.floor(allowed)}`;
  }
  return undefined;
}

function changesOf(bookings: readonly Booking[]): Change[] {
  return bookings.flatMap(({ held, stands = held, fromUs, toUs, endedUs }) => {
    const booked = { fromUs, toUs, units: held };
    return stands < held ? [booked, { fromUs: endedUs, toUs: endedUs, units: stands - held }] : [booked];
  });
}
