import type { MergedHistory } from "./merged-history.ts";
import { isOutage, lengthOf, overlap, type Span } from "./outage.ts";
import type { HistoryWorld } from "./world.ts";

export interface SharesJudged {
  readonly violations: readonly string[];
  /** Windows that were looked at. */
  readonly judged: number;
  /** The least share of a fair share that any process had in one of them; 1: all had the same. */
  readonly least: number;
}

/** A process that comes anew finds its way for so long, in windows; one that stood still longer did not want more. */
const settlesIn = 0.25;
const mostStalled = 0.1;

/**
 * No process has less than half of its fair share in a window of overload, where all of them want more all the time; but for
 * who had so much more in the window before that it has half of both together: who took what others were away for stands back.
 * Looked at in windows without an outage and in those processes that lived all through.
 * @param isCounted - which quotas, by key: of one unit.
 */
export function judgeShares(
  history: MergedHistory,
  world: HistoryWorld,
  isCounted: (key: string) => boolean,
): SharesJudged {
  const bookings = [...history.bookings].flatMap(([key, each]) => (isCounted(key) ? each : []));
  const violations: string[] = [];
  let judged = 0;
  let least = 1;
  for (const span of calmWindows(history, world)) {
    const processes = livelyIn(history, span, world);
    const shares = sharesIn(span, processes, bookings);
    if (shares.size < 2) continue;
    judged += 1;
    const withBefore = sharesIn({ ...span, fromUs: span.fromUs - world.windowUs }, processes, bookings);
    for (const [process, share] of shares) {
      const most = Math.max(share, withBefore.get(process) ?? 0);
      least = Math.min(least, most);
      if (most < 0.5)
        violations.push(`${process} had ${Math.round(share * 100)} % of its share from ${span.fromUs} µs on`);
    }
  }
  return { violations, judged, least };
}

/** What each of them booked of what is fair; nothing where nobody booked anything. */
function sharesIn(
  { fromUs, toUs: untilUs }: Span,
  processes: readonly string[],
  bookings: readonly { readonly process: string; readonly held: number; readonly toUs: number }[],
): ReadonlyMap<string, number> {
  const booked = new Map(processes.map((process) => [process, 0]));
  for (const { process, held, toUs } of bookings) {
    const units = booked.get(process);
    if (units !== undefined && toUs > fromUs && toUs <= untilUs) booked.set(process, units + held);
  }
  const fair = [...booked.values()].reduce((sum, units) => sum + units, 0) / booked.size;
  return fair > 0 ? new Map([...booked].map(([process, units]) => [process, units / fair])) : new Map();
}

/** Who lived all through, came before, and did not stand still. */
function livelyIn({ spans, stalls }: MergedHistory, span: Span, { windowUs }: HistoryWorld): readonly string[] {
  const alive = [...spans].filter(
    ([, { fromUs, toUs }]) => fromUs + settlesIn * windowUs <= span.fromUs && toUs >= span.toUs,
  );
  const stalledUs = (process: string): number =>
    lengthOf((stalls.get(process) ?? []).map((stall) => overlap(stall, span)));
  return alive.map(([process]) => process).filter((process) => stalledUs(process) <= mostStalled * windowUs);
}

/** Windows, half a window apart, that no outage reaches into. */
function calmWindows({ spans, faults }: MergedHistory, { windowUs, graceUs }: HistoryWorld): readonly Span[] {
  const outages = faults.filter(isOutage).map(({ fromUs, toUs }) => ({ fromUs, toUs: toUs + graceUs }));
  const begins = [...spans.values()].map(({ fromUs }) => fromUs).toSorted((one, other) => one - other);
  const ends = [...spans.values()].map(({ toUs }) => toUs).filter(Number.isFinite);
  // Whoever begins later than half of them was started anew.
  const beginUs = begins[Math.floor(begins.length / 2)] ?? 0;
  const lastUs = Math.max(...ends, Number.NEGATIVE_INFINITY);
  const windows: Span[] = [];
  for (let fromUs = beginUs; fromUs + windowUs <= lastUs; fromUs += windowUs / 2) {
    const span = { fromUs, toUs: fromUs + windowUs };
    if (outages.every((outage) => isNothing(overlap(outage, span)))) windows.push(span);
  }
  return windows;
}

function isNothing({ fromUs, toUs }: Span): boolean {
  return toUs <= fromUs;
}
