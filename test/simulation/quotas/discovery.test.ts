import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RouterEvent, ShardedBedrockRuntime } from "@shardrock/core";
import { serviceQuotas, type ServiceQuotasOptions } from "@shardrock/quotas";
import { type FaultHook, type SimulatedFleet, startSimulatedFleet } from "@shardrock/simulator";
import { expect, it } from "vitest";

const [one, two, held] = ["111111111111", "222222222222", "333333333333"] as const;
const accounts = [
  { id: one, tokensPerMinute: { "us-east-1": 2_000_000 } },
  { id: two, tokensPerMinute: { "us-east-1": 1_000_000 } },
  { id: held, tokensPerMinute: { "us-east-1": 0 } },
];
const profile = "us.anthropic.claude-sonnet-4-6";
const keyOf = (id: string) => `${id}/us-east-1/runtime/anthropic.claude-sonnet-4-6/geo/tokens/minute`;
const input = {
  modelId: "chat",
  messages: [{ role: "user" as const, content: [{ text: "How many quotas does a bank need?" }] }],
  inferenceConfig: { maxTokens: 50 },
};

function startFleet(fault?: FaultHook): Promise<SimulatedFleet> {
  return startSimulatedFleet({ accounts, discovery: {}, speed: 10, ...(fault && { fault }) });
}

/** In one Region, unless told by the bare config alone: reading takes a while in each. */
function clientOf(fleet: SimulatedFleet, options: ServiceQuotasOptions = {}, isBare = false) {
  const quotas = serviceQuotas({ drift: false, ...options });
  const accounts = fleet.bareConfig.accounts.map(({ id }) => ({ id, regions: ["us-east-1"] }));
  const config = isBare ? fleet.bareConfig : { ...fleet.bareConfig, accounts };
  const client = new ShardedBedrockRuntime(config, { hostCredentials: fleet.hostCredentials, quotas });
  const events: RouterEvent[] = [];
  client.onEvent((event) => events.push(event));
  const limits = () => Object.fromEntries(client.snapshot().quotas.map(({ key, limit }) => [key, limit]));
  return { client, events, limits };
}

/** So many calls at once, and which account and id served each. */
async function served(client: ShardedBedrockRuntime, calls = 40): Promise<ReadonlySet<string>> {
  const answers = await Promise.all(Array.from({ length: calls }, () => client.converse(input)));
  return new Set(
    answers.map(({ $metadata: { shardrock } }) => `${shardrock.accountId} ${shardrock.region} ${shardrock.modelId}`),
  );
}

const error = (status: number, type: string) => ({ kind: "error", status, type, message: "as you wish" }) as const;

it("a client that knows account ids, a role's name and a model's routes by the quotas and profiles it finds", async () => {
  await using fleet = await startFleet();
  const { client, events, limits } = clientOf(fleet, {}, true);
  await using _client = client;

  expect(await served(client)).toEqual(new Set([`${one} us-east-1 ${profile}`, `${two} us-east-1 ${profile}`]));

  expect(limits()).toMatchObject({ [keyOf(one)]: 2_000_000, [keyOf(two)]: 1_000_000 });
  expect(fleet.aws.stats().targets.reduce((sum, { throttled }) => sum + throttled, 0)).toBe(0);
  expect(events).toContainEqual(
    expect.objectContaining({ kind: "quota-change", change: "on-hold", key: keyOf(held), now: 0 }),
  );
  const unmapped = events.flatMap((event) =>
    event.kind === "quota-change" && event.change === "unmapped" ? [event.scope] : [],
  );
  expect(unmapped.filter((scope) => !scope.includes("(L-SIMA"))).toEqual([]); // those are made up, and of no model
}, 20_000);

it("no account and Region is asked more often than AWS publishes, and nobody signs wrongly", async () => {
  await using fleet = await startFleet();
  const { client } = clientOf(fleet);
  await using _client = client;
  await served(client, 1);

  const { control, refusedByAuth } = fleet.aws.stats();

  expect(refusedByAuth).toEqual({});
  expect(control.filter(({ throttled }) => throttled > 0)).toEqual([]);
  const lists = control.filter(({ operation }) => operation === "ListAWSDefaultServiceQuotas");
  expect(lists.length).toBe(3);
  expect(Math.min(...lists.map(({ calls }) => calls))).toBeGreaterThanOrEqual(11);
}, 20_000);

it("a quota that is cut is followed without a throttle, and one that is raised is used bit by bit", async () => {
  await using fleet = await startFleet();
  const { client, limits } = clientOf(fleet, { pollMs: 1_000 });
  await using _client = client;
  await served(client, 1);

  fleet.changeQuota({ accountId: one, region: "us-east-1" }, { tokensPerMinute: 200_000 });
  fleet.changeQuota({ accountId: two, region: "us-east-1" }, { tokensPerMinute: 6_000_000 });
  await expect.poll(() => limits()[keyOf(one)], { timeout: 10_000 }).toBe(200_000);
  await expect.poll(() => limits()[keyOf(two)], { timeout: 10_000 }).toBeGreaterThan(999_999);

  expect(limits()[keyOf(two)]).toBeLessThan(3_000_000);
  await served(client, 20);
  expect(fleet.aws.stats().targets.reduce((sum, { throttled }) => sum + throttled, 0)).toBe(0);
}, 30_000);

it("an account that denies its quotas stops no other one", async () => {
  const deny: FaultHook = ({ operation, accountId }) =>
    accountId === one && operation === "ListServiceQuotas" ? error(403, "AccessDeniedException") : undefined;
  await using fleet = await startFleet(deny);
  const { client, events } = clientOf(fleet);
  await using _client = client;

  expect(await served(client)).toEqual(new Set([`${two} us-east-1 ${profile}`]));

  const told = events.filter((event) => event.kind === "quota-change" && event.change === "stale");
  expect(told.length).toBe(1);
  expect(told[0]).toMatchObject({ accountId: one, message: expect.stringContaining("AccessDeniedException") });
}, 20_000);

it("AWS throttling and breaking connections now and then only takes a while", async () => {
  const now: FaultHook = ({ operation, sequence }) => {
    if (operation !== "ListServiceQuotas" && operation !== "ListInferenceProfiles") return undefined;
    if (sequence % 9 === 4) return error(429, "TooManyRequestsException");
    return sequence % 9 === 7 ? { kind: "reset" } : undefined;
  };
  await using fleet = await startFleet(now);
  const { client } = clientOf(fleet);
  await using _client = client;

  expect((await served(client)).size).toBe(2);
}, 40_000);

it("what was read before is enough to start without AWS's control plane", async () => {
  const folder = mkdtempSync(join(tmpdir(), "shardrock-discovery-"));
  try {
    const file = join(folder, "quotas.json");
    let isDown = false;
    const control: ReadonlySet<string> = new Set([
      "ListServiceQuotas",
      "ListAWSDefaultServiceQuotas",
      "ListInferenceProfiles",
    ]);
    const down: FaultHook = ({ operation }) =>
      isDown && control.has(operation) ? error(503, "ServiceUnavailableException") : undefined;
    await using fleet = await startFleet(down);
    await using before = clientOf(fleet, { file }).client;
    await served(before, 1);
    await before.close();

    isDown = true;
    const { client, limits } = clientOf(fleet, { file });
    await using _client = client;

    expect((await served(client)).size).toBe(2);
    expect(limits()).toMatchObject({ [keyOf(one)]: 2_000_000, [keyOf(two)]: 1_000_000 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 30_000);

it("closing while quotas are read ends the questions and the calls that wait for them", async () => {
  const hang: FaultHook = ({ operation }) => (operation === "ListServiceQuotas" ? { kind: "hang" } : undefined);
  await using fleet = await startFleet(hang);
  const { client } = clientOf(fleet);
  const waiting = client.converse(input).catch((reason: unknown) => reason);
  await expect.poll(() => fleet.aws.stats().control.length, { timeout: 10_000 }).toBeGreaterThan(1);

  await client.close();

  expect(await waiting).toMatchObject({ code: "closed" });
  await expect.poll(() => fleet.aws.openConnections, { timeout: 5_000 }).toBe(0);
}, 30_000);

it("a profile that may run where residency does not allow it is not used, though it is found", async () => {
  await using fleet = await startFleet();
  const config = { ...fleet.bareConfig, residency: { allowedRegions: ["us-east-1"] } };
  const quotas = serviceQuotas({ drift: false });
  await using client = new ShardedBedrockRuntime(config, { hostCredentials: fleet.hostCredentials, quotas });

  await expect(client.converse(input)).rejects.toMatchObject({ code: "no-eligible-target" });
}, 20_000);
