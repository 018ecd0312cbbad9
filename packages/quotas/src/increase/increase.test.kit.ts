import type { QuotaPlace } from "@shardrock/core";
import type { DeskAnswer, IncreaseDesk } from "./increase-desk.ts";
import type { IncreaseLoad, IncreaseQuota, IncreaseRequest, IncreaseWish, OpenIncrease } from "./increase-plan.ts";

export const accountId = "111111111111";
export const region = "us-east-1";
export const modelId = "anthropic.claude-sonnet-4-6";

export const load: IncreaseLoad = {
  steadyTokensPerMinute: 4_000_000,
  peakTokensPerMinute: 11_000_000,
  steadyRequestsPerMinute: 900,
  peakRequestsPerMinute: 2500,
  averageInputTokens: 3200,
  averageOutputTokens: 410.5,
};

export function wish(over: Partial<IncreaseWish> = {}): IncreaseWish {
  return { accountId, region, modelId, scope: "geo", load, ...over };
}

/** A row of Sonnet 4.6 as the General Reference has it, or as said. */
export function quota(over: Partial<IncreaseQuota> = {}): IncreaseQuota {
  return {
    accountId,
    region,
    code: "L-15B8E632",
    name: "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.6",
    isAdjustable: true,
    applied: undefined,
    default: 6_000_000,
    ...over,
  };
}

export const requestsRow: IncreaseQuota = quota({
  code: "L-REQUESTS",
  name: "Cross-region model inference requests per minute for Anthropic Claude Sonnet 4.6",
  default: 10_000,
});

export const onDemandRow: IncreaseQuota = quota({
  code: "L-ON-DEMAND",
  name: "On-demand model inference tokens per minute for Anthropic Claude Sonnet 4.6",
  default: 3_000_000,
  isAdjustable: false,
});

/** Many models in many accounts, each with an adjustable row of its own. */
export function manyModels(
  count: number,
  place: QuotaPlace = { accountId, region },
): {
  readonly wishes: readonly IncreaseWish[];
  readonly quotas: readonly IncreaseQuota[];
} {
  const numbers = Array.from({ length: count }, (_, index) => index);
  return {
    wishes: numbers.map((n) => wish({ ...place, modelId: `newcomer.tale${n}-x`, tokensPerMinute: 2000 })),
    quotas: numbers.map((n) =>
      quota({
        ...place,
        code: `L-${n}`,
        name: `Cross-region model inference tokens per minute for Newcomer Tale ${n} X`,
        default: 1000,
      }),
    ),
  };
}

/** A desk that takes everything, and writes down what it was asked. */
export class FakeDesk implements IncreaseDesk {
  readonly asked: string[] = [];
  readonly looked: string[] = [];
  /** What it says instead to a quota's request; thrown when it is an error. */
  readonly answers: Map<string, DeskAnswer | Error> = new Map();
  readonly opened: OpenIncrease[] = [];
  fails: Error | undefined;
  onRequest: (() => void) | undefined;

  open(place: QuotaPlace): Promise<readonly OpenIncrease[]> {
    this.looked.push(`${place.accountId}/${place.region}`);
    if (this.fails !== undefined) return Promise.reject(this.fails);
    return Promise.resolve(this.opened);
  }

  request({ code, to }: IncreaseRequest): Promise<DeskAnswer> {
    this.asked.push(`${code} ${to}`);
    this.onRequest?.();
    const answer = this.answers.get(code);
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve(answer ?? { kind: "taken", requestId: "r", caseId: undefined, status: "PENDING" });
  }
}
