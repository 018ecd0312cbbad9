import { type Clock, seededRandom, type ShardrockConfig, systemClock } from "@shardrock/core";
import type { LimiterKind } from "../limiters/limiter-kind.ts";
import { SimulatedBedrock } from "../simulated-bedrock.ts";
import type { FaultHook } from "./fault.ts";
import {
  externalIdOf,
  fleetConfig,
  mantleModelId,
  maxOutputTokens,
  roleArnOf,
  runtimeModelId,
} from "./fleet-config.ts";
import type { SimulatedModelOptions } from "./generate.ts";
import type { SimulatedGuardrail } from "./guardrail.ts";
import type { SimulatedCaller } from "./principals.ts";
import { type SimulatedAws, startSimulatedAws } from "./simulated-aws.ts";

/** An account of the fleet. */
export interface SimulatedAccount {
  /** 12 digits. */
  readonly id: string;
  /** Tokens per minute on bedrock-runtime, by source Region. */
  readonly tokensPerMinute: Readonly<Record<string, number>>;
  /** Quotas on bedrock-mantle, by Region; they are apart from the runtime's. Default: it has none there. */
  readonly mantle?: Readonly<Record<string, SimulatedMantleLimits>>;
}

/** Quotas of the model on bedrock-mantle, in tokens per minute. */
export interface SimulatedMantleLimits {
  readonly inputTokensPerMinute: number;
  readonly outputTokensPerMinute: number;
}

export interface SimulatedFleetOptions {
  readonly accounts: readonly SimulatedAccount[];
  /** Who may assume the accounts' roles. Default: made-up long-term keys of an account of its own. */
  readonly host?: SimulatedCaller;
  /** Default: `bucket25`. */
  readonly limiter?: LimiterKind;
  /** Quota tokens per output token, 1 or more. Default: 1. */
  readonly burndown?: number;
  /** Divides every window and every time of the model, 1 or more: 4 makes a minute of 15 s. Default: 1. */
  readonly speed?: number;
  /** Default: the machine's own. */
  readonly clock?: Clock;
  /** Default: 1. */
  readonly seed?: number;
  readonly model?: Omit<SimulatedModelOptions, "random" | "timeScale">;
  /** Guardrails that exist. Default: none. */
  readonly guardrails?: readonly SimulatedGuardrail[];
  /** How far AWS's clock is ahead of `clock`, in ms; below 0: behind. Default: 0. */
  readonly clockSkewMs?: number;
  readonly fault?: FaultHook;
}

/** A simulated AWS, and the config of a client that uses all of it. Disposing it stops the AWS. */
export interface SimulatedFleet extends AsyncDisposable {
  readonly aws: SimulatedAws;
  readonly bedrock: SimulatedBedrock;
  /** For `new ShardedBedrockRuntime`; the model's name is `chat`. */
  readonly config: ShardrockConfig;
  /** What may assume the accounts' roles. */
  readonly hostCredentials: SimulatedCaller;
  /** Keys of a user of each account, by account id: for clients that are not routed. */
  readonly accountCredentials: ReadonlyMap<string, SimulatedCaller>;
  /** The id that serves `chat` on bedrock-runtime. */
  readonly modelId: string;
  /** The id that serves `chat` on bedrock-mantle, in the accounts and Regions that have it. */
  readonly mantleModelId: string;
  /** Length of a "minute" here, in ms. */
  readonly windowMs: number;
}

/** Long-term keys of an account of its own that may only assume roles; made up, as is everything here. */
const madeUpHost: SimulatedCaller = {
  accountId: "999999999999",
  accessKeyId: "AKIASIMULATEDHOST",
  secretAccessKey: "simulated",
};

/** Starts a simulated AWS with a role to assume in every account, and writes the config that fits it. */
export async function startSimulatedFleet(options: SimulatedFleetOptions): Promise<SimulatedFleet> {
  const { accounts, limiter = "bucket25", burndown = 1, speed = 1, clock = systemClock, seed = 1 } = options;
  const { fault, guardrails = [], clockSkewMs = 0, host = madeUpHost } = options;
  const windowMs = 60_000 / speed;
  const bedrock = new SimulatedBedrock({
    quotas: accounts.flatMap(({ id, tokensPerMinute }) =>
      Object.entries(tokensPerMinute).map(([region, tpm]) => {
        return { accountId: id, region, modelIds: [runtimeModelId], tokensPerMinute: tpm, burndown, maxOutputTokens };
      }),
    ),
    mantleQuotas: accounts.flatMap(({ id, mantle = {} }) =>
      Object.entries(mantle).map(([region, limits]) => {
        return { accountId: id, region, modelIds: [mantleModelId], ...limits, maxOutputTokens };
      }),
    ),
    limiter,
    windowMs,
    random: seededRandom(seed),
  });
  const accountCredentials = new Map(accounts.map(({ id }) => [id, userOf(id)]));
  const aws = await startSimulatedAws({
    book: bedrock,
    clock,
    callers: [host, ...accountCredentials.values()],
    roles: accounts.map(({ id }) => ({ accountId: id, roleArn: roleArnOf(id), externalId: externalIdOf(id) })),
    model: { ...options.model, random: seededRandom(seed + 1), timeScale: 1 / speed },
    guardrails,
    clockSkewMs,
    ...(fault && { fault }),
  });
  const config = fleetConfig(accounts, { url: aws.url, burndown, windowMs });
  return {
    aws,
    bedrock,
    config,
    hostCredentials: host,
    accountCredentials,
    modelId: runtimeModelId,
    mantleModelId,
    windowMs,
    [Symbol.asyncDispose]: () => aws[Symbol.asyncDispose](),
  };
}

function userOf(accountId: string): SimulatedCaller {
  return { accountId, accessKeyId: `AKIAUSEROF${accountId}`, secretAccessKey: "simulated" };
}
