import { type QuotaHost, type QuotaNews, type QuotaPlace, type QuotaWatch, ShardrockError } from "@shardrock/core";
import { CheckedReader } from "../discovery/checked-reader.ts";
import { PlaceReader } from "../discovery/place-reader.ts";
import { DriftWatch } from "../drift/drift-watch.ts";
import { KnownFile } from "../known/known-file.ts";
import { KnownPlaces, type Learned } from "../known/known-places.ts";
import type { AwsReader } from "../reader/aws-reader.ts";
import { placeKey } from "../reader/place-key.ts";
import { pause } from "../reader/waits.ts";
import type { QuotaRules } from "../service-quotas-options.ts";
import { AgeNews } from "./age-news.ts";
import { DestinationNews } from "./destination-news.ts";
import { Later } from "./later.ts";
import { Telling } from "./telling.ts";
import { Turns } from "./turns.ts";
import { UnmappedNews } from "./unmapped-news.ts";

export interface QuotaWatcherOptions {
  readonly host: QuotaHost;
  readonly reader: AwsReader;
  readonly rules: QuotaRules;
}

/** Calls may wait for the first readings, so they begin soon; readings that only confirm a file do not hurry. */
const firstWithinMs = 250;
const confirmWithinMs = 5_000;
/** A place that could not be read is read again sooner, the first time after this. */
const firstAgainMs = 30_000;
/** All is written at once, on the thread that serves calls. How old what is known is matters by the day, so it may be late. */
const saveEveryMs = 60_000;
const saveAgesEveryMs = 3_600_000;

/** Watches the accounts of one router: each account and Region in a loop of its own, a few at a time. */
export class QuotaWatcher implements QuotaWatch {
  readonly ready: Promise<void>;
  readonly #host: QuotaHost;
  readonly #reader: AwsReader;
  readonly #rules: QuotaRules;
  readonly #known: KnownPlaces;
  readonly #file: KnownFile | undefined;
  readonly #turns: Turns;
  readonly #unmappedNews = new UnmappedNews();
  readonly #watched = new Map<string, AbortController>();
  /** Of each place what goes on when it is left and watched again: pages that were read, and what was told. */
  readonly #looking = new Map<string, Looking>();
  readonly #failing = new Set<string>();
  readonly #unasked: Set<string>;
  readonly #ended = new AbortController();
  readonly #later: Later;
  readonly #telling: Telling;
  #becomeReady: () => void = () => undefined;

  constructor({ host, reader, rules }: QuotaWatcherOptions) {
    const { clock } = host;
    this.#host = host;
    this.#reader = new CheckedReader(reader);
    this.#rules = rules;
    this.#known = new KnownPlaces({ clock, maxQuotaAgeMs: rules.maxQuotaAgeMs });
    this.#turns = new Turns(rules.placesAtOnce);
    this.#later = new Later(clock);
    this.#telling = new Telling({ host, known: this.#known, later: this.#later });
    const warn = (code: string, message: string): void => host.warn(code, message);
    this.#file = rules.file === undefined ? undefined : new KnownFile({ file: rules.file, warn });
    this.ready = new Promise((resolve) => (this.#becomeReady = resolve));
    this.#load();
    const unknown = host.places.filter((place) => !this.#known.isUsable(place));
    this.#unasked = new Set(unknown.map(placeKey));
    // Calls await it, so the process must not end before.
    this.#later.soon("ready", { ms: rules.readyMs, keepsAlive: true }, () => this.#allAsked());
    if (this.#unasked.size === 0) this.#allAsked();
    this.#watchPlaces();
    void this.#correctDrift();
  }

  placesChanged(): void {
    if (this.#ended.signal.aborted) return;
    this.#forgetOthers();
    // What could not be read may be what was mended.
    for (const key of this.#failing) this.#leave(key);
    this.#watchPlaces();
  }

  [Symbol.dispose](): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort(new ShardrockError("closed", "quotas are not watched any more"));
    for (const watched of this.#watched.values()) watched.abort(this.#ended.signal.reason);
    if (this.#later.has("save") || this.#later.has("save ages")) this.#save();
    this.#file?.[Symbol.dispose]();
    this.#later[Symbol.dispose]();
    this.#becomeReady();
  }

  #load(): void {
    if (this.#file === undefined) return;
    this.#known.load(this.#file.read());
    this.#forgetOthers();
    if (this.#known.all.size > 0) this.#telling.now();
  }

  /** Drained accounts are not among the places, but they may come back. */
  #forgetOthers(): void {
    const { accounts } = this.#host.fleet;
    const isInConfig = ({ accountId, region }: QuotaPlace): boolean =>
      accounts.get(accountId)?.regions.includes(region) === true;
    this.#known.keepOnly(isInConfig);
    for (const [key, { place }] of this.#looking) if (!isInConfig(place)) this.#looking.delete(key);
  }

  #watchPlaces(): void {
    const places = new Map(this.#host.places.map((place) => [placeKey(place), place]));
    for (const key of this.#watched.keys()) {
      if (places.has(key)) continue;
      this.#leave(key);
      this.#asked(key);
    }
    for (const [key, place] of places) {
      if (this.#watched.has(key)) continue;
      const watched = new AbortController();
      this.#watched.set(key, watched);
      void this.#watch(place, watched.signal);
    }
  }

  #leave(key: string): void {
    this.#watched.get(key)?.abort(new ShardrockError("closed", "this place is not in use any more"));
    this.#watched.delete(key);
    this.#failing.delete(key);
  }

  /** Looks at one place again and again. Ends with its signal; nothing else ends it. */
  async #watch(place: QuotaPlace, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#host;
    const looking = this.#lookingAt(place);
    const isKnown = this.#known.isUsable(place);
    await endingWith(signal, async () => {
      await pause(clock, random() * (isKnown ? confirmWithinMs : firstWithinMs), signal);
      for (let failures = 0; ;) {
        const isWhole = await this.#surviving(signal, () => this.#look(looking, signal));
        failures = isWhole === true ? 0 : failures + 1;
        await pause(clock, this.#pauseMs(failures), signal);
      }
    });
  }

  #lookingAt(place: QuotaPlace): Looking {
    const key = placeKey(place);
    const reader = { reader: this.#reader, clock: this.#host.clock };
    const looking = this.#looking.get(key) ?? {
      place,
      reader: new PlaceReader(place, reader),
      ages: new AgeNews(),
      destinations: new DestinationNews(),
    };
    this.#looking.set(key, looking);
    return looking;
  }

  /** @returns whether all of it could be read. */
  async #look({ place, reader, ages, destinations }: Looking, signal: AbortSignal): Promise<boolean> {
    using _turn = await this.#turns.take(signal);
    const reading = await reader.read(this.#known.of(place), signal);
    const learned = this.#known.learn(place, reading);
    const known = this.#known.of(place);
    const { failures, quotas, profiles } = reading;
    const { applied, defaults } = quotas ?? { applied: { rows: [] }, defaults: { rows: [] } };
    this.#tell(ages.after({ known, failures, isStale: this.#known.isStale(known) }));
    this.#tell(destinations.after({ known, failures, age: this.#known.destinationsAge(known) }));
    this.#tell(...this.#unmappedNews.of(place, [...applied.rows, ...defaults.rows]));
    this.#tell(...this.#unmappedNews.ofContradicting(place, known.quotas?.index.contradicting ?? []));
    if (learned.isNews) this.#telling.soon();
    if (quotas !== undefined || profiles !== undefined) this.#saveSoon(learned);
    const key = placeKey(place);
    if (failures.length === 0) this.#failing.delete(key);
    else this.#failing.add(key);
    this.#asked(key);
    return failures.length === 0;
  }

  #tell(...news: readonly (QuotaNews | undefined)[]): void {
    for (const one of news) if (one !== undefined) this.#host.tell(one);
  }

  /** Around `pollMs`; sooner after a failure, each time later, up to that. */
  #pauseMs(failures: number): number {
    const { pollMs } = this.#rules;
    const soonest = failures === 0 ? pollMs : Math.min(pollMs, firstAgainMs * 2 ** (failures - 1));
    return soonest * (0.9 + this.#host.random() * 0.2);
  }

  #asked(key: string): void {
    if (this.#unasked.delete(key) && this.#unasked.size === 0) this.#allAsked();
  }

  #allAsked(): void {
    this.#unasked.clear();
    this.#later.stop("ready");
    this.#telling.rest();
    this.#becomeReady();
  }

  #saveSoon({ isOther }: Learned): void {
    if (this.#file === undefined) return;
    if (isOther) this.#later.soon("save", { ms: saveEveryMs }, () => this.#save());
    else this.#later.soon("save ages", { ms: saveAgesEveryMs }, () => this.#save());
  }

  #save(): void {
    for (const name of ["save", "save ages"]) this.#later.stop(name);
    this.#file?.write(this.#known.fileText());
  }

  async #correctDrift(): Promise<void> {
    const { drift: options, driftPollMs } = this.#rules;
    if (options === undefined) return;
    const { clock, random } = this.#host;
    const drift = new DriftWatch({ host: this.#host, reader: this.#reader, options });
    const { signal } = this.#ended;
    await endingWith(signal, async () => {
      for (await this.ready; ;) {
        await pause(clock, driftPollMs * (0.9 + random() * 0.2), signal);
        await this.#surviving(signal, () => drift.poll(signal));
      }
    });
  }

  /** What goes wrong in a way nobody thought of must end neither the watch nor the process. */
  async #surviving<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      const why = error instanceof Error ? error.name : "an error without a name";
      this.#host.warn("quotas-look-failed", `a look at quotas failed, and is made again: ${why}`);
      return undefined;
    }
  }
}

interface Looking {
  readonly place: QuotaPlace;
  readonly reader: PlaceReader;
  readonly ages: AgeNews;
  readonly destinations: DestinationNews;
}

/** Runs what only a signal ends. */
async function endingWith(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
