import { inspect } from "node:util";
import {
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import {
  createRoutedFetch,
  type RouterEvent,
  seededRandom,
  servedBy,
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
import { describe, expect, it } from "vitest";

const regions = ["us-east-1", "us-west-2"];
const modelId = "us.anthropic.claude-sonnet-4-6";
const accountIds = ["111111111111", "222222222222", "333333333333", "444444444444"];
const host = { accountId: "999999999999", accessKeyId: "AKIAHOST", secretAccessKey: "host-secret" };

const input = {
  modelId: "sonnet",
  messages: [{ role: "user" as const, content: [{ text: "How many quotas does a bank need?" }] }],
  inferenceConfig: { maxTokens: 100 },
};
const body = JSON.stringify({
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 100,
  messages: [{ role: "user", content: "How many quotas does a bank need?" }],
});

interface World extends AsyncDisposable {
  readonly aws: SimulatedAws;
  readonly client: ShardedBedrockRuntime;
  readonly records: readonly AnsweredRequest[];
}

/** The real client over real sockets to a simulated AWS of four accounts with room enough. */
async function open(
  options: { fault?: FaultHook; config?: Partial<ShardrockConfig>; serviceMs?: number } = {},
): Promise<World> {
  const quotas = accountIds.flatMap((accountId) =>
    regions.map((region) => ({
      accountId,
      region,
      modelIds: [modelId],
      tokensPerMinute: 2_000_000,
      burndown: 5,
      maxOutputTokens: 64_000,
    })),
  );
  const random = seededRandom(7);
  const aws = await startSimulatedAws({
    book: new SimulatedBedrock({ quotas, limiter: "sliding60", random }),
    clock: systemClock,
    callers: [host],
    roles: accountIds.map((accountId) => ({
      accountId,
      roleArn: roleOf(accountId),
      externalId: `external-${accountId}`,
    })),
    model: { random, serviceMs: () => options.serviceMs ?? 20, firstTokenMs: 5 },
    ...(options.fault && { fault: options.fault }),
  });
  const records: AnsweredRequest[] = [];
  aws.onRecord((record) => void records.push(record));
  const client = new ShardedBedrockRuntime(
    {
      accounts: accountIds.map((id) => ({ id, roleArn: roleOf(id), externalId: `external-${id}`, regions })),
      models: {
        sonnet: { servedBy: [{ id: modelId, destinations: regions }], quotas: { tokensPerMinute: 2_000_000 } },
      },
      residency: { allowedRegions: regions },
      endpoints: { bedrockRuntime: aws.url, sts: aws.url },
      ...options.config,
    },
    { hostCredentials: host },
  );
  return {
    aws,
    client,
    records,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await aws[Symbol.asyncDispose]();
    },
  };
}

function roleOf(accountId: string): string {
  return `arn:aws:iam::${accountId}:role/shardrock`;
}

async function eventsOf<E>(stream: AsyncIterable<E> | undefined): Promise<E[]> {
  const events = [];
  for await (const event of stream ?? []) events.push(event);
  return events;
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("the drop-in client over sockets", () => {
  it("says who served a call on the result, typed, and in the events", async () => {
    await using world = await open();
    const events: RouterEvent[] = [];
    world.client.onEvent((event) => events.push(event));

    const answer = await world.client.converse(input);

    const { accountId, region, requestId, waitedMs } = answer.$metadata.shardrock;
    expect(requestId).toBe(answer.$metadata.requestId);
    expect(events).toMatchObject([
      { kind: "attempt-end", accountId, region, modelId, requestId, waitedMs, booking: "settled" },
      { kind: "call-end", outcome: "ok", attempts: 1, targetId: expect.stringContaining(accountId) },
    ]);
  });

  it("signs every call for the account and Region that served it, with one session per account", async () => {
    await using world = await open();

    const answers = await Promise.all(Array.from({ length: 120 }, () => world.client.converse(input)));

    const said = answers
      .map((answer) => servedBy(answer))
      .map((by) => [by?.requestId, by?.accountId, by?.region, by?.modelId].join());
    const done = world.records.map((record) =>
      [record.requestId, record.accountId, record.region, record.modelId].join(),
    );
    expect(said.toSorted()).toEqual(done.toSorted());
    expect(new Set(world.records.map(({ accountId }) => accountId)).size).toBe(4);
    expect(world.aws.sessions()).toHaveLength(4);
    expect(world.aws.stats().refusedByAuth).toEqual({});
  });

  it("serves all four commands", async () => {
    await using world = await open();

    const whole = await world.client.send(new ConverseCommand(input));
    const streamed = await world.client.send(new ConverseStreamCommand(input));
    const invoked = await world.client.send(new InvokeModelCommand({ modelId: "sonnet", body }));
    const chunks = await world.client.send(new InvokeModelWithResponseStreamCommand({ modelId: "sonnet", body }));

    expect(whole.usage?.outputTokens).toBeGreaterThan(0);
    const kinds = (await eventsOf(streamed.stream)).map((event) => Object.keys(event)[0]);
    expect([kinds[0], kinds.at(-2), kinds.at(-1)]).toEqual(["messageStart", "messageStop", "metadata"]);
    expect(JSON.parse(invoked.body.transformToString())).toMatchObject({ type: "message" });
    expect((await eventsOf(chunks.body)).length).toBeGreaterThan(3);
    await expect
      .poll(() => world.records.map(({ outcome }) => outcome))
      .toEqual(["served", "served", "served", "served"]);
  });

  it("settles every call with what AWS charged, whichever command it was", async () => {
    await using world = await open();
    const bookings: string[] = [];
    world.client.onEvent((event) => event.kind === "attempt-end" && bookings.push(event.booking));

    await world.client.send(new ConverseCommand(input));
    await eventsOf((await world.client.send(new ConverseStreamCommand(input))).stream);
    await world.client.send(new InvokeModelCommand({ modelId: "sonnet", body }));
    await eventsOf(
      (await world.client.send(new InvokeModelWithResponseStreamCommand({ modelId: "sonnet", body }))).body,
    );

    expect(bookings).toEqual(["settled", "settled", "settled", "settled"]);
  });

  it.each([true, false])(
    "tells events as much of a call by fetch as of one by the SDK (stream: %s)",
    async (isStream) => {
      await using world = await open();
      const events: RouterEvent[] = [];
      world.client.onEvent((event) => events.push(event));
      const url = `https://bedrock/model/sonnet/${isStream ? "converse-stream" : "converse"}`;
      const { modelId: _model, ...asked } = input;

      if (isStream) await eventsOf((await world.client.converseStream(input)).stream);
      else await world.client.converse(input);
      const answer = await createRoutedFetch(world.client)(url, { method: "POST", body: JSON.stringify(asked) });
      await answer.arrayBuffer();

      const told = {
        requestId: expect.any(String),
        httpStatus: 200,
        errorName: undefined,
        roleArn: expect.stringContaining(":role/shardrock"),
        roleSessionName: expect.any(String),
        credentialsMs: expect.any(Number),
        firstEventMs: isStream ? expect.any(Number) : undefined,
        usage: expect.objectContaining({ inputTokens: expect.any(Number), outputTokens: expect.any(Number) }),
        usageSource: "reported",
        totalMs: expect.any(Number),
      };
      expect(events.map(({ kind }) => kind)).toEqual(["attempt-end", "call-end", "attempt-end", "call-end"]);
      for (const each of events) expect(each).toMatchObject(told);
      expect(world.records.map(({ requestId }) => requestId)).toEqual(
        events.flatMap((each) => (each.kind === "call-end" ? [each.requestId] : [])),
      );
    },
  );

  it("closes the connection of a stream its consumer leaves", async () => {
    await using world = await open({ serviceMs: 1_000 });

    for (let call = 0; call < 5; call++) {
      const { stream } = await world.client.send(new ConverseStreamCommand(input));
      for await (const _event of stream ?? []) break;
    }

    const outcomes = () => world.records.map(({ outcome }) => outcome);
    await expect.poll(outcomes).toEqual(Array(5).fill("lost"));
    expect((await world.client.converse(input)).stopReason).toBeDefined();
  });

  it("fails over inside a stream before content, and the caller sees one clean stream", async () => {
    let streams = 0;
    const throttle = {
      kind: "stream-error",
      type: "throttlingException",
      message: "Too many requests",
      beforeEvent: 1,
    } as const;
    await using world = await open({
      fault: ({ operation }) => (operation === "ConverseStream" && ++streams === 1 ? throttle : undefined),
    });

    const answer = await world.client.send(new ConverseStreamCommand(input));

    expect((await eventsOf(answer.stream)).filter(({ messageStart }) => messageStart)).toHaveLength(1);
    expect(answer.$metadata.shardrock.attempts).toBe(2);
  });

  it.each([
    ["cut in the middle", { kind: "cut", beforeEvent: 3 }],
    ["ended cleanly but early", { kind: "cut", beforeEvent: 3, isClean: true }],
    ["gone quiet", { kind: "hang", beforeEvent: 3 }],
  ] as const)("says that a stream was %s", async (_how, fault) => {
    await using world = await open({
      fault: ({ operation }) => (operation === "ConverseStream" ? fault : undefined),
      config: { timeouts: { idleMs: 400 } },
    });

    const answer = await world.client.send(new ConverseStreamCommand(input));

    expect(await errorOf(eventsOf(answer.stream))).toMatchObject({ code: "stream-interrupted", eventsDelivered: 3 });
  });

  it("serves from the other accounts when one account's role may not be assumed", async () => {
    await using world = await open({
      fault: ({ operation, accountId }) =>
        operation === "AssumeRole" && accountId === accountIds[0]
          ? { kind: "error", status: 403, type: "AccessDenied", message: "not authorized" }
          : undefined,
    });

    await Promise.all(Array.from({ length: 40 }, () => world.client.converse(input)));

    expect(world.records).toHaveLength(40);
    expect(world.records.some(({ accountId }) => accountId === accountIds[0])).toBe(false);
  });

  it("leads from a failed role to no signature, session token or ExternalId, however deep one looks", async () => {
    await using world = await open({
      fault: ({ operation }) =>
        operation === "AssumeRole" ? { kind: "error", status: 403, type: "AccessDenied", message: "no" } : undefined,
    });

    const error = await errorOf(world.client.converse(input));

    expect(error).toMatchObject({ code: "credentials-unavailable", cause: { name: "AccessDenied" } });
    expect(inspect(error, { showHidden: true, depth: 20 })).not.toMatch(/Signature=|external-\d|host-secret|AKIAHOST/);
  });

  it("is bounded when STS hangs", async () => {
    await using world = await open({
      fault: ({ operation }) => (operation === "AssumeRole" ? { kind: "hang" } : undefined),
      config: { timeouts: { credentialsMs: 250 } },
    });

    expect(await errorOf(world.client.converse(input))).toMatchObject({ code: "credentials-unavailable" });
  });
});
