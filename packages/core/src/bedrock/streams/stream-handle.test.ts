import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { afterAll, describe, expect, it } from "vitest";
import type { RouterEvent } from "../../routing/router-event.ts";
import { ShardedBedrockRuntime } from "../client/sharded-bedrock-runtime.ts";
import { event } from "../testing/event-frame.test.kit.ts";
import { exampleConfig } from "../testing/example-config.test.kit.ts";
import { FakeAws, type FakeAnswer, streamAnswer } from "../testing/fake-aws.test.kit.ts";
import { ManualClock, settleDown } from "../testing/manual-clock.test.kit.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
afterAll(() => setFlagsFromString("--no-expose-gc"));

const input = {
  modelId: "sonnet",
  messages: [{ role: "user" as const, content: [{ text: "hello" }] }],
  inferenceConfig: { maxTokens: 100 },
};
const start = event({ messageStart: { role: "assistant" } });
const delta = event({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: "hi" } } });
const stop = event({ messageStop: { stopReason: "end_turn" } });
const usage = event({
  metadata: { usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 }, metrics: { latencyMs: 1 } },
});

function open(answer: FakeAnswer) {
  const aws = new FakeAws();
  const clock = new ManualClock();
  const client = new ShardedBedrockRuntime(exampleConfig(), {
    hostCredentials: { accessKeyId: "AKIAHOST", secretAccessKey: "host-secret" },
    requestHandler: aws.handler,
    clock,
  });
  const events: RouterEvent[] = [];
  client.onEvent((happened) => events.push(happened));
  aws.onBedrock = () => answer;
  const bookings = () => events.flatMap((each) => (each.kind === "attempt-end" ? [each.booking] : []));
  const isAborted = () => aws.bedrock[0]?.signal?.aborted === true;
  const stream = async () => (await client.send(new ConverseStreamCommand(input))).stream;
  return { aws, clock, stream, bookings, isAborted };
}

/** Collects until something is so; what needs no garbage collection is over after the first turns. */
async function collectUntil(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20 && !isSo(); turn++) {
    await settleDown();
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
}

describe("a stream that its consumer drops", () => {
  it("without reading it ends its upstream and its reservation", async () => {
    const { stream, bookings, isAborted, clock } = open(streamAnswer([start, delta, delta], "hang"));
    await stream();

    await collectUntil(isAborted);

    expect(isAborted()).toBe(true);
    expect(bookings()).toEqual(["kept"]);
    expect(clock.pending).toBe(0);
  });

  it("half read does so too", async () => {
    const { stream, bookings, isAborted } = open(streamAnswer([start, delta, delta, delta], "hang"));
    const readSome = async (): Promise<void> => {
      const events = (await stream())?.[Symbol.asyncIterator]();
      for (let event = 0; event < 3; event++) await events?.next();
    };
    await readSome();

    await collectUntil(isAborted);

    expect(isAborted()).toBe(true);
    expect(bookings()).toEqual(["kept"]);
  });

  it("after its closing event still gives its usage to the book", async () => {
    const { stream, bookings, isAborted } = open(streamAnswer([start, delta, stop, usage]));
    const readUntilStop = async (): Promise<void> => {
      const events = (await stream())?.[Symbol.asyncIterator]();
      for (let event = 0; event < 3; event++) await events?.next();
    };
    await readUntilStop();

    await collectUntil(() => bookings().length > 0);

    expect(bookings()).toEqual(["settled"]);
    expect(isAborted()).toBe(false);
  });
});

describe("a stream that somebody reads", () => {
  it("goes on while only its next event is awaited, and nothing else is held of it", async () => {
    const { stream, isAborted } = open(streamAnswer([start, delta], "hang"));
    const awaitThird = async (): Promise<Promise<unknown>> => {
      const events = (await stream())?.[Symbol.asyncIterator]();
      await events?.next();
      await events?.next();
      return { third: events?.next() } as never;
    };
    const { third } = (await awaitThird()) as unknown as { third: Promise<unknown> };
    third.catch(() => undefined);

    await collectUntil(isAborted);

    expect(isAborted()).toBe(false);
  });

  it("goes on while a loop waits for it", async () => {
    const { stream, isAborted } = open(streamAnswer([start, delta], "hang"));
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const each of (await stream()) ?? []) seen.push(each);
    })();
    reading.catch(() => undefined);

    await collectUntil(isAborted);

    expect(seen).toHaveLength(2);
    expect(isAborted()).toBe(false);
  });
});
