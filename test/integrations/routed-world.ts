import {
  createRoutedFetch,
  type RouterEvent,
  seededRandom,
  ShardedBedrockRuntime,
  type ShardrockConfig,
  systemClock,
} from "@shardrock/core";
import {
  type AnsweredRequest,
  type FaultHook,
  type SimulatedAws,
  SimulatedBedrock,
  startSimulatedAws,
} from "@shardrock/simulator";
import { expect } from "vitest";

type Ended = Extract<RouterEvent, { readonly kind: "attempt-end" }>;

/**
 * A simulated AWS of two accounts, the client over it, and its routed fetch. `claude` and `gpt` are on the runtime
 * endpoint, `mantle-claude` and `mantle-gpt` on mantle.
 */
export interface RoutedWorld extends AsyncDisposable {
  readonly aws: SimulatedAws;
  readonly client: ShardedBedrockRuntime;
  readonly fetch: typeof fetch;
  /** Attempts that have ended, in that order. */
  readonly ended: readonly Ended[];
  /** Calls that AWS has charged or turned away, in that order. */
  readonly records: readonly AnsweredRequest[];
}

const places = [
  { accountId: "111111111111", region: "us-east-1" },
  { accountId: "222222222222", region: "us-west-2" },
];
const regions = places.map(({ region }) => region);
const host = { accountId: "999999999999", accessKeyId: "AKIAHOST", secretAccessKey: "host-secret" };
const runtimeIds = ["us.anthropic.claude-sonnet-4-6", "openai.gpt-oss-120b-1:0"];
const mantleIds = ["anthropic.claude-sonnet-4-6", "openai.gpt-oss-120b"];

export async function openWorld({ fault }: { readonly fault?: FaultHook } = {}): Promise<RoutedWorld> {
  const aws = await startSimulatedAws({
    book: bookOfAws(),
    clock: systemClock,
    callers: [host],
    roles: places.map(({ accountId }) => ({ accountId, roleArn: roleArnOf(accountId), externalId: "an-external-id" })),
    model: { random: seededRandom(1), timeScale: 1 / 400 },
    ...(fault && { fault }),
  });
  const client = new ShardedBedrockRuntime(configFor(aws.url), { hostCredentials: host });
  const ended: Ended[] = [];
  const records: AnsweredRequest[] = [];
  client.onEvent((event) => void (event.kind === "attempt-end" && ended.push(event)));
  aws.onRecord((record) => void records.push(record));
  return {
    aws,
    client,
    fetch: createRoutedFetch(client),
    ended,
    records,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await aws[Symbol.asyncDispose]();
    },
  };
}

/** The first call of a model is throttled, wherever it goes. */
export function firstThrottled(): FaultHook {
  let isFirst = true;
  return ({ modelId }) => {
    if (modelId === undefined || !isFirst) return undefined;
    isFirst = false;
    const message = "Too many tokens, please wait before trying again.";
    return { kind: "error", status: 429, type: "ThrottlingException", message };
  };
}

/** One call was served, booked for what AWS charged, and no signature but ours reached AWS. */
export async function expectSettled({ aws, ended, records }: RoutedWorld): Promise<AnsweredRequest> {
  await expect.poll(() => records.map(({ outcome }) => outcome)).toEqual(["served"]);
  await expect.poll(() => ended.map(({ booking }) => booking)).toEqual(["settled"]);
  const [record] = records;
  expect(aws.stats().refusedByAuth).toEqual({});
  expect(ended[0]?.usage).toMatchObject({ inputTokens: record?.inputTokens, outputTokens: record?.outputTokens });
  if (record === undefined) throw new Error("no call was served");
  return record;
}

/** The first account had no room, the other served. */
export function expectFailedOver({ ended }: RoutedWorld): void {
  expect(ended.map(({ booking }) => booking)).toEqual(["throttled", "settled"]);
  expect(new Set(ended.map(({ accountId }) => accountId)).size).toBe(2);
}

/** Every stream of a model goes quiet after its first content, until its reader leaves. */
export const quietStreams: FaultHook = ({ modelId }) =>
  modelId === undefined ? undefined : { kind: "hang", beforeEvent: 5 };

/** The reader left: the connection is closed at once, and the hold is kept, because AWS bills what it generates. */
export async function expectLeft({ aws, ended }: RoutedWorld): Promise<void> {
  await expect.poll(() => ended.map(({ booking }) => booking)).toEqual(["kept"]);
  await expect.poll(() => aws.openConnections).toBe(0);
}

/** All that a stream gives. */
export async function all<T>(stream: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

function bookOfAws(): SimulatedBedrock {
  const shared = { maxOutputTokens: 64_000 };
  const tokensPerMinute = 4_000_000;
  return new SimulatedBedrock({
    quotas: places.flatMap((place) =>
      runtimeIds.map((id) => ({ ...place, ...shared, modelIds: [id], tokensPerMinute, burndown: 1 })),
    ),
    mantleQuotas: places.flatMap((place) =>
      mantleIds.map((id) => {
        const perMinute = { inputTokensPerMinute: tokensPerMinute, outputTokensPerMinute: tokensPerMinute };
        return { ...place, ...shared, ...perMinute, modelIds: [id] };
      }),
    ),
    limiter: "bucket25",
    random: seededRandom(2),
  });
}

function configFor(url: string): ShardrockConfig {
  const facts = { burndown: 1, maxOutputTokens: 64_000 };
  const quotas = { tokensPerMinute: 4_000_000 };
  const mantleQuotas = { inputTokensPerMinute: 4_000_000, outputTokensPerMinute: 4_000_000 };
  const [claude = "", gpt = ""] = runtimeIds;
  const [mantleClaude = "", mantleGpt = ""] = mantleIds;
  return {
    accounts: places.map(({ accountId: id, region }) => {
      return { id, roleArn: roleArnOf(id), externalId: "an-external-id", regions: [region] };
    }),
    models: {
      claude: { servedBy: [{ id: claude, destinations: regions }], quotas, ...facts },
      gpt: { servedBy: [{ id: gpt }], quotas, ...facts },
      "mantle-claude": { servedBy: [{ id: mantleClaude, endpoint: "mantle" }], quotas: mantleQuotas, ...facts },
      "mantle-gpt": { servedBy: [{ id: mantleGpt, endpoint: "mantle" }], quotas: mantleQuotas, ...facts },
    },
    residency: { allowedRegions: regions },
    endpoints: { bedrockRuntime: url, bedrockMantle: url, sts: url },
  };
}

function roleArnOf(accountId: string): string {
  return `arn:aws:iam::${accountId}:role/shardrock`;
}
