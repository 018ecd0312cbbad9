import { describe, expect, expectTypeOf, it } from "vitest";
import { exampleAccount, exampleModel } from "../testing/example-config.test.kit.ts";
import { converseAnswer, type FakeAnswer, refusal } from "../testing/fake-aws.test.kit.ts";
import { ManualClock } from "../testing/manual-clock.test.kit.ts";
import { createRoutedFetch } from "./routed-fetch.ts";
import {
  chatBody,
  converseBody,
  converseUrl,
  mantleId,
  messagesBody,
  openFetch,
  post,
  responsesBody,
  runtimeId,
  runtimeUrl,
} from "./routed-fetch.test.kit.ts";

const messagesUrl = `${runtimeUrl}/anthropic/v1/messages`;
const chatUrl = `${runtimeUrl}/openai/v1/chat/completions`;
const mantleUrl = "https://bedrock-mantle.eu-west-1.api.aws";
const secret = "sk-secret-of-the-caller";
const never = new Promise<FakeAnswer>(() => undefined);

const messageAnswer: FakeAnswer = {
  body: JSON.stringify({ type: "message", content: [], usage: { input_tokens: 7, output_tokens: 3 } }),
};
const chatAnswer: FakeAnswer = {
  body: JSON.stringify({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } }),
};
const responseAnswer: FakeAnswer = {
  body: JSON.stringify({
    output: [],
    usage: { input_tokens: 7, output_tokens: 3, input_tokens_details: { cached_tokens: 2 } },
  }),
};

describe("a routed fetch", () => {
  it("is a fetch", () => {
    expectTypeOf(createRoutedFetch).returns.toEqualTypeOf<typeof fetch>();
  });

  it("answers as AWS does, and says who served", async () => {
    const { fetch } = openFetch();

    const response = await fetch(converseUrl, post(converseBody));

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ usage: { inputTokens: 7 } });
    expect(Object.fromEntries(response.headers)).toEqual({
      "content-type": "application/json",
      "x-amzn-requestid": "request-1",
      "x-shardrock-account": expect.stringMatching(/^(1{12}|2{12})$/),
      "x-shardrock-region": "us-east-1",
      "x-shardrock-attempts": "1",
    });
  });

  it("shares one budget with its client: what one has booked, the other has not", async () => {
    const models = { sonnet: exampleModel({ quotas: { tokensPerMinute: 20_000 } }) };
    const { fetch, client, aws } = openFetch({ waiting: { maxWaitMs: 0 }, models });
    aws.onBedrock = () => never;
    const inferenceConfig = { maxTokens: 1_500 };

    const leaving = new AbortController();
    const running = [1, 2].map(() =>
      fetch(converseUrl, { ...post({ ...converseBody, inferenceConfig }), signal: leaving.signal }),
    );
    await expect.poll(() => aws.bedrock.length).toBe(2);
    const third = client.converse({ modelId: "sonnet", messages: [], inferenceConfig });

    await expect(third).rejects.toMatchObject({ code: "no-capacity" });
    leaving.abort();
    await expect(Promise.any(running)).rejects.toBeInstanceOf(AggregateError);
  });

  it.each([
    ["a text", JSON.stringify(converseBody)],
    ["bytes", Buffer.from(JSON.stringify(converseBody))],
    ["a blob", new Blob([JSON.stringify(converseBody)])],
    ["a stream", new Blob([JSON.stringify(converseBody)]).stream()],
  ])("sends the body of /model as it came, byte for byte: %s", async (_kind, body) => {
    const { fetch, aws } = openFetch();

    const response = await fetch(new URL(converseUrl), { method: "POST", body, duplex: "half" });

    expect(response.status).toBe(200);
    expect(aws.bedrock[0]?.body).toBe(JSON.stringify(converseBody));
  });

  it("takes a Request, and lets the second argument win", async () => {
    const { fetch, aws } = openFetch();
    const request = new Request(converseUrl, post(converseBody, { "x-amzn-bedrock-trace": "ENABLED" }));

    await fetch(request.clone());
    await fetch(request, { method: "POST", headers: { "x-amzn-bedrock-trace": "DISABLED" }, body: "{}" });

    expect(aws.bedrock[0]).toMatchObject({
      body: JSON.stringify(converseBody),
      headers: { "x-amzn-bedrock-trace": "ENABLED" },
    });
    expect(aws.bedrock[1]).toMatchObject({ body: "{}", headers: { "x-amzn-bedrock-trace": "DISABLED" } });
  });

  it("leaves behind whatever the caller authorised itself with", async () => {
    const { fetch, aws } = openFetch();
    const theirs = {
      authorization: `Bearer ${secret}`,
      "x-api-key": secret,
      "api-key": secret,
      cookie: secret,
      "x-amz-security-token": secret,
      "x-amz-date": "20200101T000000Z",
      "x-amz-content-sha256": secret,
      "proxy-authorization": secret,
      "openai-organization": secret,
      "openai-project": secret,
      "x-forwarded-for": secret,
      "accept-encoding": "gzip",
      connection: "close",
      "content-length": "1",
      host: "evil.example",
      "anthropic-beta": "context-1m",
    };

    await fetch(`${converseUrl}?X-Amz-Signature=${secret}&beta=true`, post(converseBody, theirs));

    const [seen] = aws.bedrock;
    expect(JSON.stringify(seen)).not.toContain(secret);
    expect(Object.keys(seen?.headers ?? {}).toSorted()).toEqual([
      "anthropic-beta",
      "authorization",
      "content-length",
      "content-type",
      "host",
      "x-amz-content-sha256",
      "x-amz-date",
      "x-amz-security-token",
    ]);
    expect(seen?.headers).toMatchObject({
      host: "bedrock-runtime.us-east-1.amazonaws.com",
      "content-length": String(JSON.stringify(converseBody).length),
      "x-amz-security-token": expect.stringMatching(/^token-(1{12}|2{12})$/),
    });
    expect(seen?.headers["x-amz-date"]).not.toBe("20200101T000000Z");
    expect(seen?.signer).toMatch(/^(1{12}|2{12})$/);
  });

  it("never signs for one account with the credentials of another", async () => {
    const { fetch, aws } = openFetch();
    aws.onBedrock = ({ headers, signer }) =>
      headers["x-amz-security-token"] === `token-${signer}` ? converseAnswer(`I am ${signer}`) : refusal(403, "Denied");

    const responses = await Promise.all(Array.from({ length: 40 }, () => fetch(converseUrl, post(converseBody))));

    for (const response of responses) {
      expect(await response.text()).toContain(`I am ${response.headers.get("x-shardrock-account")}`);
    }
    expect(new Set(aws.bedrock.map(({ signer }) => signer)).size).toBe(2);
  });

  it.each([
    { name: "Converse", url: converseUrl, body: converseBody, answer: converseAnswer("hello") },
    { name: "Messages", url: messagesUrl, body: messagesBody, answer: messageAnswer },
    { name: "ChatCompletions", url: chatUrl, body: chatBody, answer: chatAnswer },
    { name: "Responses", url: `${runtimeUrl}/openai/v1/responses`, body: responsesBody, answer: responseAnswer },
    {
      name: "InvokeModel",
      url: `${runtimeUrl}/model/sonnet/invoke`,
      body: { ...messagesBody, anthropic_version: "bedrock-2023-05-31" },
      answer: {
        body: '{"generation":"hi"}',
        headers: { "x-amzn-bedrock-input-token-count": "7", "x-amzn-bedrock-output-token-count": "3" },
      },
    },
  ])("measures what a call of $name used", async ({ name, url, body, answer }) => {
    const { fetch, aws, ended } = openFetch();
    aws.onBedrock = () => answer;

    await fetch(url, post(body));

    expect(ended).toMatchObject([{ operation: name, isStream: false, booking: "settled", usage: { outputTokens: 3 } }]);
  });

  it("calls each endpoint by its own host, path, model id and service, whatever host was asked", async () => {
    const { fetch, aws } = openFetch();
    aws.onBedrock = () => messageAnswer;

    await fetch(`${mantleUrl}/anthropic/v1/messages`, post(messagesBody));
    await fetch(messagesUrl, post({ ...messagesBody, model: "mantle" }));
    aws.onBedrock = () => chatAnswer;
    await fetch(chatUrl, post({ ...chatBody, model: "mantle" }));
    await fetch(`${mantleUrl}/v1/chat/completions`, post(chatBody));

    const bodies = aws.bedrock.map(({ body }): unknown => JSON.parse(body));
    expect(aws.bedrock.map(({ host, path }) => `${host}${path}`)).toEqual([
      "bedrock-runtime.us-east-1.amazonaws.com/anthropic/v1/messages",
      "bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages",
      "bedrock-mantle.us-east-1.api.aws/v1/chat/completions",
      "bedrock-runtime.us-east-1.amazonaws.com/openai/v1/chat/completions",
    ]);
    expect(bodies).toMatchObject([
      { ...messagesBody, model: runtimeId },
      { ...messagesBody, model: mantleId },
      { ...chatBody, model: mantleId },
      { ...chatBody, model: "openai.gpt-oss-120b-1:0" },
    ]);
    expect(aws.bedrock.map(({ authorization }) => /\/(bedrock[a-z-]*)\/aws4_request/.exec(authorization)?.[1])).toEqual(
      ["bedrock", "bedrock-mantle", "bedrock-mantle", "bedrock"],
    );
  });

  it("goes to the endpoints of the config, one for each Region", async () => {
    const endpoints = {
      bedrockRuntime: "https://runtime.{region}.example.com/base/",
      bedrockMantle: "https://mantle.{region}.example.com",
    };
    const { fetch, aws } = openFetch({ endpoints });

    await fetch(converseUrl, post(converseBody));
    await fetch(messagesUrl, post({ ...messagesBody, model: "mantle" }));

    expect(aws.bedrock.map(({ host, path }) => `${host}${path}`)).toEqual([
      `runtime.us-east-1.example.com/base/model/${runtimeId}/converse`,
      "mantle.us-east-1.example.com/anthropic/v1/messages",
    ]);
  });

  it("gives each account its own profile in the path, never with a literal slash", async () => {
    const arn = (id: string): string => `arn:aws:bedrock:us-east-1:${id}:application-inference-profile/abc`;
    const servedBy = ["1", "2"].map((digit) => {
      const baseModel = "us.anthropic.claude-sonnet-4-6";
      return { id: arn(digit.repeat(12)), baseModel, destinations: ["us-east-1", "us-east-2", "us-west-2"] };
    });
    const { fetch, aws } = openFetch({ models: { sonnet: exampleModel({ servedBy }) } });

    await Promise.all(Array.from({ length: 20 }, () => fetch(converseUrl, post(converseBody))));

    for (const { path, signer } of aws.bedrock) {
      expect(path).toBe(`/model/${encodeURIComponent(arn(signer))}/converse`);
    }
    expect(new Set(aws.bedrock.map(({ signer }) => signer)).size).toBe(2);
  });

  it("counts tokens without taking any quota", async () => {
    const { fetch, aws, ended } = openFetch();
    aws.onBedrock = () => ({ body: JSON.stringify({ inputTokens: 7, input_tokens: 7 }) });
    const input = { input: { converse: converseBody } };

    const runtime = await fetch(`${runtimeUrl}/model/sonnet/count-tokens`, post(input));
    const mantle = await fetch(`${mantleUrl}/v1/messages/count_tokens`, post({ ...messagesBody, model: "mantle" }));

    expect([runtime.status, mantle.status]).toEqual([200, 200]);
    expect(aws.bedrock.map(({ path }) => path)).toEqual([
      "/model/anthropic.claude-sonnet-4-6/count-tokens",
      "/anthropic/v1/messages/count_tokens",
    ]);
    expect(ended.map(({ booking, reserved, settled }) => [booking, reserved, settled])).toEqual([
      ["settled", {}, {}],
      ["settled", {}, {}],
    ]);
  });

  it("asks a chat stream for its usage, and keeps what else the caller asks", async () => {
    const { fetch, aws } = openFetch();
    aws.onBedrock = () => chatAnswer;

    await fetch(chatUrl, post({ ...chatBody, stream: true, stream_options: { include_obfuscation: false } }));
    await fetch(chatUrl, post({ ...chatBody, stream: false }));

    expect(aws.bedrock.map(({ body }): unknown => JSON.parse(body))).toEqual([
      {
        ...chatBody,
        model: "openai.gpt-oss-120b-1:0",
        stream: true,
        stream_options: { include_obfuscation: false, include_usage: true },
      },
      { ...chatBody, model: "openai.gpt-oss-120b-1:0", stream: false },
    ]);
  });
});

describe("failing over", () => {
  it("takes a throttled call to another account, and says how many attempts it took", async () => {
    const { fetch, aws, bookings } = openFetch();
    let calls = 0;
    aws.onBedrock = () =>
      calls++ === 0 ? refusal(429, "ThrottlingException", "Too many tokens") : converseAnswer("b");

    const response = await fetch(converseUrl, post(converseBody));

    expect(response.headers.get("x-shardrock-attempts")).toBe("2");
    expect(bookings()).toEqual(["throttled", "settled"]);
    expect(new Set(aws.bedrock.map(({ signer }) => signer)).size).toBe(2);
  });

  it.each([
    ["OpenAI's", { error: { message: "slow down", type: "rate_limit_error" } }],
    ["Anthropic's", { type: "error", error: { type: "rate_limit_error", message: "slow down" } }],
  ])("knows a throttle in %s words", async (_whose, body) => {
    const { fetch, aws, bookings } = openFetch();
    let calls = 0;
    aws.onBedrock = () => (calls++ === 0 ? { status: 429, body: JSON.stringify(body) } : messageAnswer);

    expect((await fetch(messagesUrl, post(messagesBody))).status).toBe(200);
    expect(bookings()).toEqual(["throttled", "settled"]);
  });

  it("moves on when an account has no credentials", async () => {
    const { fetch, aws } = openFetch();
    const answer = aws.onSts;
    aws.onSts = (request) => (request.body.includes("1".repeat(12)) ? refusal(403, "AccessDenied") : answer(request));

    const responses = await Promise.all(Array.from({ length: 6 }, () => fetch(converseUrl, post(converseBody))));

    expect(new Set(responses.map(({ headers }) => headers.get("x-shardrock-account")))).toEqual(
      new Set(["2".repeat(12)]),
    );
  });
});

describe("a free second try at the same target", () => {
  it("takes a new session when AWS calls the old one expired", async () => {
    const { fetch, aws, bookings } = openFetch();
    let calls = 0;
    aws.onBedrock = () => (calls++ === 0 ? refusal(403, "ExpiredTokenException") : converseAnswer("hello"));

    const response = await fetch(converseUrl, post(converseBody));

    expect(response.headers.get("x-shardrock-attempts")).toBe("1");
    expect(bookings()).toEqual(["settled"]);
    expect(new Set(aws.bedrock.map(({ signer }) => signer)).size).toBe(1);
    expect(aws.sts).toHaveLength(2);
  });

  it("signs by AWS's clock when ours is minutes off, from then on", async () => {
    const clock = new ManualClock();
    const { fetch, aws } = openFetch({}, clock);
    const aheadMs = 3_600_000;
    const date = new Date(clock.epochMs() + aheadMs).toUTCString();
    let calls = 0;
    const skewed = refusal(403, "InvalidSignatureException", "Signature expired");
    aws.onBedrock = () =>
      calls++ === 0 ? { ...skewed, headers: { ...skewed.headers, date } } : converseAnswer("hello");

    const first = await fetch(converseUrl, post(converseBody));
    await fetch(converseUrl, post(converseBody));

    expect(first.headers.get("x-shardrock-attempts")).toBe("1");
    expect(aws.bedrock.map(({ headers }) => headers["x-amz-date"])).toEqual([
      "20260101T000000Z",
      "20260101T010000Z",
      "20260101T010000Z",
    ]);
  });

  it("is made once", async () => {
    const { fetch, aws } = openFetch();
    aws.onBedrock = () => refusal(403, "ExpiredTokenException");

    const response = await fetch(converseUrl, post(converseBody));

    expect(response.status).toBe(403);
    expect(aws.bedrock).toHaveLength(4);
  });
});

describe("what is no success", () => {
  it.each([
    ["an empty answer", { body: "" }],
    ["a page", { body: "<html>captive portal</html>", headers: { "content-type": "text/html" } }],
    ["a list", { body: "[]" }],
    ["nothing in braces", { body: "{}" }],
    ["half an answer", { body: '{"output":' }],
  ])("is %s with HTTP 200", async (_what, answer) => {
    const { fetch, aws, bookings } = openFetch();
    aws.onBedrock = () => answer;

    const response = await fetch(converseUrl, post(converseBody));

    expect(response.status).toBe(502);
    expect(response.headers.get("x-shardrock-code")).toBe("response-invalid");
    expect(await response.text()).not.toContain("captive");
    expect(bookings()).toEqual(["kept"]);
  });

  it("is one object where a stream was asked for", async () => {
    const { fetch, aws } = openFetch();
    aws.onBedrock = () => converseAnswer("hello");

    const response = await fetch(`${runtimeUrl}/model/sonnet/converse-stream`, post(converseBody));

    expect(response.headers.get("x-shardrock-code")).toBe("response-invalid");
    // Its body was not read, so its socket cannot serve again.
    expect(aws.bedrock[0]?.signal?.aborted).toBe(true);
  });

  it("is not AWS's note that it knows no such operation, which has HTTP 200", async () => {
    const { fetch, aws } = openFetch();
    const body = { Output: { __type: "com.amazon.coral.service#UnknownOperationException" }, Version: "1.0" };
    aws.onBedrock = () => ({ body: JSON.stringify(body) });

    const response = await fetch(converseUrl, post(converseBody));

    expect(response.status).toBe(502);
  });
});

it.each([301, 304, 418, 999])("answers with an error of its own kind when AWS answers %i", async (status) => {
  const { fetch, aws } = openFetch();
  aws.onBedrock = () => ({ status, body: "" });

  const response = await fetch(converseUrl, post(converseBody));

  expect(response.status).toBe(status === 418 ? 418 : 502);
  expect(response.headers.get("x-shardrock-code")).toBe("provider-error");
});

describe("giving up", () => {
  it("sends nothing for a signal that has aborted already", async () => {
    const { fetch, aws } = openFetch();

    const work = fetch(converseUrl, { ...post(converseBody), signal: AbortSignal.abort() });

    await expect(work).rejects.toMatchObject({ name: "AbortError" });
    expect(aws.seen).toEqual([]);
  });

  it("breaks off a call under way with the caller's own reason, and keeps its hold", async () => {
    const { fetch, aws, bookings } = openFetch();
    const giveUp = new AbortController();
    aws.onBedrock = () => {
      giveUp.abort();
      return never;
    };

    const work = fetch(new Request(converseUrl, { ...post(converseBody), signal: giveUp.signal }));

    await expect(work).rejects.toMatchObject({ name: "AbortError" });
    expect(aws.bedrock[0]?.signal?.aborted).toBe(true);
    expect(bookings()).toEqual(["kept"]);
  });

  it("ends an answer that does not come in the total time", async () => {
    const clock = new ManualClock();
    const { fetch, aws, bookings } = openFetch({ timeouts: { totalMs: 1_000 } }, clock);
    await fetch(converseUrl, post(converseBody));
    await fetch(converseUrl, post(converseBody));
    aws.onBedrock = () => never;

    const work = fetch(converseUrl, post(converseBody));
    await clock.advance(1_000);

    const response = await work;
    expect(response.status).toBe(504);
    expect(response.headers.get("x-shardrock-code")).toBe("timeout");
    expect(bookings().at(-1)).toBe("kept");
  });
});

describe("errors, as the API that was called says them", () => {
  const account = "x-shardrock-account";

  it.each([
    { url: "https://x/inference-profiles", init: { method: "GET" }, status: 404, code: "command-unsupported" },
    { url: converseUrl, init: { method: "PUT", body: "{}" }, status: 404, code: "command-unsupported" },
    { url: "https://x/v1/embeddings", init: post({}), status: 404, code: "command-unsupported" },
    { url: converseUrl, init: post("no json"), status: 400, code: "request-invalid" },
    { url: messagesUrl, init: post({ messages: [] }), status: 400, code: "request-invalid" },
    { url: `${runtimeUrl}/model/sonet/converse`, init: post({}), status: 404, code: "model-unknown" },
    { url: `${runtimeUrl}/model/mantle/converse`, init: post({}), status: 400, code: "request-invalid" },
  ])("$code: $status, and nothing is sent", async ({ url, init, status, code }) => {
    const { fetch, aws } = openFetch();

    const response = await fetch(url, init);

    expect(response.status).toBe(status);
    expect(response.headers.get("x-shardrock-code")).toBe(code);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(response.headers.get(account)).toBeNull();
    expect(await response.text()).not.toBe("");
    expect(aws.seen).toEqual([]);
  });

  it("names what is routed when the path is not", async () => {
    const { fetch } = openFetch();

    const body = await (await fetch("https://x/v1/embeddings", post({}))).json();

    expect(body).toMatchObject({ message: expect.stringMatching(/POST \/v1\/embeddings is not.*\/converse/) });
  });

  it("says when to come back when there is no room, in whole seconds", async () => {
    const { fetch } = openFetch({
      waiting: { maxWaitMs: 0 },
      models: { sonnet: exampleModel({ quotas: { tokensPerMinute: 1_000 } }) },
    });
    const call = (): Promise<Response> =>
      fetch(converseUrl, post({ ...converseBody, inferenceConfig: { maxTokens: 900 } }));

    const responses = [await call(), await call(), await call()];

    const refused = responses.find(({ status }) => status === 429);
    expect(refused?.headers.get("x-shardrock-code")).toBe("no-capacity");
    expect(refused?.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    expect(refused?.headers.get("x-amzn-errortype")).toBe("ThrottlingException");
  });

  it("refuses what no quota can ever carry", async () => {
    const { fetch } = openFetch({ models: { sonnet: exampleModel({ quotas: { tokensPerMinute: 1_000 } }) } });

    const response = await fetch(converseUrl, post({ ...converseBody, inferenceConfig: { maxTokens: 5_000 } }));

    expect(response.status).toBe(413);
  });

  it("says that no account has credentials", async () => {
    const { fetch, aws } = openFetch();
    aws.onSts = () => refusal(403, "AccessDenied");

    const response = await fetch(converseUrl, post(converseBody));

    expect(response.status).toBe(503);
    expect(response.headers.get("x-shardrock-code")).toBe("credentials-unavailable");
  });

  it("says that the client is closed", async () => {
    const { fetch, client } = openFetch();
    client.destroy();

    expect((await fetch(converseUrl, post(converseBody))).status).toBe(503);
  });

  it("says that the network failed, and who was called", async () => {
    const { fetch, aws } = openFetch();
    aws.onBedrock = () => Promise.reject(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));

    const response = await fetch(converseUrl, post(converseBody));

    expect(response.status).toBe(502);
    expect(response.headers.get(account)).toMatch(/^(1{12}|2{12})$/);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining("ECONNRESET") });
  });

  it("passes AWS's status and type on, but not its words, which may quote the prompt", async () => {
    const { fetch, aws } = openFetch();
    aws.onBedrock = () => refusal(400, "ValidationException:http://internal.amazon.com/", "bad: my secret prompt");

    const response = await fetch(converseUrl, post(converseBody));

    expect(response.status).toBe(400);
    expect(response.headers.get("x-amzn-errortype")).toBe("ValidationException");
    expect(response.headers.get(account)).not.toBeNull();
    expect(await response.text()).not.toContain("secret prompt");
    // Its body was read, so its socket can serve again.
    expect(aws.bedrock[0]?.signal?.aborted).toBe(false);
  });

  it("passes AWS's words on when the config says so", async () => {
    const { fetch, aws } = openFetch({ errors: { includeProviderMessage: true } });
    aws.onBedrock = () => refusal(400, "ValidationException", "bad: my secret prompt");

    const response = await fetch(converseUrl, post(converseBody));

    expect(await response.json()).toEqual({ message: expect.stringContaining("bad: my secret prompt") });
  });

  it.each([
    [converseUrl, { ...converseBody, model: "sonnet" }, { message: expect.any(String) }],
    [messagesUrl, messagesBody, { type: "error", error: { type: "api_error", message: expect.any(String) } }],
    [
      chatUrl,
      chatBody,
      { error: { type: "server_error", message: expect.any(String), code: "provider-error", param: null } },
    ],
  ])("have the shape of the API: %s", async (url, body, shape) => {
    const { fetch, aws } = openFetch();
    aws.onBedrock = () => refusal(500, "InternalServerException");

    const response = await fetch(url, post(body));

    expect(response.status).toBe(500);
    expect(await response.json()).toEqual(shape);
  });

  it("never sends to a Region the config does not allow", async () => {
    const accounts = [exampleAccount(1, { regions: ["us-east-1"] })];
    const { fetch, aws } = openFetch({ accounts });

    await fetch(converseUrl, post(converseBody));

    expect(aws.bedrock.map(({ signedRegion }) => signedRegion)).toEqual(["us-east-1"]);
  });
});
