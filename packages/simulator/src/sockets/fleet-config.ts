import type { ShardrockConfig } from "@shardrock/core";
import type { SimulatedAccount } from "./simulated-fleet.ts";

/** The id that serves `chat` on bedrock-runtime. */
export const runtimeModelId = "us.anthropic.claude-chat";
/** The id that serves it on bedrock-mantle, which knows no profiles. */
export const mantleModelId = "anthropic.claude-chat";
/** What the model can write at most. */
export const maxOutputTokens = 64_000;

/** What the config says of the simulated AWS besides its accounts. */
export interface FleetFacts {
  readonly url: string;
  readonly burndown: number;
  readonly windowMs: number;
  /** What serves `chat` on bedrock-runtime. */
  readonly modelId: string;
}

/** The config of a client that uses every account, Region and endpoint of a fleet. */
export function fleetConfig(accounts: readonly SimulatedAccount[], facts: FleetFacts): ShardrockConfig {
  const { url, burndown, windowMs, modelId } = facts;
  const regions = [...new Set(accounts.flatMap(regionsOf))];
  const hasMantle = accounts.some(({ mantle = {} }) => Object.keys(mantle).length > 0);
  return {
    accounts: accounts.map((account) => {
      const { id } = account;
      return { id, roleArn: roleArnOf(id), externalId: externalIdOf(id), regions: regionsOf(account) };
    }),
    models: {
      chat: {
        servedBy: [
          ...runtimeIds(accounts).map((place) => ({ id: modelId, destinations: regions, ...place })),
          ...mantleIds(accounts).map((place) => ({ id: mantleModelId, endpoint: "mantle" as const, ...place })),
        ],
        quotas: { overrides: accounts.flatMap(overridesOf) },
        burndown,
        maxOutputTokens,
      },
    },
    residency: { allowedRegions: regions },
    endpoints: { bedrockRuntime: url, sts: url, ...(hasMantle && { bedrockMantle: url }) },
    windows: { minuteMs: windowMs },
  };
}

/** What a client is told that finds out the rest by itself: no numbers, no destinations, one role. */
export interface BareFacts {
  readonly url: string;
  /** The foundation model's id. */
  readonly model: string;
  readonly regions: readonly string[];
  readonly windowMs: number;
}

/** The config of a client that is given account ids, a role and a model alone. */
export function bareFleetConfig(accountIds: readonly string[], facts: BareFacts): ShardrockConfig {
  const { url, model, regions, windowMs } = facts;
  return {
    accounts: accountIds.map((id) => ({ id })),
    role: { name: sharedRole.name, externalId: sharedRole.externalId },
    models: { chat: { model } },
    residency: { allowedRegions: regions },
    endpoints: { bedrockRuntime: url, sts: url, serviceQuotas: url, cloudWatch: url, bedrock: url },
    ...(windowMs !== 60_000 && { windows: { minuteMs: windowMs } }),
  };
}

/** A role that every account has under the same name. */
export const sharedRole = { name: "shardrock-shared", externalId: "external-shared" } as const;

/** Its ARN in an account. */
export function sharedRoleArnOf(accountId: string): string {
  return `arn:aws:iam::${accountId}:role/${sharedRole.name}`;
}

/** The role of an account that may be assumed. */
export function roleArnOf(accountId: string): string {
  return `arn:aws:iam::${accountId}:role/shardrock`;
}

/** What must be sent to assume it. */
export function externalIdOf(accountId: string): string {
  return `external-${accountId}`;
}

/** Where an id serves; empty: everywhere. */
interface Place {
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
}

/** Everywhere, unless some Region of some account has mantle only. */
function runtimeIds(accounts: readonly SimulatedAccount[]): readonly Place[] {
  const isEverywhere = accounts.every((account) =>
    regionsOf(account).every((region) => region in account.tokensPerMinute),
  );
  return isEverywhere ? [{}] : placesOf(accounts, ({ tokensPerMinute }) => tokensPerMinute);
}

function mantleIds(accounts: readonly SimulatedAccount[]): readonly Place[] {
  return placesOf(accounts, ({ mantle = {} }) => mantle);
}

/** Accounts with the same Regions share an entry. */
function placesOf(
  accounts: readonly SimulatedAccount[],
  quotasOf: (account: SimulatedAccount) => object,
): readonly Place[] {
  const byRegions = new Map<string, { readonly accounts: string[]; readonly regions: readonly string[] }>();
  for (const account of accounts) {
    const regions = Object.keys(quotasOf(account));
    if (regions.length === 0) continue;
    const place = byRegions.get(regions.join()) ?? { accounts: [], regions };
    place.accounts.push(account.id);
    byRegions.set(regions.join(), place);
  }
  return [...byRegions.values()];
}

function overridesOf({ id, tokensPerMinute, mantle = {} }: SimulatedAccount): readonly object[] {
  return regionsOf({ id, tokensPerMinute, mantle }).map((region) => {
    const limit = tokensPerMinute[region];
    return { account: id, region, ...(limit !== undefined && { tokensPerMinute: limit }), ...mantle[region] };
  });
}

function regionsOf({ tokensPerMinute, mantle = {} }: SimulatedAccount): readonly string[] {
  return [...new Set([...Object.keys(tokensPerMinute), ...Object.keys(mantle)])];
}
