import { type OpenRouter, openRouter, parseConfig, seededRandom, type Target } from "@shardrock/core";
import { type AwsReader, type QuotaRow, serviceQuotas, type ServiceQuotasOptions } from "@shardrock/quotas";
import {
  type QuotaValue,
  SimulatedBedrock,
  SimulatedInferenceProfiles,
  SimulatedServiceQuotas,
  VirtualClock,
} from "@shardrock/simulator";

export const [one, two] = ["111111111111", "222222222222"] as const;
const region = "us-east-1";
const modelId = "us.anthropic.claude-sonnet-4-6";
const tokensCode = "L-15B8E632";
export const minuteMs = 60_000;

/** Every call takes as much: it holds 1 000 tokens and is settled for 1 000, as output counts five times. */
const call = { inputTokens: 800, maxTokens: 200, outputTokens: 40 } as const;
const tokensPerCall = 1_000;

export interface VirtualDiscoveryOptions {
  /** Tokens a minute of each account. */
  readonly tokensPerMinute: Readonly<Record<string, number>>;
  /** Calls' tokens a minute. */
  readonly offered: number;
  readonly quotas?: ServiceQuotasOptions;
}

/** Two accounts whose quotas AWS changes while calls come, all in virtual time. */
export class VirtualDiscovery {
  readonly clock = new VirtualClock();
  readonly opened: OpenRouter;
  /** What each account served and throttled, since it was looked at last. */
  readonly served = new Map<string, number>();
  readonly throttled = new Map<string, number>();
  failed = 0;
  readonly #quotas: SimulatedServiceQuotas;
  readonly #bedrock: SimulatedBedrock;
  readonly #offered: number;
  readonly #random = seededRandom(11);

  constructor({ tokensPerMinute, offered, quotas }: VirtualDiscoveryOptions) {
    const limits = Object.entries(tokensPerMinute).map(([accountId, value]) => ({ accountId, region, value }));
    this.#offered = offered;
    this.#quotas = new SimulatedServiceQuotas({ applied: limits.map((limit) => ({ ...limit, code: tokensCode })) });
    this.#bedrock = new SimulatedBedrock({
      quotas: limits.map(({ accountId, value }) => ({
        accountId,
        region,
        modelIds: [modelId],
        tokensPerMinute: value,
        burndown: 5,
        maxOutputTokens: 64_000,
      })),
      limiter: "bucket12",
      random: seededRandom(12),
    });
    const config = parseConfig({
      role: { name: "shardrock", trust: "same-org" },
      accounts: Object.keys(tokensPerMinute).map((id) => ({ id, regions: [region] })),
      models: { chat: { model: "anthropic.claude-sonnet-4-6" } },
      residency: { allowedRegions: ["us-east-1", "us-east-2", "us-west-2"] },
    });
    const reader = () => readerOver(this.#quotas);
    const source = serviceQuotas({ drift: false, pollMs: minuteMs, reader, ...quotas });
    this.opened = openRouter(config, { clock: this.clock, random: seededRandom(13), quotas: source });
  }

  /** AWS changes what an account may do, and enforces it at once. */
  change(accountId: string, tokensPerMinute: number): void {
    this.#quotas.apply({ accountId, region }, tokensCode, tokensPerMinute);
    this.#bedrock.changeQuota({ accountId, region, modelId }, { tokensPerMinute }, this.clock.monotonicMs());
  }

  /** Calls come for so many minutes; what was counted before is forgotten. */
  async minutes(count: number): Promise<void> {
    this.served.clear();
    this.throttled.clear();
    this.failed = 0;
    const untilMs = this.clock.monotonicMs() + count * minuteMs;
    this.#arrive(untilMs);
    await this.clock.advance(count * minuteMs);
  }

  #arrive(untilMs: number): void {
    const meanMs = (minuteMs * tokensPerCall) / this.#offered;
    const gapMs = -Math.log(1 - this.#random()) * meanMs;
    if (this.clock.monotonicMs() + gapMs >= untilMs) return;
    this.clock.timer(gapMs, () => {
      void this.#serve();
      this.#arrive(untilMs);
    });
  }

  async #serve(): Promise<void> {
    const candidates = this.opened.candidates("chat", { requests: 1, tokens: tokensPerCall });
    try {
      await this.opened.router.run({ pool: "chat", candidates }, async (target, running) => {
        const { inputTokens, maxTokens, outputTokens } = call;
        const answer = this.#bedrock.admit({ ...placeOf(target), inputTokens, maxTokens }, this.clock.monotonicMs());
        if (answer.kind !== "admitted") {
          count(this.throttled, target.accountId);
          throw Object.assign(new Error("slow down"), {
            name: "ThrottlingException",
            $metadata: { httpStatusCode: 429 },
          });
        }
        await this.clock.sleep(1_500);
        answer.end({ inputTokens, outputTokens }, this.clock.monotonicMs());
        running.settle({ requests: 1, tokens: tokensPerCall });
        count(this.served, target.accountId);
      });
    } catch {
      this.failed += 1; // how many, is what a test asks
    }
  }
}

function placeOf({ accountId, region }: Target) {
  return { accountId, region, modelId };
}

function count(counts: Map<string, number>, accountId: string): void {
  counts.set(accountId, (counts.get(accountId) ?? 0) + 1);
}

function readerOver(quotas: SimulatedServiceQuotas): AwsReader {
  const profiles = new SimulatedInferenceProfiles();
  const rowOf = ({ row: { code, name, isAdjustable }, value }: QuotaValue): QuotaRow => ({
    code,
    name,
    value,
    isAdjustable,
    isGlobal: false,
  });
  return {
    appliedQuotas: async ({ place }) => ({ rows: quotas.applied(place).map(rowOf), next: undefined }),
    defaultQuotas: async ({ place }) => ({ rows: quotas.defaults(place).map(rowOf), next: undefined }),
    profiles: async ({ place }) => ({
      rows: profiles
        .list(place, "SYSTEM_DEFINED")
        .map(({ id, modelArns }) => ({ id, type: "system", isActive: true, modelArns })),
      next: undefined,
    }),
    usage: async () => [],
  };
}
