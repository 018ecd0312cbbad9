import { type Config, parseConfig, type Random } from "@shardrock/core";
import { type LimiterKind, SimulatedBedrock, type SimulatedMetrics } from "@shardrock/simulator";
import type { Size } from "../ceiling/size.ts";
import { placeOf, sum } from "../ceiling/size.ts";

/**
 * What the router goes by: what CloudWatch tells, only what calls teach, what the consumer takes in truth; and the same
 * router told by the limiters themselves, call for call, whose goodput is what was really free.
 */
export const contenderNames = ["drift", "learning", "truth", "told"] as const;

export type Contender = (typeof contenderNames)[number];

/** Offered tokens as a share of all quotas: more than there is, and what just fits beside the consumer. */
export const loads = { overload: 1.5, fits: 0.8 } as const;

export type LoadName = keyof typeof loads;

/** One run, as it crosses to another process. */
export interface DriftRun {
  readonly contender: Contender;
  readonly limiter: LimiterKind;
  readonly load: LoadName;
  readonly seed: number;
  /** Quotas and traffic as a share of the usual ones; all of them unless told. */
  readonly scale?: number;
}

/** Minutes of the run when the consumer comes and leaves, and when it ends. */
export const timeline = { comes: 3, leaves: 33, ends: 60 } as const;

/** What the consumer takes of each quota of the first account. */
export const consumerShare = 0.5;

export const minuteMs = 60_000;

/** Three accounts, each in the same two Regions. */
export const size: Size = {
  accounts: 3,
  tokensPerMinute: [400_000, 200_000, 400_000, 200_000, 400_000, 200_000],
  windowMs: minuteMs,
};

export const summedTpm: number = sum(size.tokensPerMinute);

/** Targets of the first account, by their place in the scene. */
export const sharedTargets = [0, 1] as const;

export const modelId = "us.anthropic.claude-sonnet-4-6";

export const modelName = "chat";

const places = size.tokensPerMinute.map((tokensPerMinute, index) => ({ ...placeOf(size, index), tokensPerMinute }));

/** Place of a target in the scene. */
export function indexOf({ accountId, region }: { readonly accountId: string; readonly region: string }): number {
  return places.findIndex((place) => place.accountId === accountId && place.region === region);
}

export function placeAt(index: number): { readonly accountId: string; readonly region: string } {
  return placeOf(size, index);
}

/** What the router is told: its quotas as AWS publishes them, of which others may use a part. */
export function sceneConfig(scale: number): Config {
  const regions = [...new Set(places.map(({ region }) => region))];
  const accounts = [...new Set(places.map(({ accountId }) => accountId))];
  return parseConfig({
    accounts: accounts.map((id) => ({ id, roleArn: `arn:aws:iam::${id}:role/router`, trust: "same-org", regions })),
    models: {
      [modelName]: {
        servedBy: [{ id: modelId, destinations: regions }],
        burndown: 1,
        quotas: {
          overrides: places.map(({ accountId, region, tokensPerMinute }) => {
            return { account: accountId, region, tokensPerMinute: tokensPerMinute * scale };
          }),
        },
      },
    },
    residency: { allowedRegions: regions },
    waiting: { maxQueued: 1_000_000, maxInFlight: 100_000, maxQueuedBytes: 2 ** 36 },
  });
}

export interface SceneAws {
  readonly limiter: LimiterKind;
  readonly scale: number;
  readonly metrics: SimulatedMetrics;
  readonly random: Random;
}

export function sceneAws({ limiter, scale, metrics, random }: SceneAws): SimulatedBedrock {
  const quotas = places.map(({ tokensPerMinute, ...place }) => {
    const model = { modelIds: [modelId], burndown: 1, maxOutputTokens: 64_000 };
    return { ...place, ...model, tokensPerMinute: tokensPerMinute * scale };
  });
  return new SimulatedBedrock({ quotas, limiter, random, metrics });
}
