import { grouped } from "./grouped.ts";
import type { Believed, HistoryLine } from "./history-line.ts";
import type { Span } from "./outage.ts";

/** What a process believed of a quota for a while. */
export interface HeldBelief extends Pick<Believed, "limit" | "burst" | "enforcement">, Span {}

/** The most that any process believed of a quota in a span. */
export interface MostBelieved {
  readonly limit: number;
  readonly burst: number;
  /** Everybody kept a sliding window all the time: nobody was sure that it need not be kept. */
  readonly keepsWindow: boolean;
}

/** What a process came to believe is written down at most so much later, on a machine that has much else to do. */
const writtenWithinUs = 200_000;

/** By quota: each belief holds until the same process says another, or is no more. */
export function heldBeliefs(
  lines: readonly HistoryLine[],
  spans: ReadonlyMap<string, Span>,
): ReadonlyMap<string, readonly HeldBelief[]> {
  const byHolder = grouped(
    lines.filter((line) => line.kind === "belief"),
    ({ process, key }) => `${process} ${key}`,
  );
  const held = [...byHolder.values()].flatMap((said) =>
    said.map((belief, place) => {
      const untilUs = said[place + 1]?.atUs ?? spans.get(belief.process)?.toUs ?? Number.POSITIVE_INFINITY;
      return { ...belief, fromUs: belief.atUs, toUs: untilUs };
    }),
  );
  return grouped(held, ({ key }) => key);
}

export function mostBelieved(beliefs: readonly HeldBelief[], { fromUs, toUs }: Span): MostBelieved | undefined {
  let [limit, burst, keepsWindow] = [Number.NEGATIVE_INFINITY, 0, true];
  for (const belief of beliefs) {
    if (belief.toUs < fromUs || belief.fromUs > toUs + writtenWithinUs) continue;
    limit = Math.max(limit, belief.limit);
    burst = Math.max(burst, belief.burst);
    keepsWindow &&= belief.enforcement === "unknown" || belief.enforcement === "sliding";
  }
  return limit === Number.NEGATIVE_INFINITY ? undefined : { limit, burst, keepsWindow };
}
