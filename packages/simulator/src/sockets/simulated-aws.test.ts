import { type Clock, seededRandom, systemClock } from "@shardrock/core";
import { describe, expect, it, vi } from "vitest";
import { SimulatedBedrock } from "../simulated-bedrock.ts";
import { VirtualClock } from "../virtual-clock.ts";
import type { AnsweredRequest } from "./call-tally.ts";
import { startSimulatedAws } from "./simulated-aws.ts";
import {
  collect,
  converseInput,
  errorOf,
  host,
  modelId,
  type Protocol,
  Rig,
  role,
  startRig,
} from "./sockets.test.kit.ts";

/** The machine's calendar for signatures, and a time of its own for the model. */
function virtualModelTime(): { readonly clock: Clock; readonly time: VirtualClock } {
  const time = new VirtualClock();
  const clock: Clock = {
    monotonicMs: () => time.monotonicMs(),
    epochMs: () => systemClock.epochMs(),
    timer: (ms, callback) => time.timer(ms, callback),
    sleep: (ms, signal) => time.sleep(ms, signal),
  };
  return { clock, time };
}

describe.each<Protocol>(["http1", "http2"])("a client that leaves over %s", (protocol) => {
  it("in the middle of a stream is charged in full when the generation would have ended", async () => {
    const { clock, time } = virtualModelTime();
    await using rig = await startRig({ clock, model: { random: () => 0, serviceMs: () => 60, firstTokenMs: 10 } });
    const abort = new AbortController();
    const asked = rig.book.nextCall();

    const opening = rig.runtime(host, { protocol }).converseStream(converseInput(12), { abortSignal: abort.signal });
    await asked;
    await time.advance(10);
    const first = await (await opening).stream?.[Symbol.asyncIterator]().next();
    abort.abort();
    await vi.waitFor(() => expect(rig.aws.openConnections).toBe(0));
    await time.advance(49);
    const before = [...rig.book.ended];
    const ended = rig.nextRecord();
    await time.advance(1);

    expect(first?.value).toMatchObject({ messageStart: { role: "assistant" } });
    expect(before).toEqual([]);
    expect(await ended).toMatchObject({
      outcome: "lost",
      atMs: 60,
      inputTokens: 5,
      outputTokens: 12,
      settledTokens: 17,
    });
    expect(rig.book.ended).toEqual([{ inputTokens: 5, outputTokens: 12 }]);
  });

  it("before the answer is charged in full too", async () => {
    const { clock, time } = virtualModelTime();
    await using rig = await startRig({ clock, model: { random: () => 0, serviceMs: () => 60 } });
    const abort = new AbortController();
    const asked = rig.book.nextCall();

    const call = errorOf(rig.runtime(host, { protocol }).converse(converseInput(12), { abortSignal: abort.signal }));
    await asked;
    abort.abort();
    await vi.waitFor(() => expect(rig.aws.openConnections).toBe(0));
    const ended = rig.nextRecord();
    await time.advance(60);

    expect((await call).name).toBe("AbortError");
    expect(await ended).toMatchObject({ outcome: "lost", settledTokens: 17 });
  });
});

it("serves both protocols and both services on one port, side by side", async () => {
  await using rig = await startRig();
  const session = await rig.session();
  const clients = [rig.runtime(session, { protocol: "http1" }), rig.runtime(session, { protocol: "http2" })];

  const answers = await Promise.all(
    Array.from({ length: 20 }).flatMap((_, index) =>
      clients.map((client) => client.converse(converseInput(index + 1))),
    ),
  );

  expect(answers.map((answer) => answer.usage?.outputTokens)).toEqual(
    answers.map((_, index) => Math.floor(index / 2) + 1),
  );
});

it("counts per account, Region and model, and tells of each request that ended", async () => {
  await using rig = await startRig();
  const records: AnsweredRequest[] = [];
  rig.aws.onRecord((record) => records.push(record));
  const session = await rig.session();
  const client = rig.runtime(session);

  await client.converse(converseInput(12));
  rig.book.decision = "throttle";
  await errorOf(client.converse(converseInput(12)));
  await errorOf(rig.runtime(session, { region: "us-east-1" }).converse(converseInput(12)));
  await errorOf(rig.runtime({ ...session, secretAccessKey: "guessed" }).converse(converseInput(12)));

  const target = { accountId: role.accountId, endpoint: "runtime", modelId };
  expect(rig.aws.stats()).toEqual({
    control: [],
    targets: [
      { ...target, region: "eu-west-1", attempts: 2, admitted: 1, throttled: 1, served: 1, settledTokens: 17 },
      { ...target, region: "us-east-1", attempts: 1, admitted: 0, throttled: 1, served: 0, settledTokens: 0 },
    ],
    refusedByAuth: { "signature-mismatch": 1 },
  });
  expect(records.map(({ region, outcome, settledTokens }) => [region, outcome, settledTokens])).toEqual([
    ["eu-west-1", "served", 17],
    ["eu-west-1", "throttled", 0],
    ["us-east-1", "throttled", 0],
  ]);
});

it("enforces the quotas of a SimulatedBedrock", async () => {
  const quota = { accountId: host.accountId, region: "eu-west-1", modelIds: [modelId], burndown: 1 };
  const book = new SimulatedBedrock({
    quotas: [{ ...quota, tokensPerMinute: 1_000, maxOutputTokens: 4096 }],
    limiter: "sliding60",
    random: seededRandom(1),
  });
  const told = await startRig();
  const aws = await startSimulatedAws({
    book,
    clock: systemClock,
    callers: [host],
    roles: [],
    model: { random: seededRandom(1), serviceMs: () => 1 },
  });
  await using rig = new Rig(aws, told.book);
  await told[Symbol.asyncDispose]();
  const client = rig.runtime(host);

  await client.converse(converseInput(12, 900)); // holds 905, ends at 17
  await client.converse(converseInput(12, 900));
  const throttled = await errorOf(client.converse(converseInput(12, 990)));

  expect(throttled.message).toBe("Too many tokens, please wait before trying again.");
});

it("scales the times of the model", async () => {
  await using rig = await startRig({
    model: { random: () => 0, serviceMs: () => 400, firstTokenMs: 100, timeScale: 0.01 },
  });

  const { metrics } = await rig.runtime(host).converse(converseInput(12));

  expect(metrics?.latencyMs).toBe(4);
});

it("answers a path it does not know as AWS does, with 200 and UnknownOperationException", async () => {
  await using rig = await startRig();
  const client = rig.runtime(host);
  client.middlewareStack.add(
    (next) => (args) => {
      (args.request as { path: string }).path = "/model/arn:aws:bedrock:eu-west-1:1:inference-profile/abc/converse";
      return next(args);
    },
    { step: "build" },
  );

  const answer = await client.converse(converseInput(12));

  expect(answer).toMatchObject({ $metadata: { httpStatusCode: 200 } });
  expect(answer.output).toBeUndefined();
  expect(rig.book.asked).toEqual([]);
});

it("takes a model id with a raw colon as well as an escaped one", async () => {
  await using rig = await startRig();
  const client = rig.runtime(host);
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { path: string };
      request.path = request.path.replace("%3A", ":");
      return next(args);
    },
    { step: "build" },
  );

  await client.converse(converseInput(12));

  expect(rig.book.asked).toMatchObject([{ modelId }]);
});

it("breaks open connections and forgets running calls when it is disposed", async () => {
  const { clock, time } = virtualModelTime();
  const rig = await startRig({ clock });
  const asked = rig.book.nextCall();
  const call = errorOf(rig.runtime(host).converse(converseInput(12)));
  await asked;

  await rig[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
  await time.advance(60_000);

  expect((await call).code).toBe("ECONNRESET");
  expect(rig.aws.openConnections).toBe(0);
  expect(rig.book.ended).toEqual([]);
});

it("streams as many deltas as asked for, and no more than tokens", async () => {
  await using rig = await startRig({ model: { random: () => 0, serviceMs: () => 4, deltasPerStream: 20 } });
  const deltas = async (tokens: number): Promise<number> => {
    const { stream } = await rig.runtime(host).converseStream(converseInput(tokens));
    return (await collect(stream)).filter((event) => event.contentBlockDelta).length;
  };

  expect(await deltas(300)).toBe(20);
  expect(await deltas(3)).toBe(3);
});

it.each([
  [{ timeScale: 0 }, "timeScale must be a number above 0, got 0"],
  [{ deltasPerStream: 0 }, "deltasPerStream must be a whole number from 1 up, got 0"],
])("refuses the model options %j", async (model, message) => {
  await expect(startRig({ model: { random: () => 0, ...model } })).rejects.toThrow(message);
});
