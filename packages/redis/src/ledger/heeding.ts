import type { Random } from "@shardrock/core";
import { unitsAt } from "@shardrock/core/book";
import type { Refused } from "../store/book-store.ts";
import { type Asked, horizonOf } from "./asking.ts";
import type { Members } from "./members.ts";
import type { Page } from "./page.ts";
import type { Pages } from "./pages.ts";

/** Waits of several processes are spread by no more than this, in µs. */
const longestJitterUs = 500_000;

export interface HeedingHost {
  readonly pages: Pages;
  readonly members: Members;
  readonly random: Random;
}

/**
 * Nobody asks again before it is worth it, and not all processes at once. What is booked ahead for this process it is told to
 * ask for before it can start. Who had more than its share gets what nobody else wants, and looks for that once a horizon: what
 * collects meanwhile is kept for it, as far as bursts go.
 */
export function heed(host: HeedingHost, refused: Refused, asked: readonly Asked[]): void {
  const { place, short, askAtUs, startUs, nowUs } = refused;
  const page = host.pages.get(short);
  const best = asked[place];
  if (page === undefined || best === undefined) return;
  const spreadUs = (2 * (host.members.count - 1) * unitsOf(best, page.mirror) * page.mirror.priceUs) / asked.length;
  const jitterUs = Math.floor(host.random() * Math.min(longestJitterUs, spreadUs));
  const isAhead = askAtUs < startUs;
  const atUs = Math.max(askAtUs, nowUs + (isAhead ? leastUs : horizonOf(asked))) + jitterUs;
  // None of them starts before the best does.
  for (const one of asked) {
    const { mirror } = one === best ? page : latestOf(one, nowUs);
    mirror.askAgain(unitsOf(one, mirror), atUs, isAhead ? "taken" : "turn");
  }
}

/** The page that a candidate waits for longest. */
function latestOf(one: Asked, nowUs: number): Pick<Page, "mirror"> {
  const startUs = ({ mirror }: Page): number => mirror.startUs(unitsOf(one, mirror), nowUs);
  return one.minutes.reduce((latest, page) => (startUs(page) > startUs(latest) ? page : latest));
}

function unitsOf({ candidate: { cost } }: Asked, { unitPlace }: Page["mirror"]): number {
  return unitsAt(cost, unitPlace) ?? 0;
}

/** Nothing is asked again at once. */
const leastUs = 1_000;
