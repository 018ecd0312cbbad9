import { LRUCache } from "lru-cache";
import type { Target } from "../budget/target.ts";
import type { Clock } from "../clock.ts";
import { ShardrockError } from "../errors.ts";
import type { CallRequest } from "./call.ts";

/** How long and how many affinity keys are remembered. */
export interface AffinityOptions {
  /** Milliseconds after the last call with a key; a whole number from 1 up. */
  readonly ttlMs: number;
  /** Keys remembered at once; the one unused for longest is forgotten first. A whole number from 1 up. */
  readonly maxKeys: number;
}

/** Source of the time: AWS, "Prompt caching for faster model inference": a cache lives 5 minutes from its last hit (read 2026-11-22). */
const usual: AffinityOptions = { ttlMs: 300_000, maxKeys: 10_000 };

/** Where a key is at home, and what is cached for it there. */
export interface Home {
  /** Its account and Region are the home: the last call with the key went there. */
  readonly target: Target;
  /** Prompt tokens in the provider's cache there, as the last answer told; 0 while nobody knows. */
  readonly prefixTokens: number;
}

/** Prompt tokens out of a cache and into it; 0 up. */
export interface CacheUse {
  readonly readTokens: number;
  readonly writeTokens: number;
}

/** The same while it changes: what is learnt late must not make the key look used late. */
type Place = { -readonly [Name in keyof Home]: Home[Name] };

/**
 * Remembers where calls with one key went last, and how much of their prompt is cached there: a provider's prompt cache
 * lives in one account and Region. Keys stay in this process's memory, for each pool on their own, and go nowhere else.
 */
export class Affinity {
  #options: AffinityOptions;
  readonly #clock: Clock;
  /** The most prompt tokens that ever came out of a cache, by pool. */
  readonly #mostRead = new Map<string, number>();
  /** Made when the first key comes: it takes its memory at once. */
  #places: LRUCache<string, Place> | undefined;

  /** @throws {ShardrockError} `option-invalid`. */
  constructor(options: AffinityOptions | undefined, clock: Clock) {
    this.#options = checked(options ?? usual);
    this.#clock = clock;
  }

  /**
   * Remembers by other rules from now on; keys that are known have the new time from now on, as many as there may be.
   * @throws {ShardrockError} `option-invalid`; then nothing has changed.
   */
  change(options: AffinityOptions): void {
    const { ttlMs, maxKeys } = this.#options;
    if (options.ttlMs === ttlMs && options.maxKeys === maxKeys) return;
    this.#options = checked(options);
    const known = this.#places;
    if (known === undefined) return;
    this.#places = this.#open();
    // The one unused for longest comes first, so that it is forgotten first.
    for (const [key, place] of [...known.entries()].toReversed()) this.#places.set(key, place);
  }

  /** Where the key of a call is at home; undefined when it has none, or was not used for too long. */
  homeOf(request: CallRequest): Home | undefined {
    return this.#placeOf(request);
  }

  /**
   * A call goes to a target, and that place is its key's home from now on. What was cached before counts there at once:
   * the call is about to write it again, and must not be taken for free to move on before it is back.
   * @returns where the key was at home before.
   */
  moveTo(request: CallRequest, target: Target): Home | undefined {
    if (request.affinityKey === undefined) return undefined;
    const place = this.#placeOf(request);
    const before = place && { ...place };
    this.#places ??= this.#open();
    this.#places.set(keyOf(request), { target, prefixTokens: before?.prefixTokens ?? 0 });
    return before;
  }

  /** A call was answered at a target: what it read and wrote is cached there now. Elsewhere than at home that says nothing. */
  learn(request: CallRequest, target: Target, { readTokens, writeTokens }: CacheUse): void {
    const place = this.#placeOf(request);
    if (place !== undefined && isSamePlace(place.target, target)) place.prefixTokens = readTokens + writeTokens;
    if (readTokens > (this.#mostRead.get(request.pool) ?? 0)) this.#mostRead.set(request.pool, readTokens);
  }

  /** Prompt tokens of a call that may come out of a cache at a target: 0 up, and 0 where no call of its pool ever read one. */
  cachedTokens(request: CallRequest, target: Target): number {
    const mostTokens = this.#mostRead.size === 0 ? 0 : (this.#mostRead.get(request.pool) ?? 0);
    if (mostTokens === 0) return 0;
    const home = this.#placeOf(request);
    return home !== undefined && isSamePlace(home.target, target) ? home.prefixTokens : mostTokens;
  }

  /** A call came back from a target unprocessed, so nothing was cached there: the key's home is where it was before. */
  moveBack(request: CallRequest, target: Target, before: Home): void {
    const place = this.#placeOf(request);
    if (place === undefined || !isSamePlace(place.target, target)) return; // another call has moved it since
    place.target = before.target;
    place.prefixTokens = before.prefixTokens;
  }

  #placeOf(request: CallRequest): Place | undefined {
    return request.affinityKey === undefined ? undefined : this.#places?.get(keyOf(request));
  }

  #open(): LRUCache<string, Place> {
    const clock = this.#clock;
    const { ttlMs, maxKeys } = this.#options;
    // A start at 0 means "never stale" there, and virtual time begins at 0. Resolution 0: no timer of its own.
    const perf = { now: () => clock.monotonicMs() + 1 };
    return new LRUCache({ max: maxKeys, ttl: ttlMs, ttlResolution: 0, perf });
  }
}

function checked(options: AffinityOptions): AffinityOptions {
  for (const name of ["ttlMs", "maxKeys"] as const) {
    const value = options[name];
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new ShardrockError("option-invalid", `affinity.${name} must be a whole number from 1 up, got ${value}`);
  }
  return options;
}

/** Whether two targets share a prompt cache, as far as anybody outside AWS knows. */
export function isSamePlace(one: Target, other: Target): boolean {
  return one.accountId === other.accountId && one.region === other.region;
}

function keyOf({ pool, affinityKey }: CallRequest): string {
  return `${pool}\n${affinityKey}`;
}
