import type { Figure } from "../ceiling/figure.ts";
import type { Contender, Fault } from "./fault.ts";
import type { FaultResult } from "./fault-result.ts";

/** How soon traffic must avoid the account, in ms. A 503 comes at once, but it takes several to blame the account. */
const avoidedWithinMs: Readonly<Record<Fault["kind"], number>> = {
  denied: 1_000,
  unavailable: 5_000,
  "black hole": 10_000,
};

/** Calls that may meet the fault: few a second where traffic already avoids it are traffic too. */
const hitAtMost: Readonly<Record<Fault["kind"], number>> = { denied: 5, unavailable: 60, "black hole": 100 };

/** Throttles of its own calls in its first minute, at most: what the ceiling bench allows a router that learns. */
const throttledAtMost = 0.005;

interface Column {
  readonly title: string;
  readonly kind: Figure["kind"];
  readonly value: (result: FaultResult) => number;
  readonly most?: number;
}

/** A line of a table, one value a seed; only this library with its failover is held to the bars. */
export function figuresOf(contender: Contender, { kind }: Fault, results: readonly FaultResult[]): readonly Figure[] {
  return columnsOf(kind).map(({ title, kind: unit, value, most }) => {
    const values = results.map(value).filter((each) => !Number.isNaN(each));
    const figure = { title, kind: unit, values };
    return most === undefined || contender !== "failover" ? figure : { ...figure, bar: { most } };
  });
}

function columnsOf(kind: Fault["kind"]): readonly Column[] {
  return [
    { title: "failed", kind: "number", value: ({ failed }) => failed, most: 0 },
    { title: "no room", kind: "number", value: ({ refused }) => refused, most: 0 },
    { title: "hit", kind: "number", value: ({ hit }) => hit.calls, most: hitAtMost[kind] },
    { title: "p50 added", kind: "s", value: ({ hit }) => hit.p50Ms },
    { title: "p99 added", kind: "s", value: ({ hit }) => hit.p99Ms },
    { title: "wait p50", kind: "s", value: ({ others }) => others.p50Ms },
    { title: "wait p99", kind: "s", value: ({ others }) => others.p99Ms },
    { title: "longest", kind: "s", value: ({ others }) => others.longestMs },
    { title: "avoided after", kind: "s", value: ({ avoidedMs }) => avoidedMs, most: avoidedWithinMs[kind] },
    { title: "throttled", kind: "small share", value: ({ throttled }) => throttled, most: throttledAtMost },
    { title: "share after", kind: "s", value: ({ shareMs }) => shareMs },
  ];
}
