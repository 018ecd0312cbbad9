import { type QuotaHost, ShardrockError } from "@shardrock/core";
import type { AwsReader, UsageSeries, UsageSpan } from "../reader/aws-reader.ts";
import { Beginnings } from "./beginnings.ts";
import { DriftNews } from "./drift-news.ts";
import { type DriftOptions, type DriftRules, driftRules } from "./drift-options.ts";
import { ForeignUse, type Observation } from "./foreign-use.ts";
import { isUsage } from "./is-usage.ts";
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
 * router's book settled, from the minute on that the book began in. It only ever makes a limit smaller than published, and an AWS that is late, silent or failing
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
  /** Quotas AWS gives no estimate of tokens for, though our own book settled some long ago. */
  readonly #missing = new Set<string>();
  #beginnings: Beginnings;
  #isOff = false;

  /** @throws {ShardrockError} `option-invalid`. */
  constructor({ host, reader, options }: DriftWatchOptions) {
    this.#host = host;
    this.#reader = reader;
    this.#rules = driftRules(options);
    this.#news = new DriftNews(this.#rules.tellFrom);
    this.#beginnings = new Beginnings(host.clock);
  }

  /**
   * Asks AWS once for every place, and corrects what it tells of.
   * @throws the signal's reason, when it aborts; nothing else.
   */
  async poll(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const isShared = this.#host.config.instances > 1;
    if (isShared !== this.#isOff) this.#switch(isShared);
    if (isShared) return;
    this.#beginnings.keepOnly(this.#known());
    const quotas = meteredQuotas(this.#host);
    this.#keepOnly(new Set(quotas.map(({ key }) => key)));
    const questions = questionsFor(quotas, {
      monitoring: this.#rules.monitoring,
      isMissing: ({ key }) => this.#missing.has(key),
    });
    const queue = questions.values();
    const work = async (): Promise<void> => {
      for (const question of queue) await this.#ask(question, signal);
    };
    await Promise.all(Array.from({ length: Math.min(atATime, questions.length) }, work));
  }

  async #ask(question: UsageQuestion, signal: AbortSignal): Promise<void> {
    const { place, queries, quotas } = question;
    const span = this.#span();
    let series: readonly UsageSeries[] | undefined;
    try {
      const answer: unknown = await this.#reader.usage(queries, span, { place, signal });
      signal.throwIfAborted();
      if (!isUsage(answer)) throw new ShardrockError("response-invalid", "what was used is no list of series");
      series = answer;
      this.#tell(this.#unheard.answered(place));
    } catch (error) {
      signal.throwIfAborted();
      this.#tell(this.#unheard.failed(place, error)); // what was found before fades by itself
    }
    const known = this.#known();
    for (const quota of quotas) if (known.has(quota.key)) this.#correct(quota, series, span);
  }

  /** The last minutes that are over. */
  #span(): UsageSpan {
    const untilMs = Math.floor(this.#host.clock.epochMs() / minuteMs) * minuteMs;
    return { fromMs: untilMs - spanMs, untilMs };
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
    const { counted, isComplete, isMissing } = countOf(quota, series);
    const isDue = [...own.keys()].some((minute) => minute >= fromMs && minute < untilMs - latestMs);
    if (!isMissing) this.#missing.delete(quota.key);
    else if (isDue) this.#missing.add(quota.key);
    const first = this.#beginnings.firstMinute(quota.key);
    return { counted: new Map([...counted].filter(([minute]) => minute >= first)), own, isComplete };
  }

  #keepOnly(keys: ReadonlySet<string>): void {
    const known = this.#known();
    for (const key of this.#uses.keys()) {
      if (keys.has(key)) continue;
      this.#uses.delete(key);
      if (known.has(key)) this.#host.setForeignUse(key, 0); // it may take calls again before it is looked at again
    }
    for (const key of this.#missing) if (!keys.has(key)) this.#missing.delete(key);
    this.#news.keepOnly(keys);
  }

  /** Quotas the book has a limit of, whether they take calls now or not. */
  #known(): ReadonlySet<string> {
    return new Set(this.#host.fleet.limits.map(({ key }) => key));
  }

  /** Several processes without a common book, or one again. */
  #switch(isOff: boolean): void {
    this.#isOff = isOff;
    this.#beginnings = new Beginnings(this.#host.clock); // it knows nothing of what the others used until now
    if (!isOff) return;
    this.#keepOnly(new Set());
    const message =
      `What others use is not corrected: ${this.#host.config.instances} processes share these quotas (instances), and without a ` +
      `common book their calls look like strangers'. What calls teach of each quota still counts.`;
    this.#host.warn("drift-not-corrected", message);
  }

  #tell(news: Parameters<QuotaHost["tell"]>[0] | undefined): void {
    if (news !== undefined) this.#host.tell(news);
  }
}
