import { grouped } from "./grouped.ts";
import type { FaultLine, Granted, HistoryLine } from "./history-line.ts";
import type { HistoryWorld } from "./world.ts";

/** A time, both ends included. */
export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

/** When each process was on its own, apart from the others. */
export type LocalSpans = ReadonlyMap<string, readonly Span[]>;

/** Faults of the store. A process that is killed harms nobody else. */
export function isOutage({ fault }: FaultLine): boolean {
  return fault !== "kill";
}

/**
 * When processes decided by themselves: while the store was harmed, while they said so, and whenever they had waited as
 * long for an answer as they may.
 */
export function localSpans(
  lines: readonly HistoryLine[],
  faults: readonly FaultLine[],
  world: HistoryWorld,
): LocalSpans {
  const outages = faults.filter(isOutage).map(({ fromUs, toUs }) => ({ fromUs, toUs: toUs + world.graceUs }));
  const names = new Set(
    lines.flatMap((line) => ("process" in line && line.process !== undefined ? [line.process] : [])),
  );
  const news = grouped(
    lines.filter((line) => line.kind === "news"),
    ({ process }) => process,
  );
  const late = grouped(
    lines.filter((line) => line.kind === "ok").filter((line) => waitedUs(line) >= world.timeoutUs),
    ({ process }) => process,
  );
  return new Map(
    [...names].map((name) => [name, [...outages, ...toldLocal(news.get(name) ?? []), ...(late.get(name) ?? [])]]),
  );
}

/** How long the answer took. */
export function waitedUs({ fromUs, toUs }: Pick<Granted, "fromUs" | "toUs">): number {
  return toUs - fromUs;
}

function toldLocal(news: readonly Extract<HistoryLine, { kind: "news" }>[]): readonly Span[] {
  return news.flatMap(({ change, atUs }, place) => {
    if (change !== "local") return [];
    const back = news.slice(place).find((later) => later.change === "shared");
    return [{ fromUs: atUs, toUs: back?.atUs ?? Number.POSITIVE_INFINITY }];
  });
}

/**
 * Units beyond the limit that the documented loss of the store allows in a span: each process that is on its own goes on
 * with its part of the limit, or one call.
 */
export function lossAllowance(
  local: LocalSpans,
  span: Span,
  { limit, largest, world }: { readonly limit: number; readonly largest: number; readonly world: HistoryWorld },
): number {
  const part = (world.localShare * limit) / world.processes;
  let units = 0;
  for (const spans of local.values()) {
    const within = spans.map((each) => overlap(each, span)).filter(({ fromUs, toUs }) => toUs >= fromUs);
    if (within.length > 0) units += (part * lengthOf(within)) / world.windowUs + Math.max(largest, part * localBurst);
  }
  return units;
}

/** Of its part a process on its own may spend so much at once, after a quiet time. Source: core's `habit.burst`. */
const localBurst = 0.1;

export function overlap(one: Span, other: Span): Span {
  return { fromUs: Math.max(one.fromUs, other.fromUs), toUs: Math.min(one.toUs, other.toUs) };
}

/** Of their union, in µs. */
export function lengthOf(spans: readonly Span[]): number {
  let untilUs = Number.NEGATIVE_INFINITY;
  let sumUs = 0;
  for (const { fromUs, toUs } of spans.toSorted((one, other) => one.fromUs - other.fromUs)) {
    const sinceUs = Math.max(fromUs, untilUs);
    if (toUs <= sinceUs) continue;
    sumUs += toUs - sinceUs;
    untilUs = toUs;
  }
  return sumUs;
}
