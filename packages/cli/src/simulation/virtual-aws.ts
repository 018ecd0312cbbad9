import { dayWindowMs, type Fleet, type Random, type Target } from "@shardrock/core";
import {
  type LimiterKind,
  SimulatedBedrock,
  type SimulatedDayQuota,
  type SimulatedMantleQuota,
  type SimulatedQuota,
} from "@shardrock/simulator";
import { QuotaUse } from "./quota-use.ts";
import type { Timeline } from "./timeline.ts";

/** Tokens per day of the cross-model quota of one account and Region. */
export interface DayLimit {
  readonly accountId: string;
  readonly region: string;
  readonly tokensPerDay: number;
}

export interface VirtualAwsOptions {
  readonly fleet: Fleet;
  readonly limiter: LimiterKind;
  readonly windowMs: number;
  readonly random: Random;
  readonly timeline: Timeline;
  /** None unless told: AWS does not publish what an account has. */
  readonly dayLimits?: readonly DayLimit[] | undefined;
}

/** What AWS enforces at one target, and what is counted of it. */
export interface VirtualPlace {
  /** Quota tokens per output token. */
  readonly burndown: number;
  readonly uses: readonly QuotaUse[];
}

/** Nobody reaches it: where a quota has no limit of a kind. */
const noLimit = Number.MAX_SAFE_INTEGER;

/** An AWS that enforces exactly the limits a fleet believes in, and counts what each of them saw. */
export class VirtualAws {
  readonly bedrock: SimulatedBedrock;
  readonly uses: readonly QuotaUse[];
  readonly #places = new Map<Target, VirtualPlace>();

  constructor({ fleet, limiter, windowMs, random, timeline, dayLimits = [] }: VirtualAwsOptions) {
    const limits = new Map(fleet.limits.map(({ key, value }) => [key, value]));
    const uses = new Map<string, QuotaUse>();
    const runtime = new Map<string, SimulatedQuota>();
    const mantle = new Map<string, SimulatedMantleQuota>();
    for (const { name, burndown, maxOutputTokens, targets } of fleet.models.values()) {
      for (const target of targets) {
        const minutes = target.quotas.filter((quota) => quota.windowMs < dayWindowMs);
        const own = minutes.map((quota) => {
          const use =
            uses.get(quota.key) ?? new QuotaUse({ quota, target, timeline, limit: limits.get(quota.key) ?? 0 });
          uses.set(quota.key, use);
          use.models.add(name);
          return use;
        });
        this.#places.set(target, { burndown: target.endpoint === "mantle" ? 1 : burndown, uses: own });
        const page = minutes.map(({ key }) => key).join(" ");
        const limitOf = (unit: string): number | undefined =>
          limits.get(minutes.find((quota) => quota.unit === unit)?.key ?? "");
        const { accountId, region, modelId } = target;
        if (target.endpoint === "mantle") {
          const modelIds = [...(mantle.get(page)?.modelIds ?? []), modelId];
          const inputTokensPerMinute = limitOf("inputTokens") ?? noLimit;
          const outputTokensPerMinute = limitOf("outputTokens") ?? noLimit;
          mantle.set(page, {
            accountId,
            region,
            modelIds,
            inputTokensPerMinute,
            outputTokensPerMinute,
            maxOutputTokens,
          });
        } else {
          const modelIds = [...(runtime.get(page)?.modelIds ?? []), modelId];
          const requestsPerMinute = limitOf("requests");
          const tokensPerMinute = limitOf("tokens") ?? noLimit;
          runtime.set(page, {
            accountId,
            region,
            modelIds,
            tokensPerMinute,
            burndown,
            maxOutputTokens,
            ...(requestsPerMinute !== undefined && { requestsPerMinute }),
          });
        }
      }
    }
    this.uses = [...uses.values()];
    this.bedrock = new SimulatedBedrock({
      quotas: [...runtime.values()],
      mantleQuotas: [...mantle.values()],
      dayQuotas: dayLimits.map((day): SimulatedDayQuota => day),
      limiter,
      windowMs,
      random,
    });
  }

  /** @throws {RangeError} for a target of another fleet. */
  placeOf(target: Target): VirtualPlace {
    const place = this.#places.get(target);
    if (place === undefined) throw new RangeError(`no target ${target.id} in this fleet`);
    return place;
  }
}
