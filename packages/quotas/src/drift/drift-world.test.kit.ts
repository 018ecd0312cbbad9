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
export type Counting = (query: UsageQuery, minute: number, asked: Asked) => number | undefined;

const startMs = 1_767_225_600_000;

/** A router's accounts, what its book settled, and an AWS that counts as it is told to. */
export class DriftWorld {
  readonly host: QuotaHost;
  watch: DriftWatch;
  readonly asked: UsageAsked[] = [];
  readonly news: QuotaNews[] = [];
  readonly warnings: string[] = [];
  /** Others' use in the book, by key. */
  readonly foreign: Map<string, number> = new Map();
  /** What our own book settles of a quota in every minute, by key. */
  readonly own: Map<string, number> = new Map();
  /** Accounts that take no calls for now. */
  readonly drained: Set<string> = new Set();
  count: Counting = () => undefined;
  isComplete = true;
  /** What a reader that somebody else wrote answers in place of that, where it is there. */
  answer: ((honest: readonly UsageSeries[]) => readonly UsageSeries[]) | undefined;
  /** Thrown by every request, where there is one. */
  failure: Error | undefined;
  /** How far the wall clock is off. */
  wallAheadMs = 0;
  #minute = 0;
  /** The book knows of nothing before. */
  #begunMs = Number.NEGATIVE_INFINITY;
  #fleet: QuotaHost["fleet"];
  #config: QuotaHost["config"];
  readonly #options: DriftOptions;
  readonly #reader: AwsReader;

  /** One that began an hour ago. */
  constructor(config: Partial<ShardrockConfig> = {}, options: DriftOptions = {}) {
    this.#options = options;
    this.#config = parseConfig({ ...usualConfig, ...config });
    this.#fleet = openRouter(this.#config).fleet;
    const usage: AwsReader["usage"] = (queries, span, asked) => this.#usage(queries, span, asked);
    const never = (): Promise<never> => Promise.reject(new Error("only usage is asked here"));
    this.#reader = { appliedQuotas: never, defaultQuotas: never, profiles: never, usage };
    this.host = this.#host();
    this.watch = this.#watchNow();
    this.#minute = 60;
  }

  /** Another process, with an empty book. */
  restart(): void {
    this.#begunMs = this.now;
    this.foreign.clear();
    this.watch = this.#watchNow();
  }

  /** Another config is in force. */
  reload(config: Partial<ShardrockConfig>): void {
    this.#config = parseConfig({ ...usualConfig, ...config });
    this.#fleet = openRouter(this.#config).fleet;
  }

  get minute(): number {
    return this.#minute;
  }

  get keys(): readonly string[] {
    return this.host.fleet.limits.map(({ key }) => key);
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
    const honest = queries.map((query) => {
      const byMinute = new Map<number, number>();
      for (let atMs = span.fromMs; atMs < span.untilMs; atMs += minuteMs) {
        const units = this.count(query, (atMs - startMs) / minuteMs, asked);
        if (units !== undefined) byMinute.set(atMs, units);
      }
      return { query, byMinute, isComplete: this.isComplete };
    });
    return Promise.resolve(this.answer === undefined ? honest : this.answer(honest));
  }

  #watchNow(): DriftWatch {
    return new DriftWatch({ host: this.host, reader: this.#reader, options: this.#options });
  }

  #host(): QuotaHost {
    const configNow = (): QuotaHost["config"] => this.#config;
    const fleetNow = (): QuotaHost["fleet"] => this.#fleet;
    const placesNow = (): QuotaHost["places"] => this.#places;
    const clock: QuotaHost["clock"] = {
      monotonicMs: () => this.#minute * minuteMs,
      epochMs: () => this.now + this.wallAheadMs,
      sleep: () => Promise.resolve(),
      timer: () => ({ [Symbol.dispose]: () => undefined }),
    };
    return {
      clock,
      random: () => 0.5,
      get config() {
        return configNow();
      },
      get fleet() {
        return fleetNow();
      },
      get places() {
        return placesNow();
      },
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

  get #places(): QuotaHost["places"] {
    const accounts = [...this.#fleet.accounts.values()].filter(({ id }) => !this.drained.has(id));
    return accounts.flatMap(({ id, regions }) => regions.map((region) => ({ accountId: id, region })));
  }

  #settled(key: string): ReadonlyMap<number, number> {
    const units = this.own.get(key);
    if (units === undefined) return new Map();
    const minutes = Array.from({ length: 45 }, (_, ago) => this.now - (ago + 1) * minuteMs);
    return new Map(minutes.filter((minute) => minute >= this.#begunMs).map((minute) => [minute, units]));
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
