import { ConfigError, type QuotaHost, type QuotaNews, type QuotaPlace, type QuotaWatch, ShardrockError } from "@shardrock/core";
import { PlaceReader } from "../discovery/place-reader.ts";
import { DriftWatch } from "../drift/drift-watch.ts";
import { KnownFile } from "../known/known-file.ts";
import { KnownPlaces } from "../known/known-places.ts";
import type { AwsReader } from "../reader/aws-reader.ts";
import { placeKey } from "../reader/place-key.ts";
import { pause } from "../reader/waits.ts";
import type { QuotaRules } from "../service-quotas-options.ts";
import { AgeNews } from "./age-news.ts";
import { LimitNews } from "./limit-news.ts";
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
/** What several places bring within this is taken together: each time the router's targets are made anew. */
const takeTogetherMs = 100;
const rampStepMs = 15_000;
const saveTogetherMs = 5_000;

/** Watches the accounts of one router: each account and Region in a loop of its own, a few at a time. */
export class QuotaWatcher implements QuotaWatch {
  readonly ready: Promise<void>;
  readonly #host: QuotaHost;
  readonly #reader: AwsReader;
  readonly #rules: QuotaRules;
  readonly #known: KnownPlaces;
  readonly #file: KnownFile | undefined;
  readonly #turns: Turns;
  readonly #limitNews = new LimitNews();
  readonly #unmappedNews = new UnmappedNews();
  readonly #untold: QuotaNews[] = [];
  readonly #watched = new Map<string, AbortController>();
  readonly #unasked: Set<string>;
  readonly #ended = new AbortController();
  readonly #timers = new Map<string, Disposable>();
  #becomeReady: () => void = () => undefined;

  constructor({ host, reader, rules }: QuotaWatcherOptions) {
    const { clock, random } = host;
    this.#host = host;
    this.#reader = reader;
    this.#rules = rules;
    this.#known = new KnownPlaces({ clock, maxQuotaAgeMs: rules.maxQuotaAgeMs });
    this.#turns = new Turns(rules.placesAtOnce);
    const warn = (code: string, message: string): void => host.warn(code, message);
    this.#file = rules.file === undefined ? undefined : new KnownFile({ file: rules.file, random, warn });
    this.ready = new Promise((resolve) => (this.#becomeReady = resolve));
    this.#load();
    const unknown = host.places.filter((place) => this.#known.of(place).quotas === undefined);
    this.#unasked = new Set(unknown.map(placeKey));
    // Calls await it, so the process must not end before.
    this.#timers.set(
      "ready",
      clock.timer(rules.readyMs, () => this.#allAsked(), true),
    );
    if (this.#unasked.size === 0) this.#allAsked();
    this.#watchPlaces();
    void this.#correctDrift();
  }

  placesChanged(): void {
    if (this.#ended.signal.aborted) return;
    this.#known.keepOnly(new Set(this.#host.fleet.accounts.keys()));
    this.#watchPlaces();
  }

  [Symbol.dispose](): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort(new ShardrockError("closed", "quotas are not watched any more"));
    for (const watched of this.#watched.values()) watched.abort(this.#ended.signal.reason);
    if (this.#timers.has("save")) this.#save();
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
    this.#becomeReady();
  }

  #load(): void {
    if (this.#file === undefined) return;
    this.#known.load(this.#file.read());
    this.#known.keepOnly(new Set(this.#host.fleet.accounts.keys()));
    if (this.#known.all.size > 0) this.#take();
  }

  #watchPlaces(): void {
    const places = new Map(this.#host.places.map((place) => [placeKey(place), place]));
    for (const [key, watched] of this.#watched) {
      if (places.has(key)) continue;
      this.#watched.delete(key);
      watched.abort(new ShardrockError("closed", "this place is not in use any more"));
      this.#asked(key);
    }
    for (const [key, place] of places) {
      if (this.#watched.has(key)) continue;
      const watched = new AbortController();
      this.#watched.set(key, watched);
      void this.#watch(place, watched.signal);
    }
  }

  /** Looks at one place again and again. Ends with its signal; nothing else ends it. */
  async #watch(place: QuotaPlace, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#host;
    const reader = new PlaceReader(place, { reader: this.#reader, clock });
    const news = new AgeNews();
    const isKnown = this.#known.of(place).quotas !== undefined;
    await endingWith(signal, async () => {
      await pause(clock, random() * (isKnown ? confirmWithinMs : firstWithinMs), signal);
      for (let failures = 0; ;) {
        const isWhole = await this.#look(place, { reader, news, signal });
        failures = isWhole ? 0 : failures + 1;
        await pause(clock, this.#pauseMs(failures), signal);
      }
    });
  }

  /** @returns whether all of it could be read. */
  async #look(place: QuotaPlace, { reader, news, signal }: Looking): Promise<boolean> {
    using _turn = await this.#turns.take(signal);
    const reading = await reader.read(signal);
    const isChanged = this.#known.learn(place, reading);
    const known = this.#known.of(place);
    const { failures, quotas, profiles } = reading;
    const { applied, defaults } = quotas ?? { applied: { rows: [] }, defaults: { rows: [] } };
    const ageNews = news.after({ known, failures, isStale: this.#known.isStale(known) });
    if (ageNews !== undefined) this.#host.tell(ageNews);
    for (const unmapped of this.#unmappedNews.of(place, [...applied.rows, ...defaults.rows])) this.#host.tell(unmapped);
    if (isChanged) this.#soon("take", takeTogetherMs, () => this.#take());
    if (quotas !== undefined || profiles !== undefined) this.#saveSoon();
    this.#asked(placeKey(place));
    return failures.length === 0;
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
    this.#stop("ready");
    if (this.#timers.has("take")) this.#take();
    this.#becomeReady();
  }

  /** Tells the router what is known now. */
  #take(): void {
    this.#stop("take");
    try {
      this.#host.take(this.#known.findings());
    } catch (error) {
      // A router that is closed needs no limits; all else is told, and ends neither the watch nor the process.
      if (error instanceof ShardrockError && error.code === "closed") return;
      const why = error instanceof ConfigError ? error.message : "it could not be taken over";
      this.#host.warn("quotas-not-taken", `what AWS tells of quotas is not in force: ${why}`);
    }
    this.#untold.push(...this.#limitNews.since(this.#host, this.#known.all));
    // Whoever is to hear them may not listen yet.
    if (this.#untold.length > 0) this.#soon("tell", 0, () => this.#tellNews());
    if (this.#known.isRamping) this.#soon("ramp", rampStepMs, () => this.#take());
  }

  #tellNews(): void {
    for (const news of this.#untold.splice(0)) this.#host.tell(news);
  }

  #saveSoon(): void {
    if (this.#file !== undefined) this.#soon("save", saveTogetherMs, () => this.#save());
  }

  #save(): void {
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
        await drift.poll(signal);
      }
    });
  }

  /** Does something once, later, unless it is about to be done. */
  #soon(name: string, ms: number, action: () => void): void {
    if (this.#timers.has(name) || this.#ended.signal.aborted) return;
    const timer = this.#host.clock.timer(ms, () => {
      this.#timers.delete(name);
      action();
    });
    this.#timers.set(name, timer);
  }

  #stop(name: string): void {
    this.#timers.get(name)?.[Symbol.dispose]();
    this.#timers.delete(name);
  }
}

interface Looking {
  readonly reader: PlaceReader;
  readonly news: AgeNews;
  readonly signal: AbortSignal;
}

/** Runs what only a signal ends. */
async function endingWith(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
