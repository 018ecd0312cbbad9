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
  const pages: AskedPage[] = [];
  for (const { quota, mirror } of minutes) {
    const held = unitsAt(cost, mirror.unitPlace) ?? 0;
    const doubt = atLeast === undefined ? 0 : held - (unitsAt(atLeast, mirror.unitPlace) ?? 0);
    pages.push({ key: quota.key, held, doubt });
  }
  return { pages };
}

/** What was asked so lately need not be asked again by every call: in µs. */
const freshForUs = 5_000;

/** Whether it was asked lately how all these stand; if not, it is asked now. */
export function areFresh(asked: readonly Asked[], nowUs: number): boolean {
  if (asked.every(({ minutes }) => minutes.every(({ mirror }) => nowUs < mirror.askedAtUs + freshForUs))) return true;
  for (const { minutes } of asked) for (const { mirror } of minutes) mirror.askedAtUs = nowUs;
  return false;
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
  let leastUs = horizonUs;
  for (const { minutes } of asked) {
    for (const { mirror } of minutes) leastUs = Math.min(leastUs, mirror.windowUs * horizonShare);
  }
  return leastUs;
}

/** Pages that the store was not asked to have. */
export function unopenedOf(asked: readonly Asked[]): readonly Page[] {
  const unopened = new Set<Page>();
  for (const { minutes } of asked) for (const page of minutes) if (!page.isOpen) unopened.add(page);
  return [...unopened];
}

/** Whether what a booking there shows is worth a look at the whole ring. Each page counts on its own, so all are asked. */
export function wantsRing({ minutes }: Asked, nowUs: number): boolean {
  let wantsRing = false;
  for (const page of minutes) {
    if (!page.learner.known.looks() || nowUs < page.ringAtUs + betweenRingsUs) continue;
    page.ringAtUs = nowUs;
    wantsRing = true;
  }
  return wantsRing;
}

/** A ring costs as much as fifty bookings, and tells much the same until a slot has passed. */
const betweenRingsUs = 100_000;
