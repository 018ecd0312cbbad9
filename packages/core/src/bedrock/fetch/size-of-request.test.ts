import { expect, it } from "vitest";
import { sizeOfInvoke } from "../usage/request/size-of-invoke.ts";
import { kindOf, readRequest } from "./incoming-request.ts";
import { messagesBody, post, runtimeUrl } from "./routed-fetch.test.kit.ts";
import { sizeOfRequest } from "./size-of-request.ts";

it("measures the body that is to be counted, not the base64 it travels in", async () => {
  const body = Buffer.from(JSON.stringify({ ...messagesBody, system: "Think first. ".repeat(100) }));
  const url = `${runtimeUrl}/model/sonnet/count-tokens`;
  const init = post({ input: { invokeModel: { body: body.toString("base64") } } });

  const size = sizeOfRequest(await readRequest(kindOf(url, init), url, init), "anthropic");

  expect(size).toEqual(sizeOfInvoke(body, "anthropic"));
});
