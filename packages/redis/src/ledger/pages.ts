import { type Candidate, dayWindowMs, type Quota, ShardrockError, type Target } from "@shardrock/core";
import { spareUs, unitsAt } from "@shardrock/core/book";
import { Page } from "./page.ts";
import type { PageLearnerHost } from "./page-learner.ts";

/** Where a target's calls are written. */
export interface TargetPages {
  readonly minutes: readonly Page[];
  readonly days: readonly Quota[];
}

const free: TargetPages = { minutes: [], days: [] };

/** The pages that this process has asked for, and where calls of each target are written. */
export class Pages {
  readonly #host: PageLearnerHost;
  readonly #nowUs: () => number;
  readonly #byKey = new Map<string, Page>();
  readonly #byTarget = new Map<Target, TargetPages>();
  #hasForgotten = false;

  /** @param nowUs - the store's time. */
  constructor(host: PageLearnerHost, nowUs: () => number) {
    this.#host = host;
    this.#nowUs = nowUs;
  }

  all(): IterableIterator<Page> {
    return this.#byKey.values();
  }

  get(key: string): Page | undefined {
    return this.#byKey.get(key);
  }

  /** @throws {ShardrockError} `option-invalid` when it has quotas, but none of a minute. */
  of(target: Target): TargetPages {
    const known = this.#byTarget.get(target);
    if (known !== undefined) return known;
    if (target.quotas.length === 0) return free;
    const minutes = target.quotas.filter((quota) => quota.windowMs < dayWindowMs);
    if (minutes.length === 0) {
      throw new ShardrockError("option-invalid", `target ${target.id} must have a minute quota, got none`);
    }
    const days = target.quotas.filter((quota) => quota.windowMs >= dayWindowMs);
    const pages = { minutes: minutes.map((quota) => this.#pageOf(quota)), days };
    this.#byTarget.set(target, pages);
    return pages;
  }

  forget(targets: Iterable<Target>): void {
    for (const target of targets) this.#hasForgotten = this.#byTarget.delete(target) || this.#hasForgotten;
  }

  /**
   * Lets go of pages that no target is charged to any more: not at once, because other targets may be known soon that are.
   * @returns keys of the quotas that targets are charged to; undefined: nothing was forgotten since it was asked last.
   */
  sweep(): ReadonlySet<string> | undefined {
    if (!this.#hasForgotten) return undefined;
    this.#hasForgotten = false;
    const used = new Set([...this.#byTarget.keys()].flatMap(({ quotas }) => quotas.map(({ key }) => key)));
    for (const key of this.#byKey.keys()) if (!used.has(key)) this.#byKey.delete(key);
    return used;
  }

  #pageOf(quota: Quota): Page {
    const known = this.#byKey.get(quota.key);
    if (known !== undefined) return known;
    const page = new Page(quota, this.#host);
    page.learner.refresh(this.#nowUs());
    page.keepGate();
    this.#byKey.set(quota.key, page);
    return page;
  }
}

/** When a cost fits on all of the pages: up to `nowUs` is now, less the less of them is spent; Infinity never. */
export function minutesStartUs(pages: readonly Page[], cost: Candidate["cost"], nowUs: number): number {
  let latestUs = Number.NEGATIVE_INFINITY;
  let mostTakenUs = 0;
  // Counting is quicker here than `for of`: this runs for every candidate of every call.
  for (let index = 0; index < pages.length; index += 1) {
    const mirror = pages[index]?.mirror;
    if (mirror === undefined) continue;
    const startUs = mirror.startUs(unitsAt(cost, mirror.unitPlace) ?? 0, nowUs);
    if (startUs > latestUs) latestUs = startUs;
    const takenUs = mirror.takenUs(nowUs);
    if (takenUs > mostTakenUs) mostTakenUs = takenUs;
  }
  return latestUs > nowUs ? latestUs : nowUs - spareUs(mostTakenUs);
}

/** When a cost fits on all of the pages at the earliest, as the store has just shown; below now where that is not known. */
export function fitUs(pages: readonly Page[], cost: Candidate["cost"], nowUs: number): number {
  return Math.max(...pages.map(({ mirror }) => mirror.fitsUs(unitsAt(cost, mirror.unitPlace) ?? 0, nowUs)));
}

/** The page that makes a cost wait longest. */
export function latestOf(
  pages: readonly Page[],
  cost: Candidate["cost"],
  nowUs: number,
): { readonly quota: Quota; readonly startUs: number } | undefined {
  const starts = pages.map(({ quota, mirror }) => {
    return { quota, startUs: mirror.startUs(unitsAt(cost, mirror.unitPlace) ?? 0, nowUs) };
  });
  return starts.reduce<(typeof starts)[number] | undefined>(
    (latest, start) => (latest === undefined || start.startUs > latest.startUs ? start : latest),
    undefined,
  );
}
