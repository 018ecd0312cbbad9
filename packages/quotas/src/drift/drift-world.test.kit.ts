import { openRouter, parseConfig, type QuotaHost, type QuotaNews, type ShardrockConfig } from "@shardrock/core";
import type { Asked, AwsReader, UsageQuery, UsageSeries, UsageSpan } from "../reader/aws-reader.ts";
import type { DriftOptions } from "./drift-options.ts";
import { DriftWatch } from "./drift-watch.ts";
import { minuteMs } from "./surplus.ts";

/** What was asked in one request. */
export interface UsageAsked extends Asked {
  readonly queries: readonly UsageQuery[];
  readonly span: UsageSpan;
}

/** Points of one series, by the minute's beginning; undefined: AWS has none. */
export type Counting = (query: UsageQuery, atMs: number, asked: Asked) => number | undefined;

const startMs = 1_767_225_600_000;

/** A router's accounts, what its book settled, and an AWS that counts as it is told to. */
export class DriftWorld {
  readonly host: QuotaHost;
  watch: DriftWatch;
  readonly #begin: () => DriftWatch;
  readonly asked: UsageAsked[] = [];
  readonly news: QuotaNews[] = [];
  readonly warnings: string[] = [];
  /** Others' use in the book, by key. */
  readonly foreign: Map<string, number> = new Map();
  /** What our own book settles of a quota in every minute, by key. */
  readonly own: Map<string, number> = new Map();
  count: Counting = () => undefined;
  isComplete = true;
  /** Thrown by every request, where there is one. */
  failure: Error | undefined;
  #minute = 30;

  constructor(config: Partial<ShardrockConfig> = {}, options: DriftOptions = {}) {
    const opened = openRouter(parseConfig({ ...usualConfig, ...config }));
    const usage: AwsReader["usage"] = (queries, span, asked) => this.#usage(queries, span, asked);
    const never = (): Promise<never> => Promise.reject(new Error("only usage is asked here"));
    const reader = { appliedQuotas: never, defaultQuotas: never, profiles: never, usage };
    this.host = this.#hostOf(parseConfig({ ...usualConfig, ...config }), opened.fleet);
    this.#begin = () => new DriftWatch({ host: this.host, reader, options });
    this.watch = this.#begin();
    this.#minute += 30;
  }

  get keys(): readonly string[] {
    return this.host.fleet.limits.map(({ key }) => key);
  }

  /** The router begins anew, and with it the watch: nothing else has changed. */
  restart(): void {
    this.watch = this.#begin();
  }

  /** So many minutes pass, and AWS is asked at the end of each. */
  async minutes(count: number): Promise<void> {
    for (let passed = 0; passed < count; passed += 1) {
      this.#minute += 1;
      await this.watch.poll(new AbortController().signal);
    }
  }

  get now(): number {
    return startMs + this.#minute * minuteMs;
  }

  #usage(queries: readonly UsageQuery[], span: UsageSpan, asked: Asked): Promise<readonly UsageSeries[]> {
    this.asked.push({ ...asked, queries, span });
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve(
      queries.map((query) => {
        const byMinute = new Map<number, number>();
        for (let atMs = span.fromMs; atMs < span.untilMs; atMs += minuteMs) {
          const units = this.count(query, atMs, asked);
          if (units !== undefined) byMinute.set(atMs, units);
        }
        return { query, byMinute, isComplete: this.isComplete };
      }),
    );
  }

  #hostOf(config: QuotaHost["config"], fleet: QuotaHost["fleet"]): QuotaHost {
    const clock: QuotaHost["clock"] = {
      monotonicMs: () => this.#minute * minuteMs,
      epochMs: () => this.now,
      sleep: () => Promise.resolve(),
      timer: () => ({ [Symbol.dispose]: () => undefined }),
    };
    const places = [...fleet.accounts.values()].flatMap(({ id, regions }) =>
      regions.map((region) => ({ accountId: id, region })),
    );
    return {
      clock,
      random: () => 0.5,
      config,
      fleet,
      places,
      clientOptions: () => {
        throw new Error("no AWS is asked here");
      },
      settledByMinute: (key) => this.#settled(key),
      take: () => undefined,
      setForeignUse: (key, units) => void this.foreign.set(key, units),
      tell: (news) => void this.news.push(news),
      warn: (code, message) => void this.warnings.push(`${code}: ${message}`),
    };
  }

  #settled(key: string): ReadonlyMap<number, number> {
    const units = this.own.get(key);
    if (units === undefined) return new Map();
    return new Map(Array.from({ length: 45 }, (_, ago) => [this.now - (ago + 1) * minuteMs, units]));
  }
}

export const accountId = "111111111111";

/** One account in one Region, one model by one id. */
export const usualConfig: ShardrockConfig = {
  accounts: [accountOf(accountId)],
  models: {
    sonnet: {
      servedBy: [{ id: "us.anthropic.claude-sonnet-4-6", destinations: ["us-east-1"] }],
      quotas: { tokensPerMinute: 1_000 },
    },
  },
  residency: { allowedRegions: ["us-east-1", "us-west-2"] },
};

export function accountOf(id: string, regions: readonly string[] = ["us-east-1"]): ShardrockConfig["accounts"][number] {
  return { id, roleArn: `arn:aws:iam::${id}:role/shardrock`, trust: "same-org", regions };
}
