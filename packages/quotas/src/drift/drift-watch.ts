import type { QuotaHost } from "@shardrock/core";
import type { AwsReader, UsageSeries, UsageSpan } from "../reader/aws-reader.ts";
import { DriftNews } from "./drift-news.ts";
import { type DriftOptions, type DriftRules, driftRules } from "./drift-options.ts";
import { ForeignUse, type Observation } from "./foreign-use.ts";
import { type MeteredQuota, meteredQuotas } from "./metered-quotas.ts";
import { minuteMs } from "./surplus.ts";
import { UnheardPlaces } from "./unheard-places.ts";
import { countOf } from "./usage-count.ts";
import { questionsFor, type UsageQuestion } from "./usage-questions.ts";

export interface DriftWatchOptions {
  readonly host: QuotaHost;
  /** Asked in the account of `via` too, where that is a role: how it gets there is its own to know. */
  readonly reader: AwsReader;
  readonly options: DriftOptions;
}

/** Minutes AWS is asked for, and how late its count may be. Source: AWS, CloudWatch sample "5 to 15 minutes" (read 2026-11-22). */
const spanMs = 20 * minuteMs;
const latestMs = 15 * minuteMs;

/** Places that are asked at a time. */
const atATime = 4;

/**
 * Corrects the limits of one router by what others use of its accounts: what AWS counted, minute for minute, less what this
 * router's book settled. It only ever makes a limit smaller than published, and an AWS that is late, silent or failing
 * hardly changes what was found.
 *
 * Where the config says that several `instances` share the quotas without a common book, nothing is corrected: the calls of
 * the other processes could not be told from strangers'.
 */
export class DriftWatch {
  readonly #host: QuotaHost;
  readonly #reader: AwsReader;
  readonly #rules: DriftRules;
  readonly #news: DriftNews;
  readonly #unheard = new UnheardPlaces();
  readonly #uses = new Map<string, ForeignUse>();
  /** Ids AWS gives no estimate of quota tokens for, though our own book settled some long ago; by quota. */
  readonly #missing = new Map<string, ReadonlySet<string>>();
  /** Minutes before the book began hold calls of ours that it does not know, such as those of the process before. */
  readonly #sinceMs: number;
  #isOff = false;

  /** @throws {ShardrockError} `option-invalid`. */
  constructor({ host, reader, options }: DriftWatchOptions) {
    this.#host = host;
    this.#reader = reader;
    this.#rules = driftRules(options);
    this.#news = new DriftNews(this.#rules.tellFrom);
    // AWS's minute may be the one after ours.
    this.#sinceMs = (Math.floor(host.clock.epochMs() / minuteMs) + 2) * minuteMs;
  }

  /**
   * Asks AWS once for every place, and corrects what it tells of.
   * @throws the signal's reason, when it aborts; nothing else.
   */
  async poll(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const isShared = this.#host.config.instances > 1;
    if (isShared !== this.#isOff) this.#switch(isShared);
    const span = this.#span();
    if (isShared || span.fromMs >= span.untilMs) return;
    const quotas = meteredQuotas(this.#host);
    this.#keepOnly(new Set(quotas.map(({ key }) => key)));
    const questions = questionsFor(quotas, {
      monitoring: this.#rules.monitoring,
      isMissing: ({ key }, modelId) => this.#missing.get(key)?.has(modelId) ?? false,
    });
    const queue = questions.values();
    const work = async (): Promise<void> => {
      for (const question of queue) await this.#ask(question, span, signal);
    };
    await Promise.all(Array.from({ length: Math.min(atATime, questions.length) }, work));
  }

  async #ask({ place, queries, quotas }: UsageQuestion, span: UsageSpan, signal: AbortSignal): Promise<void> {
    let series: readonly UsageSeries[] | undefined;
    try {
      series = await this.#reader.usage(queries, span, { place, signal });
      signal.throwIfAborted();
      this.#tell(this.#unheard.answered(place));
    } catch (error) {
      signal.throwIfAborted();
      this.#tell(this.#unheard.failed(place, error)); // what was found before fades by itself
    }
    const known = new Set(this.#host.fleet.limits.map(({ key }) => key));
    for (const quota of quotas) if (known.has(quota.key)) this.#correct(quota, series, span);
  }

  /** The last minutes that are over, of those the book knows. */
  #span(): UsageSpan {
    const untilMs = Math.floor(this.#host.clock.epochMs() / minuteMs) * minuteMs;
    return { fromMs: Math.max(untilMs - spanMs, this.#sinceMs), untilMs };
  }

  #correct(quota: MeteredQuota, series: readonly UsageSeries[] | undefined, span: UsageSpan): void {
    const { key } = quota;
    const use = this.#uses.get(key) ?? new ForeignUse(this.#rules);
    this.#uses.set(key, use);
    const observation = series && this.#observe(quota, series, span);
    const units = use.observe(observation, quota, this.#host.clock.monotonicMs());
    this.#host.setForeignUse(key, units);
    this.#tell(this.#news.about(quota, units));
  }

  #observe(quota: MeteredQuota, series: readonly UsageSeries[], { fromMs, untilMs }: UsageSpan): Observation {
    const own = this.#host.settledByMinute(quota.key);
    const { counted, isComplete, missing } = countOf(quota, series);
    const isDue = [...own.keys()].some((minute) => minute >= fromMs && minute < untilMs - latestMs);
    if (isDue || missing.length === 0) this.#missing.set(quota.key, new Set(missing));
    return { counted, own, isComplete };
  }

  #keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#uses.keys()) if (!keys.has(key)) this.#uses.delete(key);
    for (const key of this.#missing.keys()) if (!keys.has(key)) this.#missing.delete(key);
    this.#news.keepOnly(keys);
  }

  /** Several processes without a common book, or one again. */
  #switch(isOff: boolean): void {
    this.#isOff = isOff;
    if (!isOff) return;
    const { config, fleet } = this.#host;
    for (const { key } of fleet.limits) if (this.#uses.has(key)) this.#host.setForeignUse(key, 0);
    this.#keepOnly(new Set());
    const message =
      `What others use is not corrected: ${config.instances} processes share these quotas (instances), and without a ` +
      `common book their calls look like strangers'. What calls teach of each quota still counts.`;
    this.#host.warn("drift-not-corrected", message);
  }

  #tell(news: Parameters<QuotaHost["tell"]>[0] | undefined): void {
    if (news !== undefined) this.#host.tell(news);
  }
}
