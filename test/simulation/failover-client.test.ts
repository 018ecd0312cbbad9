import { ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { type HealthEvent, type RouterEvent, servedBy, ShardedBedrockRuntime } from "@shardrock/core";
import { failover, type FailoverOptions } from "@shardrock/failover";
import { type Fault, type FaultHook, startSimulatedFleet } from "@shardrock/simulator";
import { expect, it } from "vitest";

const accounts = ["111111111111", "222222222222"].map((id) => ({
  id,
  tokensPerMinute: { "us-east-1": 10_000_000, "us-west-2": 10_000_000 },
}));
const input = {
  modelId: "chat",
  messages: [{ role: "user" as const, content: [{ text: "one two three" }] }],
  inferenceConfig: { maxTokens: 50 },
};

async function world(fault: FaultHook, options?: FailoverOptions) {
  const fleet = await startSimulatedFleet({ accounts, fault, speed: 60 });
  const { config, hostCredentials } = fleet;
  const client = new ShardedBedrockRuntime(config, { hostCredentials, failover: failover(options) });
  const events: RouterEvent[] = [];
  client.onEvent((event) => events.push(event));
  return {
    client,
    changes: () => events.filter((event): event is HealthEvent => event.kind === "health-change"),
    ends: () => events.filter((event) => event.kind === "call-end"),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

const error = (status: number, type: string, message = "m", retryAfter?: string): Fault => ({
  kind: "error",
  status,
  type,
  message,
  ...(retryAfter !== undefined && { retryAfter }),
});

it.each([
  ["503", error(503, "ServiceUnavailableException")],
  ["529", error(529, "overloaded_error")],
  ["a throttle that says overloaded", error(429, "ThrottlingException", "Model x is currently overloaded.")],
  ["500", error(500, "InternalServerException")],
  ["a reset", { kind: "reset" } as const],
])("a client serves every call while one Region answers %s", async (_what, fault) => {
  await using aws = await world(
    ({ region, operation }) =>
      region === "us-east-1" && operation !== "AssumeRole" && operation !== "GetCallerIdentity" ? fault : undefined,
    { retryBudget: { floor: 100 } },
  );

  const answers = await Promise.all(Array.from({ length: 20 }, () => aws.client.send(new ConverseCommand(input))));

  expect(new Set(answers.map((answer) => servedBy(answer)?.region))).toEqual(new Set(["us-west-2"]));
});

it("a client honours Retry-After on the Region and model that asked for it, and shows it in explain", async () => {
  await using aws = await world(({ region, operation }) =>
    region === "us-east-1" && operation === "Converse"
      ? error(503, "ServiceUnavailableException", "m", "90")
      : undefined,
  );
  for (let call = 0; call < 20; call += 1) await aws.client.send(new ConverseCommand(input));

  const [change] = aws.changes();
  expect(change).toMatchObject({ state: "blocked", forMs: 90_000, isSoft: true, reason: "shared capacity is short" });
  expect(change?.scope).toMatch(/^us-east-1\/runtime\//);
  const out = aws.client.explain(new ConverseCommand(input)).filter(({ rank }) => rank === undefined);
  expect(out.map(({ target }) => target.region)).toEqual(["us-east-1", "us-east-1"]);
  for (const { reason } of out) expect(reason).toMatch(/shared capacity is short, for \d+ ms more$/);
});

it("a stream that breaks before its content goes on elsewhere as one clean stream", async () => {
  await using aws = await world(({ accountId, operation }) =>
    accountId === "111111111111" && operation === "ConverseStream"
      ? { kind: "stream-error", type: "modelStreamErrorException", message: "m", beforeEvent: 1 }
      : undefined,
  );
  const starts: number[] = [];
  for (let call = 0; call < 6; call += 1) {
    const { stream } = await aws.client.send(new ConverseStreamCommand(input));
    let started = 0;
    for await (const event of stream ?? []) if (event.messageStart !== undefined) started += 1;
    starts.push(started);
  }

  expect(starts).toEqual([1, 1, 1, 1, 1, 1]);
  expect(aws.ends().some(({ possiblyBilledTwice }) => possiblyBilledTwice)).toBe(true);
});

it("a client asks an account whose role is denied once, and says so", async () => {
  await using aws = await world(({ accountId, operation }) =>
    accountId === "111111111111" && operation === "AssumeRole" ? error(403, "AccessDenied") : undefined,
  );
  for (let call = 0; call < 10; call += 1) {
    const answer = await aws.client.send(new ConverseCommand(input));
    expect(servedBy(answer)?.accountId).toBe("222222222222");
  }

  expect(aws.changes().map(({ state, scope, isSoft }) => [state, scope, isSoft])).toEqual([
    ["blocked", "account 111111111111", false],
  ]);
});
