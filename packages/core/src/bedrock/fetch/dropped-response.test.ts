import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, expect, it } from "vitest";
import { settleDown } from "../testing/manual-clock.test.kit.ts";
import { chatBody, chatDelta, type FetchRig, openFetch, post, runtimeUrl, sseAnswer } from "./routed-fetch.test.kit.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
afterAll(() => setFlagsFromString("--no-expose-gc"));

/** Nothing of the answer is held by the test. */
async function ask({ fetch }: FetchRig, read: (response: Response) => Promise<unknown>): Promise<void> {
  const response = await fetch(`${runtimeUrl}/v1/chat/completions`, post({ ...chatBody, stream: true }));
  await read(response);
}

it.each([
  ["never looked at", async () => undefined],
  ["half read", (response: Response) => response.body?.getReader().read()],
])("a streamed answer that is dropped, %s, ends its upstream and its reservation", async (_how, read) => {
  const rig = openFetch();
  rig.aws.onBedrock = () => sseAnswer([chatDelta, chatDelta, chatDelta], "hang");

  await ask(rig, async (response) => void (await read(response)));
  for (let turn = 0; turn < 20 && rig.bookings().length === 0; turn++) {
    await settleDown();
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }

  expect(rig.bookings()).toEqual(["kept"]);
  expect(rig.aws.bedrock[0]?.signal?.aborted).toBe(true);
});
