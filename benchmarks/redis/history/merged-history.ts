import { grouped } from "./grouped.ts";
import { type HeldBelief, heldBeliefs } from "./beliefs.ts";
import type { FaultLine, HistoryLine } from "./history-line.ts";
import { type LocalSpans, localSpans, type Span } from "./outage.ts";
import type { HistoryWorld } from "./world.ts";

/** What one call took of one quota. */
export interface Booking {
  readonly call: string;
  readonly process: string;
  readonly key: string;
  readonly held: number;
  /** It starts to count between these two. */
  readonly fromUs: number;
  readonly toUs: number;
  /** What it stands at once it has ended; undefined: nobody ended it, so it stands at what it held. */
  readonly stands: number | undefined;
  /** When it was ended at the earliest; Infinity: never. */
  readonly endedUs: number;
}

/** What all processes did, merged. */
export interface MergedHistory {
  /** By quota, in order of `toUs`. */
  readonly bookings: ReadonlyMap<string, readonly Booking[]>;
  /** By quota. */
  readonly beliefs: ReadonlyMap<string, readonly HeldBelief[]>;
  readonly faults: readonly FaultLine[];
  readonly local: LocalSpans;
  /** When each process began and stopped to ask; one that was killed stopped then. */
  readonly spans: ReadonlyMap<string, { readonly fromUs: number; readonly toUs: number }>;
  /** When each process stood still. */
  readonly stalls: ReadonlyMap<string, readonly Span[]>;
  /** Calls that were asked for, and nobody knows whether they were granted. */
  readonly doubtful: readonly string[];
  /** Calls that were granted twice, ended twice, or ended without having been granted. */
  readonly odd: readonly string[];
}

export function merge(lines: readonly HistoryLine[], world: HistoryWorld): MergedHistory {
  const { odd, grants, ends, answered } = sortOut(lines);
  const all = [...grants.values()].flatMap(({ call, process, holds, fromUs, toUs }): readonly Booking[] => {
    const end = ends.get(call);
    return Object.entries(holds).map(([key, held]) => {
      const booking = { call, process, key, held, fromUs, toUs };
      return { ...booking, stands: end?.stands[key], endedUs: end?.atUs ?? Number.POSITIVE_INFINITY };
    });
  });
  const bookings = grouped(all, ({ key }) => key);
  for (const each of bookings.values()) each.sort((one, other) => one.toUs - other.toUs);
  const spans = spansOf(lines);
  const beliefs = heldBeliefs(lines, spans);
  const doubtful = lines.flatMap((line) => (line.kind === "invoke" && !answered.has(line.call) ? [line.call] : []));
  const stalls = grouped(
    lines.filter((line) => line.kind === "stall"),
    ({ process }) => process,
  );
  const faults = lines.filter(isFault);
  return { bookings, beliefs, faults, local: localSpans(lines, faults, world), spans, stalls, doubtful, odd };
}

function sortOut(lines: readonly HistoryLine[]) {
  const odd: string[] = [];
  const grants = new Map<string, Extract<HistoryLine, { kind: "ok" }>>();
  const ends = new Map<string, Extract<HistoryLine, { kind: "end" }>>();
  const answered = new Set<string>();
  for (const line of lines) {
    if (line.kind === "ok" || line.kind === "refused" || line.kind === "failed") answered.add(line.call);
    if (line.kind === "ok") {
      if (grants.has(line.call)) odd.push(`${line.call} was granted twice`);
      grants.set(line.call, line);
    }
    if (line.kind === "end") {
      if (ends.has(line.call)) odd.push(`${line.call} was ended twice`);
      ends.set(line.call, line);
    }
  }
  for (const call of ends.keys()) if (!grants.has(call)) odd.push(`${call} was ended, but never granted`);
  return { odd, grants, ends, answered };
}

function spansOf(lines: readonly HistoryLine[]): MergedHistory["spans"] {
  const spans = new Map<string, { fromUs: number; toUs: number }>();
  for (const line of lines) {
    if (line.kind === "begin") spans.set(line.process, { fromUs: line.atUs, toUs: Number.POSITIVE_INFINITY });
  }
  for (const line of lines) {
    const process = line.kind === "stop" || (line.kind === "fault" && line.fault === "kill") ? line.process : undefined;
    const span = process === undefined ? undefined : spans.get(process);
    if (span !== undefined) span.toUs = Math.min(span.toUs, line.kind === "fault" ? line.fromUs : atOf(line));
  }
  return spans;
}

function atOf(line: HistoryLine): number {
  return "atUs" in line ? line.atUs : line.fromUs;
}

function isFault(line: HistoryLine): line is FaultLine {
  return line.kind === "fault";
}
