import type { Candidate, Quota } from "@shardrock/core";
import { unitsAt } from "@shardrock/core/book";
import type { AskedCandidate, AskedPage } from "../store/book-store.ts";
import type { Page } from "./page.ts";

/** One candidate that the store may be asked for. */
export interface Asked {
  readonly candidate: Candidate;
  readonly minutes: readonly Page[];
  readonly days: readonly Quota[];
  /** Day quotas that a call there would probe. */
  readonly probes: readonly Quota[];
}

/** Nothing is booked ahead by more, in µs, nor by more than this share of the window. */
const horizonUs = 2_000_000;
const horizonShare = 1 / 30;

/** What a candidate takes of each of its pages. */
export function askedOf({ candidate: { cost, atLeast }, minutes }: Asked): AskedCandidate {
  const pages = minutes.map(({ quota, mirror }): AskedPage => {
    const held = unitsAt(cost, mirror.unitPlace) ?? 0;
    const doubt = atLeast === undefined ? 0 : held - (unitsAt(atLeast, mirror.unitPlace) ?? 0);
    return { key: quota.key, held, doubt };
  });
  return { pages };
}

/** What is asked of each page at most, by key. */
export function mostAsked(candidates: readonly AskedCandidate[]): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  for (const { pages } of candidates) {
    for (const { key, held } of pages) most.set(key, Math.max(held, most.get(key) ?? 0));
  }
  return most;
}

/** How far ahead these may be booked. */
export function horizonOf(asked: readonly Asked[]): number {
  const windows = asked.flatMap(({ minutes }) => minutes.map(({ mirror }) => mirror.windowUs * horizonShare));
  return Math.min(horizonUs, ...windows);
}

export function pagesOf(asked: readonly Asked[]): ReadonlySet<Page> {
  return new Set(asked.flatMap(({ minutes }) => minutes));
}
