import type { BedrockRuntime } from "@aws-sdk/client-bedrock-runtime";
import type { STS } from "@aws-sdk/client-sts";
import { systemClock, type Clock } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import {
  converseInput,
  errorOf,
  host,
  type Protocol,
  region,
  type Rig,
  type Signer,
  startRig,
} from "./sockets.test.kit.ts";

const minuteMs = 60_000;

/** What the SDK is about to send. */
interface HttpRequest {
  path: string;
  body: Uint8Array | string;
  readonly headers: Record<string, string>;
}

type Send = (args: { readonly request: HttpRequest }) => Promise<never>;

/** Changes a client's requests after they were signed. */
function changeSigned(client: BedrockRuntime | STS, change: (request: HttpRequest) => void): void {
  const middleware = (next: Send): Send => {
    return (args) => {
      change(args.request);
      return next(args);
    };
  };
  const stack = client.middlewareStack as { addRelativeTo(middleware: unknown, options: object): void };
  stack.addRelativeTo(middleware, { relation: "after", toMiddleware: "httpSigningMiddleware" });
}

/** Sends a Converse whose request is changed after it was signed. */
function sendChanged(rig: Rig, change: (request: HttpRequest) => void, protocol: Protocol = "http1"): Promise<unknown> {
  const client = rig.runtime(host, { protocol });
  changeSigned(client, change);
  return client.converse(converseInput(3));
}

function changeBody(request: HttpRequest): void {
  const text = typeof request.body === "string" ? request.body : new TextDecoder().decode(request.body);
  request.body = text.replace("three", "seven");
}

/** A clock that is off by so much. */
function offBy(ms: number): Clock {
  return { ...systemClock, epochMs: () => systemClock.epochMs() + ms };
}

describe.each<Protocol>(["http1", "http2"])("over %s", (protocol) => {
  it("lets an unchanged request in", async () => {
    await using rig = await startRig();

    await sendChanged(rig, () => {}, protocol);

    expect(rig.book.asked).toHaveLength(1);
    expect(rig.aws.stats().refusedByAuth).toEqual({});
  });

  it.each<[string, (request: HttpRequest) => void]>([
    ["body", changeBody],
    ["path", (request) => (request.path = request.path.replace("claude", "clause"))],
    ["Region", (request) => setAuthorization(request, (text) => text.replace(`/${region}/`, "/us-east-1/"))],
    ["signature", (request) => setAuthorization(request, (text) => text.replace(/.{8}$/, "00000000"))],
    ["signed header", (request) => (request.headers["content-type"] = "application/JSON")],
  ])("refuses a request whose %s was changed after signing", async (_name, change) => {
    await using rig = await startRig();

    const error = await errorOf(sendChanged(rig, change, protocol));

    expect(error.name).toBe("InvalidSignatureException");
    expect(error.$metadata?.httpStatusCode).toBe(403);
    expect(rig.book.asked).toEqual([]);
  });
});

it("refuses a body that does not have the hash it claims", async () => {
  await using rig = await startRig();

  await errorOf(sendChanged(rig, changeBody));

  expect(rig.aws.stats().refusedByAuth).toEqual({ "body-hash-mismatch": 1 });
});

it("refuses an x-amz header that is not signed", async () => {
  await using rig = await startRig();

  await errorOf(sendChanged(rig, (request) => (request.headers["x-amz-extra"] = "1")));

  expect(rig.aws.stats().refusedByAuth).toEqual({ "unsigned-header": 1 });
});

it.each<[string, Partial<Signer>, string, string]>([
  ["wrong secret", { secretAccessKey: "guessed" }, "InvalidSignatureException", "signature-mismatch"],
  ["unknown key", { accessKeyId: "AKIANOBODY" }, "UnrecognizedClientException", "unknown-access-key"],
  ["missing session token", { sessionToken: "" }, "UnrecognizedClientException", "session-token-mismatch"],
  ["wrong session token", { sessionToken: "other" }, "UnrecognizedClientException", "session-token-mismatch"],
])("refuses a %s", async (_name, wrong, errorName, reason) => {
  await using rig = await startRig();
  const client = rig.runtime({ ...(await rig.session()), ...wrong });

  const error = await errorOf(client.converse(converseInput(3)));

  expect(error.name).toBe(errorName);
  expect(error.$metadata?.httpStatusCode).toBe(403);
  expect(rig.aws.stats().refusedByAuth).toEqual({ [reason]: 1 });
});

it("refuses a Region that does not exist, however well signed", async () => {
  await using rig = await startRig({ regions: ["eu-west-1", "eu-central-1"] });

  await rig.runtime(host, { region: "eu-central-1" }).converse(converseInput(3));
  const error = await errorOf(rig.runtime(host, { region: "us-east-1" }).converse(converseInput(3)));

  expect(error.name).toBe("InvalidSignatureException");
  expect(error.message).toBe("Credential should be scoped to a valid region.");
  expect(rig.book.asked).toMatchObject([{ region: "eu-central-1" }]);
});

it("refuses the credentials of an expired session, before and after the right ones", async () => {
  await using rig = await startRig({ sessionLifetimeMs: 0 });

  const error = await errorOf(rig.runtime(await rig.session()).converse(converseInput(3)));

  expect(error.name).toBe("ExpiredTokenException");
  expect(error.$metadata?.httpStatusCode).toBe(403);
  expect(rig.book.asked).toEqual([]);
});

it("lets a session in until the second it expires", async () => {
  let lateMs = 0;
  const clock = { ...systemClock, epochMs: () => systemClock.epochMs() + lateMs };
  await using rig = await startRig({ clock, sessionLifetimeMs: 2 * minuteMs });
  const client = rig.runtime(await rig.session());

  await client.converse(converseInput(3));
  lateMs = 2 * minuteMs;
  const error = await errorOf(client.converse(converseInput(3)));

  expect(error.name).toBe("ExpiredTokenException");
});

it.each([
  ["fast", -6 * minuteMs, "Signature not yet current"],
  ["slow", 6 * minuteMs, "Signature expired"],
])("refuses a client whose clock is 6 minutes %s", async (_name, offMs, message) => {
  await using rig = await startRig({ clock: offBy(offMs) });

  const error = await errorOf(rig.runtime(host).converse(converseInput(3)));

  expect(error.name).toBe("InvalidSignatureException");
  expect(error.message).toContain(message);
});

it("lets a client in whose clock is 4 minutes off", async () => {
  await using rig = await startRig({ clock: offBy(4 * minuteMs) });

  await rig.runtime(host).converse(converseInput(3));

  expect(rig.book.asked).toHaveLength(1);
});

it.each<[string, Record<string, string>, string]>([
  ["a bearer token", { authorization: "Bearer bedrock-api-key-abc" }, "bearer-token"],
  ["no authentication", {}, "missing-authentication"],
  ["another scheme", { authorization: "Basic abc" }, "incomplete-signature"],
  ["half a signature", { authorization: "AWS4-HMAC-SHA256 Credential=a/b" }, "incomplete-signature"],
])("refuses %s", async (_name, headers, reason) => {
  await using rig = await startRig();

  const response = await fetch(`${rig.aws.url}/model/m/converse`, { method: "POST", headers, body: "{}" });

  expect(response.status).toBe(403);
  expect(response.headers.get("x-amzn-requestid")).not.toBeNull();
  expect(rig.aws.stats().refusedByAuth).toEqual({ [reason]: 1 });
});

it("refuses a signature made for another service", async () => {
  await using rig = await startRig();
  const client = rig.sts();
  changeSigned(client, (request) => (request.path = "/model/m/converse"));

  await errorOf(client.getCallerIdentity({}));

  expect(rig.aws.stats().refusedByAuth).toEqual({ "wrong-scope": 1 });
});

function setAuthorization(request: HttpRequest, change: (text: string) => string): void {
  request.headers["authorization"] = change(String(request.headers["authorization"]));
}
