import { createHash, createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { NodeSha256 } from "./node-sha256.ts";

const bytes = Buffer.from("the body of a request");

it("hashes as SHA-256, whatever came before a reset", async () => {
  const hash = new NodeSha256();
  hash.update(Buffer.from("forgotten"));
  hash.reset();
  hash.update(bytes);

  expect(Buffer.from(await hash.digest())).toEqual(createHash("sha256").update(bytes).digest());
});

it.each([
  ["text", "AWS4secret"],
  ["bytes", Buffer.from("AWS4secret")],
  ["a view into a larger buffer", Buffer.from("xxAWS4secretxx").subarray(2, 12)],
  ["a buffer", new Uint8Array(Buffer.from("AWS4secret")).buffer],
])("makes an HMAC with a secret that is %s", async (_kind, secret) => {
  const hash = new NodeSha256(secret);
  hash.update(bytes);

  expect(Buffer.from(await hash.digest())).toEqual(createHmac("sha256", "AWS4secret").update(bytes).digest());
});
