import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { expect, it } from "vitest";
import { bodyHashOf, parseAuthorization, signatureOf, signingKeyOf } from "./signature.ts";
import { NodeSha256 } from "./signed-fetch.test.kit.ts";
import type { WireRequest } from "./wire-request.ts";

const signer = new SignatureV4({
  credentials: { accessKeyId: "AKIA1", secretAccessKey: "secret", sessionToken: "token" },
  region: "eu-west-1",
  service: "bedrock",
  sha256: NodeSha256,
});

async function sign(path: string, query: Record<string, string>, body: string): Promise<WireRequest> {
  const headers = { host: "127.0.0.1:1", "content-type": "application/json", "x-spaces": "  a   b " };
  const unsigned = { method: "POST", protocol: "http:", hostname: "127.0.0.1", path, query, headers, body };
  const signed = await signer.sign(unsigned, { signingDate: new Date("2026-11-22T16:32:10Z") });
  return {
    method: "POST",
    path,
    query: new URLSearchParams(query).toString(),
    headers: signed.headers,
    body: Buffer.from(body),
  };
}

function matches(request: WireRequest): boolean {
  const authorization = parseAuthorization(String(request.headers["authorization"]));
  if (authorization === undefined) throw new Error("no SigV4 header");
  const signingKey = signingKeyOf("secret", authorization);
  const signature = signatureOf(request, authorization, { signingKey, bodyHash: bodyHashOf(request.body) });
  return signature.toString("hex") === authorization.signature;
}

it.each([
  "/",
  "/model/anthropic.claude-v1%3A0/converse",
  "/model/anthropic.claude-v1:0/converse",
  "/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Aapplication-inference-profile%2Fabc/invoke",
  "/model/a!'()*b/converse-stream",
  "/model/%E2%82%AC/../x//./y/",
])("agrees with the SDK's signer on the path %s", async (path) => {
  expect(matches(await sign(path, {}, "{}"))).toBe(true);
});

it("agrees with the SDK's signer on any path, query and body", async () => {
  const segment = fc.string({ unit: fc.constantFrom(..."ab.%:~*'()!$&+,;=@-_ ".split("")) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(segment, { maxLength: 4 }),
      fc.dictionary(fc.string({ minLength: 1, unit: "grapheme-ascii" }), fc.string({ unit: "grapheme-ascii" })),
      fc.string(),
      async (segments, query, body) => {
        fc.pre(!("X-Amz-Signature" in query) && !("__proto__" in query));
        expect(matches(await sign(`/${segments.join("/")}`, query, body))).toBe(true);
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

it.each<[string, (request: WireRequest) => WireRequest]>([
  ["method", (request) => ({ ...request, method: "PUT" })],
  ["path", (request) => ({ ...request, path: "/model/b/converse" })],
  ["query", (request) => ({ ...request, query: "a=1" })],
  ["body", (request) => ({ ...request, body: Buffer.from("[]") })],
  ["signed header", (request) => ({ ...request, headers: { ...request.headers, "content-type": "text/plain" } })],
  ["date", (request) => ({ ...request, headers: { ...request.headers, "x-amz-date": "20261122T163211Z" } })],
])("does not match when the %s was changed", async (_name, change) => {
  const request = await sign("/model/a/converse", {}, "{}");

  expect(matches(request)).toBe(true);
  expect(matches(change(request))).toBe(false);
});
