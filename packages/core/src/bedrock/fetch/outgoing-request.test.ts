import { expect, it } from "vitest";
import type { Target } from "../../budget/target.ts";
import { kindOf, readRequest } from "./incoming-request.ts";
import { outgoingRequest } from "./outgoing-request.ts";
import { converseUrl, messagesBody, post, runtimeUrl } from "./routed-fetch.test.kit.ts";

const target: Target = {
  id: "a target",
  accountId: "1".repeat(12),
  region: "us-east-1",
  endpoint: "runtime",
  modelId: "amazon.nova-pro-v1:0",
  destinationRegions: ["us-east-1"],
  weight: 1,
  quotas: [],
};
const endpoint = new URL("http://127.0.0.1:8080");

async function outgoing(url: string, init: RequestInit): Promise<ReturnType<typeof outgoingRequest>> {
  return outgoingRequest(await readRequest(kindOf(url, init), url, init), target, endpoint);
}

it("keeps of the query what marks a beta, but not what presigned it, nor a gateway's key", async () => {
  const signed = "X-Amz-Signature=abc&X-Amz-Credential=key&x-amz-security-token=token&api-key=secret&sig=secret";

  const { query } = await outgoing(`${runtimeUrl}/v1/messages?beta=true&${signed}`, post(messagesBody));

  expect(query).toEqual({ beta: "true" });
});

it("goes to the port of its endpoint, and says so to whom it calls", async () => {
  const request = await outgoing(converseUrl, post({}));

  expect(request).toMatchObject({ protocol: "http:", hostname: "127.0.0.1", port: 8080, method: "POST" });
  expect(request.headers["host"]).toBe("127.0.0.1:8080");
  expect(request.path).toBe("/model/amazon.nova-pro-v1%3A0/converse");
});
