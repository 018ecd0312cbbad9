import { createHash } from "node:crypto";
import type { Clock, Findings, QuotaPlace } from "@shardrock/core";
import type { PlaceReading } from "../discovery/place-reader.ts";
import { placeKey } from "../reader/place-key.ts";
import { type DestinationsAge, destinationsAge, foundFindings, isStale } from "./found-findings.ts";
import type { FiledPlace } from "./known-json.ts";
import { fileText } from "./known-json.ts";
import { afterReading, isRamping, type KnownPlace, knownQuotas } from "./known-place.ts";

export interface KnownPlacesOptions {
  readonly clock: Clock;
  readonly maxQuotaAgeMs: number;
}

/** What a reading changes. */
export interface Learned {
  /** Whether what is known is another than before it. */
  readonly isOther: boolean;
  /** Whether it is another than what {@link KnownPlaces.findings} told the router last. */
  readonly isNews: boolean;
}

/** What is known of every place, and how it grows old. */
export class KnownPlaces {
  readonly #options: KnownPlacesOptions;
  readonly #places = new Map<string, KnownPlace>();
  /** What matters to the router of each place, as a hash: the text is long. */
  readonly #gists = new Map<string, string>();
  /** What the router was told of each place last. */
  readonly #told = new Map<string, string>();

  constructor(options: KnownPlacesOptions) {
    this.#options = options;
  }

  get all(): ReadonlyMap<string, KnownPlace> {
    return this.#places;
  }

  /** Undefined parts: nothing is known yet. */
  of(place: QuotaPlace): KnownPlace {
    return this.#places.get(placeKey(place)) ?? { place, quotas: undefined, profiles: undefined };
  }

  isStale({ quotas }: KnownPlace): boolean {
    return quotas !== undefined && isStale(quotas.readAtMs, this.#age);
  }

  /** Where no profile was ever read there is nothing to grow old. */
  destinationsAge({ profiles }: KnownPlace): DestinationsAge {
    return profiles === undefined ? "fresh" : destinationsAge(profiles.readAtMs, this.#age);
  }

  /** Whether calls can go by what is known of it. */
  isUsable(place: QuotaPlace): boolean {
    const known = this.of(place);
    return known.quotas !== undefined && this.destinationsAge(known) !== "unknown";
  }

  get isRamping(): boolean {
    const { nowMs } = this.#age;
    return [...this.#places.values()].some((place) => isRamping(place, nowMs));
  }

  /** Takes what another process knew, as old as it is. */
  load(filed: readonly FiledPlace[]): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const { accountId, region, quotas, profiles } of filed) {
      const readAtMs = (epochMs: number): number => nowMs - Math.max(0, this.#options.clock.epochMs() - epochMs);
      this.#set({
        place: { accountId, region },
        quotas: quotas && knownQuotas(quotas.rows, { nowMs, readAtMs: readAtMs(quotas.readAtEpochMs) }),
        profiles: profiles && { rows: profiles.rows, readAtMs: readAtMs(profiles.readAtEpochMs) },
      });
    }
  }

  /** Takes what was read now; what was not read stays. */
  learn(place: QuotaPlace, { quotas, profiles }: PlaceReading): Learned {
    const nowMs = this.#options.clock.monotonicMs();
    const before = this.of(place);
    const known: KnownPlace = {
      place,
      quotas: quotas === undefined ? before.quotas : afterReading(before.quotas, quotas, nowMs),
      profiles: profiles === undefined ? before.profiles : { rows: profiles, readAtMs: nowMs },
    };
    const key = placeKey(place);
    const gist = this.#gists.get(key);
    this.#set(known);
    return { isOther: gist !== this.#gists.get(key), isNews: this.#toTell(known) !== this.#told.get(key) };
  }

  /** Forgets all others. */
  keepOnly(isWanted: (place: QuotaPlace) => boolean): void {
    for (const [key, { place }] of this.#places) {
      if (isWanted(place)) continue;
      this.#places.delete(key);
      this.#gists.delete(key);
      this.#told.delete(key);
    }
  }

  /**
   * What is known at this time, for the router; later changes do not show in it.
   * @param instances - processes that share the quotas.
   */
  findings({ instances }: { readonly instances: number }): Findings {
    for (const [key, known] of this.#places) this.#told.set(key, this.#toTell(known));
    return foundFindings(new Map(this.#places), { ...this.#age, instances });
  }

  /** The same, for a file. */
  fileText(): string {
    const { clock } = this.#options;
    const [nowMs, nowEpochMs] = [clock.monotonicMs(), clock.epochMs()];
    return fileText(this.#places.values(), (ms) => Math.max(0, Math.round(nowEpochMs - (nowMs - ms))));
  }

  get #age(): { readonly nowMs: number; readonly maxQuotaAgeMs: number } {
    return { nowMs: this.#options.clock.monotonicMs(), maxQuotaAgeMs: this.#options.maxQuotaAgeMs };
  }

  #set(known: KnownPlace): void {
    const key = placeKey(known.place);
    this.#places.set(key, known);
    this.#gists.set(key, gistOf(known));
  }

  /** Age is told by the time that passes, also where nothing is read. */
  #toTell(known: KnownPlace): string {
    const isPlaced = this.destinationsAge(known) !== "unknown";
    return [this.#gists.get(placeKey(known.place)), this.isStale(known), isPlaced].join();
  }
}

function gistOf({ quotas, profiles }: KnownPlace): string {
  const { index } = quotas ?? {};
  const published = index && [[...index.published], index.isOnHold, [...index.onDemand], [...index.mantle]];
  return createHash("sha256")
    .update(JSON.stringify([published, profiles?.rows]))
    .digest("base64");
}
