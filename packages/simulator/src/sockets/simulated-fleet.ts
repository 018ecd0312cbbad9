import { type Clock, type QuotaPlace, seededRandom, type ShardrockConfig, systemClock } from "@shardrock/core";
import { BackgroundTraffic, type BackgroundTrafficOptions } from "../background-traffic.ts";
import type { LimiterKind } from "../limiters/limiter-kind.ts";
import type { SimulatedMetrics } from "../metrics/simulated-metrics.ts";
import type { SimulatedServiceQuotas } from "../quotas/simulated-service-quotas.ts";
import { SimulatedBedrock } from "../simulated-bedrock.ts";
import type { SimulatedLimits } from "../simulated-limits.ts";
import type { SimulatedSettings } from "./control/settings-service.ts";
import type { SimulatedSharing } from "./control/cloudwatch-service.ts";
import type { ProfileScope } from "./discoverable-model.ts";
import type { FaultHook } from "./fault.ts";
import {
  bareFleetConfig,
  externalIdOf,
  fleetConfig,
  mantleModelId,
  maxOutputTokens,
  roleArnOf,
  runtimeModelId,
  sharedRole,
  sharedRoleArnOf,
} from "./fleet-config.ts";
import { FleetDiscovery, type SimulatedDiscovery } from "./fleet-discovery.ts";
import type { SimulatedModelOptions } from "./generate.ts";
import type { SimulatedGuardrail } from "./guardrail.ts";
import type { SimulatedCaller } from "./principals.ts";
import type { SimulatedRole } from "./role.ts";
import { type SimulatedAws, startSimulatedAws } from "./simulated-aws.ts";

/** An account of the fleet. */
export interface SimulatedAccount {
  /** 12 digits. */
  readonly id: string;
  /** Tokens per minute on bedrock-runtime, by source Region. */
  readonly tokensPerMinute: Readonly<Record<string, number>>;
  /** Requests per minute on bedrock-runtime, by source Region. Default: no limit; with `discovery`, AWS's default. */
  readonly requestsPerMinute?: Readonly<Record<string, number>>;
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
  /** Quota tokens per output token, 1 or more. Default: 1; with `discovery`, the model's. */
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
  /** What accounts have set besides their quotas. Default: every model may be called, and invocation logging is off. */
  readonly settings?: SimulatedSettings;
  /**
   * Lets a client find out limits, profiles and what others use: `chat` is a model that exists, and Service Quotas,
   * profiles and CloudWatch tell of it. Accounts have no mantle then. Default: they know nothing of the fleet.
   */
  readonly discovery?: SimulatedDiscovery;
}

/** A simulated AWS, and the config of a client that uses all of it. Disposing it stops the AWS. */
export interface SimulatedFleet extends AsyncDisposable {
  readonly aws: SimulatedAws;
  readonly bedrock: SimulatedBedrock;
  /** For `new ShardedBedrockRuntime`; the model's name is `chat`. */
  readonly config: ShardrockConfig;
  /** As `config`, but with account ids, a role and a model alone; of use with `discovery` only. */
  readonly bareConfig: ShardrockConfig;
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
  /** With `discovery`: what Service Quotas says. */
  readonly serviceQuotas: SimulatedServiceQuotas | undefined;
  /** With `discovery`: what CloudWatch counts. */
  readonly metrics: SimulatedMetrics | undefined;
  /** With a monitoring account: a role to assume there. */
  readonly monitoringRole: SimulatedMonitoringRole | undefined;
  /**
   * AWS changes a limit of `chat` on bedrock-runtime; with `discovery`, Service Quotas shows it. 0: on hold.
   * @throws {ShardrockError} `option-invalid` where there is no such quota.
   */
  changeQuota(place: ScopedPlace, limits: SimulatedLimits): void;
  /** Somebody else calls `chat` with an account, until the handle or the fleet is disposed. */
  background(traffic: FleetTraffic): BackgroundTraffic;
}

/** Where a quota is; the scope is `geo` unless told. */
export interface ScopedPlace extends QuotaPlace {
  readonly scope?: ProfileScope;
}

/** As `BackgroundTraffic`, of a fleet. */
export interface FleetTraffic extends Omit<BackgroundTrafficOptions, "bedrock" | "clock" | "place" | "windowMs"> {
  readonly place: ScopedPlace;
}

/** How an account's metrics are read that others share theirs with. */
export interface SimulatedMonitoringRole {
  /** 12 digits. */
  readonly id: string;
  readonly roleArn: string;
  readonly externalId: string;
}

/** Long-term keys of an account of its own that may only assume roles; made up, as is everything here. */
const madeUpHost: SimulatedCaller = {
  accountId: "999999999999",
  accessKeyId: "AKIASIMULATEDHOST",
  secretAccessKey: "simulated",
};

/** Starts a simulated AWS with a role to assume in every account, and writes the config that fits it. */
export async function startSimulatedFleet(options: SimulatedFleetOptions): Promise<SimulatedFleet> {
  const { accounts, speed = 1, clock = systemClock, seed = 1, host = madeUpHost, fault } = options;
  const { guardrails = [], clockSkewMs = 0 } = options;
  const windowMs = 60_000 / speed;
  const awsClock = { epochMs: () => clock.epochMs() + clockSkewMs, monotonicMs: () => clock.monotonicMs() };
  const discovery = options.discovery && new FleetDiscovery(accounts, options.discovery, awsClock);
  const burndown = options.burndown ?? discovery?.burndown ?? 1;
  const bedrock = bedrockOf(options, { burndown, windowMs, discovery });
  discovery?.bind(bedrock, clock);
  const accountCredentials = new Map(accounts.map(({ id }) => [id, userOf(id)]));
  const monitoringRole = monitoringRoleOf(options.discovery);
  const aws = await startSimulatedAws({
    book: bedrock,
    clock,
    callers: [host, ...accountCredentials.values()],
    roles: [...accounts.flatMap(rolesOf), ...(monitoringRole ? [roleOf(monitoringRole)] : [])],
    model: { ...options.model, random: seededRandom(seed + 1), timeScale: 1 / speed },
    guardrails,
    clockSkewMs,
    ...(fault && { fault }),
    ...(options.settings && { settings: options.settings }),
    ...(discovery && { ...discovery.services, sharing: sharingOf(options) }),
  });
  const modelIdIn = (region: string, scope: ProfileScope = "geo"): string =>
    discovery?.profileId(region, scope) ?? runtimeModelId;
  const modelId = modelIdIn(discovery?.regions[0] ?? "");
  const traffics: BackgroundTraffic[] = [];
  return {
    aws,
    bedrock,
    config: fleetConfig(accounts, { url: aws.url, burndown, windowMs, modelId }),
    bareConfig: bareFleetConfig(
      accounts.map(({ id }) => id),
      { url: aws.url, model: discovery?.modelId ?? mantleModelId, regions: discovery?.regions ?? [], windowMs },
    ),
    hostCredentials: host,
    accountCredentials,
    modelId,
    mantleModelId,
    windowMs,
    serviceQuotas: discovery?.services.serviceQuotas,
    metrics: discovery?.services.metrics,
    monitoringRole,
    changeQuota({ accountId, region, scope = "geo" }, limits): void {
      const place = { accountId, region };
      if (discovery !== undefined) return discovery.apply(place, limits, scope);
      bedrock.changeQuota({ ...place, modelId }, limits, clock.monotonicMs());
    },
    background({ place, ...traffic }): BackgroundTraffic {
      const called = { ...place, modelId: modelIdIn(place.region, place.scope) };
      const started = new BackgroundTraffic({ ...traffic, place: called, bedrock, clock, windowMs });
      traffics.push(started);
      return started;
    },
    async [Symbol.asyncDispose]() {
      for (const traffic of traffics) traffic[Symbol.dispose]();
      await aws[Symbol.asyncDispose]();
    },
  };
}

interface EnforcedFleet {
  readonly burndown: number;
  readonly windowMs: number;
  readonly discovery: FleetDiscovery | undefined;
}

function bedrockOf(options: SimulatedFleetOptions, { burndown, windowMs, discovery }: EnforcedFleet): SimulatedBedrock {
  const { accounts, limiter = "bucket25", seed = 1 } = options;
  const quotas = accounts.flatMap(({ id, tokensPerMinute, requestsPerMinute = {} }) =>
    Object.entries(tokensPerMinute).map(([region, tpm]) => {
      const rpm = requestsPerMinute[region];
      const limits = { tokensPerMinute: tpm, ...(rpm !== undefined && { requestsPerMinute: rpm }) };
      return { accountId: id, region, modelIds: [runtimeModelId], ...limits, burndown, maxOutputTokens };
    }),
  );
  const mantleQuotas = accounts.flatMap(({ id, mantle = {} }) =>
    Object.entries(mantle).map(([region, limits]) => {
      return { accountId: id, region, modelIds: [mantleModelId], ...limits, maxOutputTokens };
    }),
  );
  return new SimulatedBedrock({
    quotas: discovery?.quotas.map((quota) => ({ ...quota, burndown })) ?? quotas,
    mantleQuotas: discovery === undefined ? mantleQuotas : [],
    limiter,
    windowMs,
    random: seededRandom(seed),
    ...(discovery && { metrics: discovery.services.metrics }),
  });
}

function rolesOf({ id }: SimulatedAccount): readonly SimulatedRole[] {
  return [
    { accountId: id, roleArn: roleArnOf(id), externalId: externalIdOf(id) },
    { accountId: id, roleArn: sharedRoleArnOf(id), externalId: sharedRole.externalId },
  ];
}

function monitoringRoleOf(discovery: SimulatedDiscovery | undefined): SimulatedMonitoringRole | undefined {
  const id = discovery?.monitoringAccountId;
  return id === undefined ? undefined : { id, roleArn: sharedRoleArnOf(id), externalId: sharedRole.externalId };
}

function roleOf({ id, roleArn, externalId }: SimulatedMonitoringRole): SimulatedRole {
  return { accountId: id, roleArn, externalId };
}

function sharingOf({ discovery, accounts }: SimulatedFleetOptions): readonly SimulatedSharing[] {
  const monitoringAccountId = discovery?.monitoringAccountId;
  return monitoringAccountId === undefined
    ? []
    : [{ monitoringAccountId, sourceAccountIds: accounts.map(({ id }) => id) }];
}

function userOf(accountId: string): SimulatedCaller {
  return { accountId, accessKeyId: `AKIAUSEROF${accountId}`, secretAccessKey: "simulated" };
}
