import type { ControlOperation } from "./control-operation.ts";

/** One API in one account and Region. */
export interface ControlApi {
  readonly accountId: string;
  readonly region: string;
  readonly operation: ControlOperation;
}

/** What was asked of it so far. */
export interface ControlStats extends ControlApi {
  /** Requests whose signature was right. */
  readonly calls: number;
  /** Among them those that came too fast. */
  readonly throttled: number;
  /** Most requests that came within any one second. */
  readonly mostPerSecond: number;
}

type Counts = { -readonly [Name in keyof ControlStats]: ControlStats[Name] } & { readonly lastSecond: number[] };

/** Counts requests about accounts, so that their pace can be checked. */
export class ControlTally {
  readonly #apis = new Map<string, Counts>();

  get apis(): readonly ControlStats[] {
    return [...this.#apis.values()].map(({ lastSecond: _, ...stats }) => stats);
  }

  arrived(api: ControlApi, nowMs: number): void {
    const counts = this.#of(api);
    counts.calls += 1;
    counts.lastSecond.push(nowMs);
    while ((counts.lastSecond[0] ?? nowMs) <= nowMs - 1_000) counts.lastSecond.shift();
    counts.mostPerSecond = Math.max(counts.mostPerSecond, counts.lastSecond.length);
  }

  throttled(api: ControlApi): void {
    this.#of(api).throttled += 1;
  }

  #of({ accountId, region, operation }: ControlApi): Counts {
    const key = `${accountId}/${region}/${operation}`;
    const known = this.#apis.get(key);
    if (known !== undefined) return known;
    const fresh = { accountId, region, operation, calls: 0, throttled: 0, mostPerSecond: 0, lastSecond: [] };
    this.#apis.set(key, fresh);
    return fresh;
  }
}
