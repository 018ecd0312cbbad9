import { TokenBucket } from "../../limiters/token-bucket.ts";
import type { ControlOperation } from "./control-operation.ts";
import type { ControlApi } from "./control-tally.ts";

/** How many requests a second an account may send in a Region, and how many more at once. */
interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

const get: Rate = { perSecond: 5, burst: 5 };
const list: Rate = { perSecond: 10, burst: 10 };

/** Source: bedrock-facts.md, sections 4.3 and 5 (Service Quotas and CloudWatch User Guides, read 2026-11-22). */
const rates: Readonly<Partial<Record<ControlOperation, Rate>>> = {
  ListServiceQuotas: list,
  ListAWSDefaultServiceQuotas: list,
  GetServiceQuota: get,
  GetAWSDefaultServiceQuota: get,
  ListRequestedServiceQuotaChangeHistory: get,
  RequestServiceQuotaIncrease: { perSecond: 3, burst: 3 },
  GetMetricData: { perSecond: 500, burst: 0 },
};

/** The rates at which APIs may be called, apart for each account and Region. */
export class ApiRates {
  readonly #buckets = new Map<string, TokenBucket>();

  /** Whether a request may come now; then it has. */
  admits({ accountId, region, operation }: ControlApi, nowMs: number): boolean {
    const rate = rates[operation];
    if (rate === undefined) return true;
    const key = `${accountId}/${region}/${operation}`;
    const { perSecond, burst } = rate;
    const bucket = this.#buckets.get(key) ?? new TokenBucket(perSecond, 1_000, (perSecond + burst) / perSecond);
    this.#buckets.set(key, bucket);
    if (!bucket.fits(1, nowMs)) return false;
    bucket.take(1, nowMs);
    return true;
  }
}
