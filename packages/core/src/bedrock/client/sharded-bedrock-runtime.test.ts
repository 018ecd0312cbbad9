import {
  ApplyGuardrailCommand,
  type ApplyGuardrailCommandInput,
  BedrockRuntime,
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  ListAsyncInvokesCommand,
  paginateListAsyncInvokes,
  ThrottlingException,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";
import fc from "fast-check";
import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import type { RouterEvent } from "../../routing/router-event.ts";
import { chunk, event, exception } from "../testing/event-frame.test.kit.ts";
import { exampleAccount, exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import {
  accountOf,
  assumedRole,
  converseAnswer,
  type FakeAnswer,
  FakeAws,
  refusal,
  streamAnswer,
} from "../testing/fake-aws.test.kit.ts";
import { type ServedBy, servedBy } from "../transport/served-by.ts";
import { ShardedBedrockRuntime } from "./sharded-bedrock-runtime.ts";
import type { ShardrockConfig } from "../config/shardrock-config.ts";

const host = { accessKeyId: "AKIAHOST", secretAccessKey: "host-secret" };
const input: ConverseCommandInput = {
  modelId: "sonnet",
  messages: [{ role: "user", content: [{ text: "hello" }] }],
  inferenceConfig: { maxTokens: 100 },
};
const modelId = "us.anthropic.claude-sonnet-4-6";
const never = new Promise<FakeAnswer>(() => undefined);

const start = event({ messageStart: { role: "assistant" } });
const delta = event({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: "hi" } } });
const stop = event({ messageStop: { stopReason: "end_turn" } });
const usage = event({
  metadata: { usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 }, metrics: { latencyMs: 1 } },
});

function open(change: Partial<ShardrockConfig> = {}, env: Readonly<Record<string, string>> = {}) {
  const aws = new FakeAws();
  const client = new ShardedBedrockRuntime(exampleConfig(change), {
    env,
    hostCredentials: host,
    requestHandler: aws.handler,
  });
  const events: RouterEvent[] = [];
  client.onEvent((happened) => events.push(happened));
  const bookings = () => events.flatMap((each) => (each.kind === "attempt-end" ? [each.booking] : []));
  return { aws, client, events, bookings };
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function textOf(stream: AsyncIterable<unknown> | undefined): Promise<unknown[]> {
  const events = [];
  for await (const each of stream ?? []) events.push(each);
  return events;
}

afterEach(() => vi.unstubAllEnvs());

describe("a drop-in for BedrockRuntime", () => {
  it("serves Converse from an account of the config and says who did", async () => {
    const { aws, client, bookings } = open();

    const answer = await client.send(new ConverseCommand(input));

    const [request] = aws.bedrock;
    expect(answer.output?.message?.content).toEqual([{ text: "hello" }]);
    expect(request?.path).toBe(`/model/${encodeURIComponent(modelId)}/converse`);
    expectTypeOf(answer.$metadata.shardrock).toEqualTypeOf<ServedBy>();
    expect(answer.$metadata.shardrock).toEqual({
      accountId: request?.signer,
      region: request?.signedRegion,
      modelId,
      requestId: "request-1",
      attempts: 1,
      waitedMs: expect.any(Number),
      callId: 1,
    });
    expect(request?.host).toBe(`bedrock-runtime.${request?.signedRegion}.amazonaws.com`);
    expect(bookings()).toEqual(["settled"]);
  });

  it("is a BedrockRuntime, with its methods and both kinds of callback", async () => {
    const { client } = open();
    const byCallback = () =>
      new Promise((resolve) =>
        client.send(new ConverseCommand(input), (error, data) => resolve([error, servedBy(data)?.modelId])),
      );
    const byOptions = () =>
      new Promise((resolve) =>
        client.send(new ConverseCommand({ ...input, modelId: "x" }), {}, (error) => resolve(error)),
      );

    expect(client).toBeInstanceOf(BedrockRuntime);
    expect(client).toBeInstanceOf(BedrockRuntimeClient);
    expect(servedBy(await client.converse(input))?.modelId).toBe(modelId);
    expect(await byCallback()).toEqual([null, modelId]);
    expect(await byOptions()).toMatchObject({ code: "model-unknown" });
  });

  it("serves InvokeModel and takes its usage from the headers", async () => {
    const { aws, client, bookings } = open();
    const headers = { "x-amzn-bedrock-input-token-count": "7", "x-amzn-bedrock-output-token-count": "3" };
    aws.onBedrock = () => ({ body: '{"completion":"hi"}', headers });
    const body = JSON.stringify({ max_tokens: 50, messages: [] });

    const answer = await client.send(new InvokeModelCommand({ modelId: "sonnet", body }));

    expect(answer.body.transformToString()).toBe('{"completion":"hi"}');
    expect(aws.bedrock[0]?.body).toBe(body);
    expect(bookings()).toEqual(["settled"]);
  });

  it("streams InvokeModel", async () => {
    const { aws, client, bookings } = open();
    const metrics = { "amazon-bedrock-invocationMetrics": { inputTokenCount: 7, outputTokenCount: 3 } };
    aws.onBedrock = () =>
      streamAnswer([
        chunk({ type: "message_start" }),
        chunk({ type: "content_block_delta" }),
        chunk({ type: "message_stop", ...metrics }),
      ]);

    const answer = await client.send(
      new InvokeModelWithResponseStreamCommand({ modelId: "sonnet", body: '{"max_tokens":9}' }),
    );

    expect(await textOf(answer.body)).toHaveLength(3);
    expect(bookings()).toEqual(["settled"]);
  });

  it("keeps the hold when AWS reports a usage that cannot be", async () => {
    const { aws, client, bookings } = open();
    aws.onBedrock = () => converseAnswer("hi", { inputTokens: -7, outputTokens: 3, totalTokens: 10 });

    await client.converse(input);

    expect(bookings()).toEqual(["kept"]);
  });

  it.each([
    [new ConverseCommand({ ...input, modelId: "sonet" }), "model-unknown", /sonnet/],
    [new ConverseCommand({ ...input, modelId: undefined }), "request-invalid", /modelId/],
    [new ListAsyncInvokesCommand({}), "command-unsupported", /ListAsyncInvokes.*ConverseCommand/],
  ])("refuses %#: %s", async (command, code, message) => {
    const { aws, client } = open();

    const error = await errorOf(client.send(command as ConverseCommand));

    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(aws.seen).toEqual([]);
  });

  it.each([{ priority: Number.NaN }, { maxWaitMs: -1 }, { maxWaitMs: Infinity }])(
    "refuses the call option %j",
    async (shardrock) => {
      const { client } = open();

      expect(await errorOf(client.send(new ConverseCommand(input), { shardrock }))).toMatchObject({
        code: "option-invalid",
      });
    },
  );

  it("never touches the caller's command: not its input, not its middleware", async () => {
    const { aws, client } = open();
    const refusals = [refusal(429, "ThrottlingException")];
    aws.onBedrock = () => refusals.pop() ?? converseAnswer("hello");
    const command = new ConverseCommand(Object.freeze(structuredClone(input)));
    command.middlewareStack.add((next) => next, { name: "mine" });

    await client.send(command);
    await client.send(command);

    expect(command.input).toEqual(input);
    expect(command.middlewareStack.identify()).toEqual(["mine - initialize"]);
  });

  it("applies middleware of the command, and of the client whenever it was added", async () => {
    const { aws, client } = open();
    const addHeader =
      (name: string) =>
      <Args, Result>(next: (args: Args) => Result) =>
      (args: Args): Result => {
        (args as { request: { headers: Record<string, string> } }).request.headers[name] = "yes";
        return next(args);
      };
    client.middlewareStack.add(addHeader("x-early"), { step: "build", name: "early" });
    client.middlewareStack.use({ applyToStack: (stack) => stack.add(addHeader("x-plugin"), { step: "build" }) });
    const command = new ConverseCommand(input);
    command.middlewareStack.add(addHeader("x-command"), { step: "build" });
    await client.send(command);
    client.middlewareStack.addRelativeTo(addHeader("x-late"), {
      relation: "before",
      toMiddleware: "hostHeaderMiddleware",
    });
    client.middlewareStack.remove("early");
    for (let call = 0; call < 8; call++) await client.send(new ConverseCommand(input));

    const extra = aws.bedrock.map(({ headers }) =>
      Object.keys(headers)
        .filter((name) => /^x-(early|plugin|command|late)$/.test(name))
        .toSorted(),
    );
    expect(extra[0]).toEqual(["x-command", "x-early", "x-plugin"]);
    expect(new Set(extra.slice(1).map(String))).toEqual(new Set(["x-late,x-plugin"]));
  });

  it("says once, loudly, what a call without a maximum of output tokens costs", async () => {
    const { client, events } = open();

    await client.converse({ ...input, inferenceConfig: {} });
    await client.converse({ ...input, inferenceConfig: {} });

    const warnings = events.filter(({ kind }) => kind === "warning");
    expect(warnings).toMatchObject([
      { kind: "warning", code: "max-tokens-unset:sonnet", message: expect.stringContaining("64000 tokens") },
    ]);
  });

  it("takes no more calls once it is destroyed", async () => {
    const { client } = open();
    await client.converse(input);

    client.destroy();

    expect(await errorOf(client.converse(input))).toMatchObject({ code: "closed" });
  });

  it("sends a call with an account's guardrail to that account only", async () => {
    const { aws, client } = open();
    const guardrailIdentifier = "arn:aws:bedrock:us-east-1:222222222222:guardrail/abc";

    for (let call = 0; call < 10; call++) {
      await client.converse({ ...input, guardrailConfig: { guardrailIdentifier, guardrailVersion: "1" } });
    }

    expect(new Set(aws.bedrock.map(({ signer }) => signer))).toEqual(new Set(["222222222222"]));
  });

  it("sends a prompt to no Region the call does not allow", async () => {
    const { aws, client } = open();

    const error = await errorOf(
      client.send(new ConverseCommand(input), { shardrock: { allowedRegions: ["us-east-1"] } }),
    );

    expect(error).toMatchObject({ code: "no-eligible-target" });
    expect(aws.seen).toEqual([]);
  });
});

describe("CountTokens", () => {
  const counting = { modelId: "sonnet", input: { converse: { messages: input.messages } } };
  const counted = { body: '{"inputTokens":42}', headers: { "x-amzn-requestid": "request-4" } };

  it("counts by the foundation model and says who did, by method and by command", async () => {
    const { aws, client, bookings } = open();
    aws.onBedrock = () => counted;

    const byMethod = await client.countTokens(counting);
    const byCommand = await client.send(new CountTokensCommand({ ...counting, modelId }), {
      shardrock: { allowedRegions: ["us-west-2"] },
    });

    expectTypeOf(byMethod.$metadata.shardrock).toEqualTypeOf<ServedBy>();
    expect([byMethod.inputTokens, byCommand.inputTokens]).toEqual([42, 42]);
    expect(byCommand.$metadata.shardrock).toMatchObject({
      region: "us-west-2",
      modelId: "anthropic.claude-sonnet-4-6",
      requestId: "request-4",
    });
    expect(new Set(aws.bedrock.map(({ path }) => path))).toEqual(
      new Set(["/model/anthropic.claude-sonnet-4-6/count-tokens"]),
    );
    expect(bookings()).toEqual(["settled", "settled"]);
  });

  it("goes on while the model's quotas are full", async () => {
    const model = exampleModel({ quotas: { tokensPerMinute: 1_500 } });
    const { aws, client } = open({
      accounts: [exampleAccount(1, { regions: ["us-east-1"] })],
      models: { sonnet: model },
      waiting: { maxWaitMs: 600_000 },
    });
    const large = { ...input, inferenceConfig: { maxTokens: 1_000 } };
    aws.onBedrock = ({ path }) => (path.endsWith("/count-tokens") ? counted : never);
    void errorOf(client.converse(large));
    void errorOf(client.converse(large));

    expect(await client.countTokens(counting)).toMatchObject({ inputTokens: 42 });
  });

  it("tries every place once when all are throttled, and then says what AWS said", async () => {
    const { aws, client, bookings } = open();
    aws.onBedrock = () => refusal(429, "ThrottlingException", "Too many requests, please wait.");

    const error = await errorOf(client.countTokens(counting));

    expect(error).toMatchObject({ name: "ThrottlingException" });
    expect(new Set(aws.bedrock.map(({ signer, signedRegion }) => signer + signedRegion)).size).toBe(4);
    expect(bookings()).toEqual(["throttled", "throttled", "throttled", "throttled"]);
  });

  it("that is throttled or denied takes nothing from the model's own targets", async () => {
    const { aws, client } = open();
    aws.onBedrock = () => refusal(403, "AccessDeniedException", "not authorized to perform bedrock:CountTokens");
    for (let call = 0; call < 3; call++) await errorOf(client.countTokens(counting));
    aws.onBedrock = () => converseAnswer("hello");

    const rows = client.explain(new ConverseCommand(input));

    expect(rows.map(({ rank, reason }) => [rank, reason])).toEqual([1, 2, 3, 4].map((rank) => [rank, "has room now"]));
    expect(await client.converse(input)).toMatchObject({ output: expect.anything() });
  });
});

describe("ApplyGuardrail", () => {
  const guardrailIdentifier = "arn:aws:bedrock:us-west-2:222222222222:guardrail/abc";
  const applying: ApplyGuardrailCommandInput = {
    guardrailIdentifier,
    guardrailVersion: "1",
    source: "INPUT",
    content: [{ text: { text: "hello" } }],
  };

  it("goes to where the guardrail is, by method, command and callback, and says where", async () => {
    const { aws, client, bookings } = open();
    aws.onBedrock = () => ({ body: '{"action":"NONE","outputs":[],"assessments":[]}' });

    const byMethod = await client.applyGuardrail(applying);
    const byCommand = await client.send(new ApplyGuardrailCommand(applying), { shardrock: { priority: 1 } });
    const byCallback = await new Promise((resolve) => client.applyGuardrail(applying, (_error, data) => resolve(data)));

    expectTypeOf(byMethod.$metadata.shardrock).toEqualTypeOf<ServedBy>();
    for (const answer of [byMethod, byCommand, byCallback]) {
      expect(answer).toMatchObject({ action: "NONE" });
      expect(servedBy(answer)).toMatchObject({ accountId: "222222222222", region: "us-west-2" });
    }
    expect(new Set(aws.bedrock.map(({ path }) => path))).toEqual(
      new Set([`/guardrail/${encodeURIComponent(guardrailIdentifier)}/version/1/apply`]),
    );
    expect(bookings()).toEqual(["settled", "settled", "settled"]);
  });

  it("sends each account its own id of a named guardrail", async () => {
    const resources = {
      pii: [
        { account: "111111111111", id: "first" },
        { account: "222222222222", id: "second" },
      ],
    };
    const { aws, client } = open({ resources });
    aws.onBedrock = ({ path }) =>
      path.startsWith("/guardrail/")
        ? { body: '{"action":"NONE","outputs":[],"assessments":[]}' }
        : converseAnswer("hello");
    const named = { ...applying, guardrailIdentifier: "pii" };

    for (let call = 0; call < 12; call++) await client.applyGuardrail(named);
    await client.converse({ ...input, guardrailConfig: { guardrailIdentifier: "pii", guardrailVersion: "1" } });

    const applied = aws.bedrock.slice(0, -1).map(({ signer, path }) => `${signer} ${path}`);
    expect(new Set(applied)).toEqual(
      new Set(["111111111111 /guardrail/first/version/1/apply", "222222222222 /guardrail/second/version/1/apply"]),
    );
    const last = aws.bedrock.at(-1);
    expect(JSON.parse(last?.body ?? "").guardrailConfig.guardrailIdentifier).toBe(
      last?.signer === "111111111111" ? "first" : "second",
    );
  });
});

describe("explaining a call", () => {
  it.each([
    new ConverseCommand(input),
    new ConverseStreamCommand(input),
    new InvokeModelCommand({ modelId: "sonnet", body: "{}" }),
    new InvokeModelWithResponseStreamCommand({ modelId: "sonnet", body: "{}" }),
    new CountTokensCommand({ modelId: "sonnet", input: { converse: { messages: [] } } }),
  ])("ranks every candidate, sends nothing, books nothing and warns of nothing: %#", (command) => {
    const { aws, client, events } = open();

    const rows = client.explain(command as ConverseCommand, { shardrock: { allowedRegions: ["us-east-1"] } });
    const free = client.explain(command as ConverseCommand);

    expect(rows).toHaveLength(4);
    expect(free.map(({ rank }) => rank)).toEqual([1, 2, 3, 4]);
    expect(free.every(({ score, headroom }) => Number.isFinite(score) && headroom === 1)).toBe(true);
    expect(aws.seen).toEqual([]);
    expect(events.filter(({ kind }) => kind !== "warning")).toEqual([]);
    expect(events.filter((each) => each.kind === "warning" && each.code.startsWith("max-tokens"))).toEqual([]);
  });

  it("says what sending would say", () => {
    const { client } = open();

    expect(() => client.explain(new ConverseCommand({ ...input, modelId: "sonet" }))).toThrow(/did you mean/);
    expect(() => client.explain(new ListAsyncInvokesCommand({}))).toThrow(/not supported/);
  });
});

describe("code written for one account", () => {
  it("may go on naming the profile's id", async () => {
    const { aws, client } = open();

    const answer = await client.converse({ ...input, modelId });

    expect(servedBy(answer)?.modelId).toBe(modelId);
    expect(aws.bedrock[0]?.path).toBe(`/model/${encodeURIComponent(modelId)}/converse`);
  });

  it("meets a typed error in a paginator of what is not supported", async () => {
    const { aws, client } = open();

    const error = await errorOf(textOf(paginateListAsyncInvokes({ client }, {})));

    expect(error).toMatchObject({ code: "command-unsupported" });
    expect(aws.seen).toEqual([]);
  });

  it("can read the client's config", async () => {
    const { client } = open();

    expect(await client.config.region()).toBe("us-east-1");
    expect(await client.config.maxAttempts()).toBe(1);
    expect(client.config.serviceId).toBe("Bedrock Runtime");
  });
});

describe("variables of the environment", () => {
  it("that have no effect are each told of once, without their values", async () => {
    const env = { AWS_BEARER_TOKEN_BEDROCK: "ONE-ACCOUNT-KEY", AWS_ENDPOINT_URL_S3: "http://evil", HOME: "/root" };
    const { client, events } = open({}, env);

    await client.converse(input);
    await client.converse(input);

    const warnings = events.flatMap((each) => (each.kind === "warning" ? [each] : []));
    expect(warnings.map(({ code }) => code)).toEqual([
      "environment:AWS_BEARER_TOKEN_BEDROCK",
      "environment:AWS_ENDPOINT_URL_S3",
    ]);
    expect(JSON.stringify(events)).not.toMatch(/ONE-ACCOUNT-KEY|evil/);
  });

  it("are those of the process unless told", () => {
    vi.stubEnv("AWS_MAX_ATTEMPTS", "7");
    const events: RouterEvent[] = [];

    new ShardedBedrockRuntime(exampleConfig()).onEvent((happened) => events.push(happened));

    expect(events).toContainEqual(
      expect.objectContaining({
        code: "environment:AWS_MAX_ATTEMPTS",
        message: expect.stringContaining("AWS_MAX_ATTEMPTS"),
      }),
    );
  });
});

describe("identity", () => {
  it("asks STS once per role, for four Regions and many callers", async () => {
    const regions = ["us-east-1", "us-east-2", "us-west-2", "ca-central-1"];
    const { aws, client } = open({
      accounts: [exampleAccount(1, { regions }), exampleAccount(2, { regions })],
      residency: { allowedRegions: "anywhere" },
    });

    await Promise.all(Array.from({ length: 200 }, () => client.converse(input)));

    expect(aws.sts).toHaveLength(2);
    expect(new Set(aws.bedrock.map(({ signedRegion }) => signedRegion)).size).toBe(4);
    expect(aws.sts.every(({ signer, host }) => signer === "host" && host === "sts.us-east-1.amazonaws.com")).toBe(true);
  });

  it("sends every attribute of the session", async () => {
    const account = exampleAccount(1, {
      sourceIdentity: "hub",
      tags: { team: "risk" },
      durationSeconds: 900,
      sessionName: "desk",
    });
    const { aws, client } = open({ accounts: [account] });

    await client.converse(input);

    const sent = Object.fromEntries(new URLSearchParams(aws.sts[0]?.body));
    expect(sent).toMatchObject({
      Action: "AssumeRole",
      RoleArn: account.roleArn,
      RoleSessionName: "desk",
      ExternalId: "an-external-id",
      SourceIdentity: "hub",
      DurationSeconds: "900",
      "Tags.member.1.Key": "team",
      "Tags.member.1.Value": "risk",
    });
  });

  it("never signs for one account with the credentials of another", async () => {
    const accounts = [1, 2, 3, 4].map((digit) => exampleAccount(digit));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
        fc.array(fc.constantFrom(1, 2, 3, 4), { maxLength: 2 }),
        async (calls, down) => {
          const { aws, client } = open({ accounts });
          const isDown = (accountId: string) => down.some((digit) => accountId === String(digit).repeat(12));
          aws.onSts = (request) =>
            isDown(accountOf(request)) ? { status: 403, body: "<x/>" } : assumedRole(accountOf(request));
          aws.onBedrock = ({ signer, signedRegion, host }) => converseAnswer(`${signer} ${signedRegion} ${host}`);

          const answers = await Promise.all(
            calls.map(async (isStream) =>
              isStream ? client.converse(input) : client.send(new ConverseCommand(input)),
            ),
          );

          for (const answer of answers) {
            const served = servedBy(answer);
            const said = answer.output?.message?.content?.[0]?.text;
            expect(said).toBe(`${served?.accountId} ${served?.region} bedrock-runtime.${served?.region}.amazonaws.com`);
            expect(isDown(served?.accountId ?? "")).toBe(false);
          }
          expect(aws.bedrock.every(({ signer }) => signer !== "host")).toBe(true);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("does not become one account's API key when AWS_BEARER_TOKEN_BEDROCK is set", async () => {
    vi.stubEnv("AWS_BEARER_TOKEN_BEDROCK", "ONE-ACCOUNT-KEY");
    const { aws, client } = open();

    await client.converse(input);

    expect(aws.bedrock[0]?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=ASIA/);
  });

  it.each(["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL_STS"])(
    "does not follow %s",
    async (name) => {
      vi.stubEnv(name, "http://evil.example");
      const { aws, client } = open();

      await client.converse(input);

      expect(aws.seen.map(({ host }) => host)).not.toContain("evil.example");
      expect(aws.seen.every(({ host }) => host.endsWith(".amazonaws.com"))).toBe(true);
    },
  );

  it("goes to explicit endpoints, one for each Region", async () => {
    const { aws, client } = open({
      endpoints: { bedrockRuntime: "https://bedrock.{region}.vpce.example.com", sts: "http://127.0.0.1:1234" },
      stsRegion: "eu-west-1",
    });

    await client.converse(input);

    expect(aws.sts[0]).toMatchObject({ host: "127.0.0.1:1234", signedRegion: "eu-west-1" });
    expect(aws.bedrock[0]?.host).toBe(`bedrock.${aws.bedrock[0]?.signedRegion}.vpce.example.com`);
  });

  it("has one try at AWS however many AWS_MAX_ATTEMPTS says", async () => {
    vi.stubEnv("AWS_MAX_ATTEMPTS", "7");
    const { aws, client } = open();
    aws.onBedrock = () => refusal(500, "InternalServerException");

    await errorOf(client.converse(input));

    expect(aws.bedrock).toHaveLength(1);
  });

  it("gives up an STS that hangs, and serves from the other accounts", async () => {
    const { aws, client } = open({ timeouts: { credentialsMs: 250 } });
    aws.onSts = (request) => (accountOf(request) === "111111111111" ? never : assumedRole(accountOf(request)));

    const answers = await Promise.all(Array.from({ length: 20 }, () => client.converse(input)));

    expect(new Set(answers.map((answer) => servedBy(answer)?.accountId))).toEqual(new Set(["222222222222"]));
  });

  it("says why when no account has credentials, and never falls back on the host's", async () => {
    const { aws, client, bookings } = open();
    aws.onSts = () => ({
      status: 403,
      body: "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
    });

    const error = await errorOf(client.converse(input));

    expect(error).toMatchObject({ code: "credentials-unavailable", cause: { name: "AccessDenied" } });
    expect(aws.bedrock).toEqual([]);
    expect(new Set(bookings())).toEqual(new Set(["released"]));
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("an-external-id");
  });

  it("has no inherited way around the router", async () => {
    const { aws, client } = open();

    const inherited: Function = BedrockRuntime.prototype.send;
    const around = await errorOf(Reflect.apply(inherited, client, [new ConverseCommand(input)]));

    expect(around).toMatchObject({ code: "command-unsupported" });
    await expect(client.config.credentials()).rejects.toMatchObject({ code: "command-unsupported" });
    expect(aws.seen).toEqual([]);
  });
});

describe("failing over", () => {
  it("takes a throttled call to another account, and says how many attempts it took", async () => {
    const { aws, client, bookings } = open();
    const refusals = [refusal(429, "ThrottlingException", "Too many tokens, please wait before trying again.")];
    aws.onBedrock = () => refusals.pop() ?? converseAnswer("hello");

    const answer = await client.converse(input);

    expect(servedBy(answer)?.attempts).toBe(2);
    expect(bookings()).toEqual(["throttled", "settled"]);
  });

  it("passes errors of AWS on as copies without AWS's words, marked with who gave them", async () => {
    const { aws, client } = open();
    aws.onBedrock = () => refusal(400, "ValidationException", "max_tokens is too large");

    const error = await errorOf(client.converse(input));

    expect(error).toBeInstanceOf(ValidationException);
    expect(error).toMatchObject({ name: "ValidationException", $fault: "client", $metadata: { httpStatusCode: 400 } });
    expect(error).not.toMatchObject({ message: expect.stringContaining("max_tokens is too large") });
    expect(servedBy(error)).toMatchObject({ accountId: aws.bedrock[0]?.signer, requestId: "request-2", attempts: 1 });
  });

  it("fails over inside the stream before its first content, and the caller sees one clean stream", async () => {
    const { aws, client, bookings } = open();
    const first = [streamAnswer([start, exception("throttlingException", "Too many requests, please wait.")])];
    aws.onBedrock = () => first.pop() ?? streamAnswer([start, delta, stop, usage]);

    const answer = await client.send(new ConverseStreamCommand(input));
    const events = await textOf(answer.stream);

    expect(events.map((each) => Object.keys(each as object)[0])).toEqual([
      "messageStart",
      "contentBlockDelta",
      "messageStop",
      "metadata",
    ]);
    expect(answer.$metadata.shardrock.attempts).toBe(2);
    expect(bookings()).toEqual(["throttled", "settled"]);
  });

  describe("when a model's own stream says that it failed", () => {
    const command = new InvokeModelWithResponseStreamCommand({ modelId: "sonnet", body: '{"max_tokens":9}' });
    const [begun, said] = [chunk({ type: "message_start" }), chunk({ type: "content_block_delta" })];
    const failed = (type: string) => chunk({ type: "error", error: { type, message: "my secret prompt" } });

    it("moves on before its first content, by what the error means", async () => {
      const { aws, client, bookings } = open();
      const first = [streamAnswer([begun, failed("rate_limit_error")])];
      const metrics = { "amazon-bedrock-invocationMetrics": { inputTokenCount: 7, outputTokenCount: 3 } };
      aws.onBedrock = () => first.pop() ?? streamAnswer([begun, said, chunk({ type: "message_stop", ...metrics })]);

      const answer = await client.send(command);

      expect(await textOf(answer.body)).toHaveLength(3);
      expect(bookings()).toEqual(["throttled", "settled"]);
    });

    it("throws the error as it would have been outside the stream, without its words", async () => {
      const { aws, client, events } = open();
      aws.onBedrock = () => streamAnswer([begun, failed("overloaded_error")]);

      const error = await errorOf(client.send(command));

      expect(error).toMatchObject({
        name: "overloaded_error",
        $metadata: { httpStatusCode: 529, requestId: "request-3" },
      });
      expect(String(error)).not.toContain("secret prompt");
      expect(events).toContainEqual(expect.objectContaining({ kind: "attempt-end", verdict: { kind: "overloaded" } }));
    });

    it("breaks after content, and does not hand the error out as content", async () => {
      const { aws, client, bookings } = open();
      aws.onBedrock = () => streamAnswer([begun, said, failed("overloaded_error")]);

      const answer = await client.send(command);

      expect(await errorOf(textOf(answer.body))).toMatchObject({
        code: "stream-interrupted",
        eventsDelivered: 2,
        cause: { name: "overloaded_error" },
      });
      expect(bookings()).toEqual(["kept"]);
    });
  });

  it("does not fail over after content: a typed error, with AWS's as cause", async () => {
    const { aws, client, bookings } = open();
    aws.onBedrock = () =>
      streamAnswer([start, delta, exception("throttlingException", "Too many tokens, please wait.")]);

    const answer = await client.send(new ConverseStreamCommand(input));
    const error = await errorOf(textOf(answer.stream));

    expect(error).toMatchObject({
      code: "stream-interrupted",
      eventsDelivered: 2,
      cause: expect.any(ThrottlingException),
    });
    expect(servedBy(error)).toMatchObject({ requestId: "request-3" });
    expect(aws.bedrock).toHaveLength(1);
    expect(bookings()).toEqual(["throttled"]);
  });

  it("keeps the hold of a stream that AWS calls invalid after content", async () => {
    const { aws, client, bookings } = open();
    aws.onBedrock = () => streamAnswer([start, delta, exception("validationException", "too long")]);

    const answer = await client.send(new ConverseStreamCommand(input));

    expect(await errorOf(textOf(answer.stream))).toMatchObject({ cause: expect.any(ValidationException) });
    expect(bookings()).toEqual(["kept"]);
  });

  it("takes a clean end without messageStop for an error", async () => {
    const { aws, client } = open();
    aws.onBedrock = () => streamAnswer([start, delta]);

    const answer = await client.send(new ConverseStreamCommand(input));

    expect(await errorOf(textOf(answer.stream))).toMatchObject({ code: "stream-interrupted" });
  });

  it("closes the upstream when the consumer breaks out of the loop", async () => {
    const { aws, client, bookings } = open();
    aws.onBedrock = () => streamAnswer([start, delta, delta], "hang");

    const answer = await client.send(new ConverseStreamCommand(input));
    for await (const _event of answer.stream ?? []) break;

    expect(aws.bedrock[0]?.signal?.aborted).toBe(true);
    expect(bookings()).toEqual(["kept"]);
  });

  it("tries once more, free, when the SDK has just set its clock right", async () => {
    const { aws, client, bookings } = open();
    const skewed = refusal(403, "InvalidSignatureException", "Signature not yet current");
    const first = [{ ...skewed, headers: { ...skewed.headers, date: "Tue, 01 Jan 2030 00:00:00 GMT" } }];
    aws.onBedrock = () => first.pop() ?? converseAnswer("hello");

    const answer = await client.converse(input);

    expect(servedBy(answer)?.attempts).toBe(1);
    expect(aws.bedrock).toHaveLength(2);
    expect(aws.bedrock[0]?.signer).toBe(aws.bedrock[1]?.signer);
    expect(bookings()).toEqual(["settled"]);
  });
});

describe("giving up", () => {
  it("sends nothing for a signal that has aborted already", async () => {
    const { aws, client } = open();

    const error = await errorOf(client.converse(input, { abortSignal: AbortSignal.abort() }));

    expect(error).toMatchObject({ name: "AbortError" });
    expect(aws.seen).toEqual([]);
  });

  it("leaves the waiting room with the signal", async () => {
    const model = exampleModel({ quotas: { tokensPerMinute: 1_500 } });
    const { aws, client } = open({
      accounts: [exampleAccount(1, { regions: ["us-east-1"] })],
      models: { sonnet: model },
      waiting: { maxWaitMs: 600_000 },
    });
    const large = { ...input, inferenceConfig: { maxTokens: 1_000 } };
    aws.onBedrock = () => never;
    void errorOf(client.converse(large));
    const controller = new AbortController();
    const waiting = errorOf(client.converse(large, { abortSignal: controller.signal }));

    controller.abort();

    expect(await waiting).toMatchObject({ name: "AbortError" });
  });

  it("breaks off a call under way, and keeps its hold", async () => {
    const { aws, client, bookings } = open();
    const controller = new AbortController();
    aws.onBedrock = () => {
      controller.abort(new Error("enough"));
      return never;
    };

    const error = await errorOf(client.converse(input, { abortSignal: controller.signal }));

    expect(error).toMatchObject({ name: "AbortError", cause: new Error("enough") });
    expect(aws.bedrock[0]?.signal?.aborted).toBe(true);
    expect(bookings()).toEqual(["kept"]);
  });

  it("gives back the hold of a call that is given up before it was sent", async () => {
    const { aws, client, bookings } = open();
    const controller = new AbortController();
    aws.onSts = () => {
      controller.abort();
      return never;
    };

    const error = await errorOf(client.converse(input, { abortSignal: controller.signal }));

    expect(error).toMatchObject({ name: "AbortError" });
    expect(bookings()).toEqual(["released"]);
  });

  it("ends an answer that does not come in the total time", async () => {
    const { aws, client, bookings } = open({ timeouts: { totalMs: 250 } });
    aws.onBedrock = () => never;

    expect(await errorOf(client.converse(input))).toMatchObject({ code: "timeout" });
    expect(aws.bedrock[0]?.signal?.aborted).toBe(true);
    expect(bookings()).toEqual(["kept"]);
  });

  it("ends a stream whose first content does not come in time", async () => {
    const { aws, client } = open({ timeouts: { firstEventMs: 250 } });
    aws.onBedrock = () => streamAnswer([start], "hang");

    expect(await errorOf(client.send(new ConverseStreamCommand(input)))).toMatchObject({ code: "timeout" });
    expect(aws.bedrock[0]?.signal?.aborted).toBe(true);
  });
});
