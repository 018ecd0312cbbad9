import type { Figure } from "../ceiling/figure.ts";
import type { DriftResult } from "./drift-run.ts";
import { type Minute, sharedTpm } from "./minute-record.ts";
import { consumerShare, type Contender, type LoadName, minuteMs, summedTpm, timeline } from "./scene.ts";

/** Results of one load and limiter, by contender, in the order of the seeds. */
export type Beside = Readonly<Record<Contender, readonly DriftResult[]>>;

/** The router has met the consumer when it has shared an account with it for a minute. */
const metFrom = timeline.comes + 1;

/** The account is in full use again once it carries so much of what the others do, over three minutes. */
const fullShare = 0.95;
const fullOverMinutes = 3;

const bars = { throttled: 0.01, fullAgainMs: 20 * minuteMs } as const;

/**
 * Of what was really free. Of all that quotas leave beside the consumer no router reaches 95 % under sliding minutes, where
 * what a call held and did not use stays spent for a while: the router that asks the limiters shows how much can be had.
 */
const goodputBar = { least: 0.95 } as const;

interface Column {
  readonly title: string;
  readonly kind: Figure["kind"];
  readonly value: (minutes: readonly Minute[], load: LoadName) => number;
  readonly bar?: NonNullable<Figure["bar"]>;
}

const columns: readonly Column[] = [
  { title: "throttled when met", kind: "share", value: (all) => throttled(all.slice(timeline.comes, metFrom)) },
  {
    title: "throttled after",
    kind: "small share",
    value: (all) => throttled(all.slice(metFrom)),
    bar: { most: bars.throttled },
  },
  {
    title: "there after",
    kind: "small share",
    value: (all) => sum(all.slice(metFrom), "sharedThrottled") / sum(all.slice(metFrom), "sharedAttempts"),
  },
  { title: "goodput of free", kind: "share", value: goodputOfFree },
  { title: "of free there", kind: "share", value: sharedOfFree },
  { title: "goodput later", kind: "share", value: goodputLater },
  {
    title: "consumer got",
    kind: "share",
    value: (all) => sum(beside(all), "consumerTokens") / (consumerShare * sharedTpm * beside(all).length),
  },
  { title: "full again", kind: "s", value: fullAgainMs, bar: { most: bars.fullAgainMs } },
];

/** A line of a table, one value a seed; only the router that is corrected is held to the bars. */
export function figuresOf(contender: Contender, load: LoadName, beside: Beside): readonly Figure[] {
  const ofTold: Figure = {
    title: "of told",
    kind: "share",
    values: goodputOfTold(contender, load, beside),
    bar: goodputBar,
  };
  const figures = columns.map(({ title, kind, value, bar }): Figure => {
    const values = beside[contender].map(({ minutes }) => value(minutes, load)).filter((each) => !Number.isNaN(each));
    const figure = { title, kind, values };
    return bar === undefined ? figure : { ...figure, bar };
  });
  return [...figures, ofTold].map(({ bar, ...figure }) => {
    return bar === undefined || contender !== "drift" ? figure : { ...figure, bar };
  });
}

/** The same as of free, over what the told router makes of what is free beside it, on the same calls. */
function goodputOfTold(contender: Contender, load: LoadName, { told, ...others }: Beside): readonly number[] {
  const results = contender === "told" ? told : others[contender];
  return results.flatMap((result, place) => {
    const best = told[place];
    return best === undefined ? [] : [goodputOfFree(result.minutes, load) / goodputOfFree(best.minutes, load)];
  });
}

function throttled(minutes: readonly Minute[]): number {
  return sum(minutes, "throttled") / sum(minutes, "attempts");
}

/** Minutes in which the consumer was there and had been met. */
function beside(minutes: readonly Minute[]): readonly Minute[] {
  return minutes.slice(metFrom, timeline.leaves);
}

/** Of what all quotas leave beside what the consumer really took; of what was asked where that is less. */
function goodputOfFree(minutes: readonly Minute[], load: LoadName): number {
  const there = beside(minutes);
  const free = there.length * summedTpm - sum(there, "consumerTokens");
  return sum(there, "tokens") / (load === "fits" ? sum(there, "offeredTokens") : free);
}

/** The same of the account alone. */
function sharedOfFree(minutes: readonly Minute[]): number {
  const there = beside(minutes);
  return sum(there, "sharedTokens") / (there.length * sharedTpm - sum(there, "consumerTokens"));
}

/** Of all quotas, or of what was asked, once the consumer has left and the account may be in full use again. */
function goodputLater(minutes: readonly Minute[]): number {
  const later = minutes.slice(timeline.leaves);
  return sum(later, "tokens") / Math.min(later.length * summedTpm, sum(later, "offeredTokens"));
}

/** From its leaving on; Infinity where it never was. Where less is asked than there is, by what the book plans on, if there is one. */
function fullAgainMs(minutes: readonly Minute[], load: LoadName): number {
  if (load === "fits" && minutes.every(({ planned }) => planned === 0)) return Number.NaN;
  if (load === "fits") {
    const first = minutes.findIndex(({ planned }, at) => at >= timeline.leaves && planned >= fullShare * sharedTpm);
    return first < 0 ? Number.POSITIVE_INFINITY : (first + 1 - timeline.leaves) * minuteMs;
  }
  const others = summedTpm - sharedTpm;
  for (let first = timeline.leaves; first + fullOverMinutes <= minutes.length; first += 1) {
    const some = minutes.slice(first, first + fullOverMinutes);
    const shared = sum(some, "sharedTokens");
    const elsewhere = sum(some, "tokens") - shared;
    if (shared / sharedTpm >= (fullShare * elsewhere) / others) return (first - timeline.leaves) * minuteMs;
  }
  return Number.POSITIVE_INFINITY;
}

function sum(minutes: readonly Minute[], field: keyof Minute): number {
  return minutes.reduce((total, minute) => total + minute[field], 0);
}
