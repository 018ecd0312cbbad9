import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StreamInterruptedError } from "../../errors.ts";
import { AttemptScope } from "../transport/attempt-scope.ts";
import { FakeUpstream } from "../testing/fake-upstream.test.kit.ts";
import type { StreamHandle } from "./stream-handle.ts";
import { ManualClock, settleDown } from "../testing/manual-clock.test.kit.ts";
import { openStream } from "./open-stream.ts";
import { converseStream } from "./converse-stream.ts";
import { invokeStream } from "./invoke-stream.ts";
import type { StreamShape } from "./shape.ts";

const start = { messageStart: { role: "assistant" } };
const delta = (text: string) => ({ contentBlockDelta: { contentBlockIndex: 0, delta: { text } } });
const stop = { messageStop: { stopReason: "end_turn" } };
const metadata = {
  metadata: { usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 }, metrics: { latencyMs: 1 } },
};
const chunk = (body: unknown) => ({ chunk: { bytes: new TextEncoder().encode(JSON.stringify(body)) } });
const usage = { inputTokens: 7, outputTokens: 3, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };
const reported = { kind: "reported", usage, finish: "complete" };

const idleMs = 1_000;
const totalMs = 60_000;

function attempt(shape: StreamShape = converseStream) {
  const clock = new ManualClock();
  const caller = new AbortController();
  const upstream = new FakeUpstream();
  const scope = new AttemptScope({ clock, signal: caller.signal, totalMs });
  const told: unknown[] = [];
  const opening = openStream({
    source: upstream,
    shape,
    scope,
    clock,
    idleMs,
    commit: () => told.push("commit"),
    ending: { settle: (used) => told.push({ settled: used }), fail: (error) => told.push({ failed: error }) },
    leaving: (error) => error as Error,
  });
  opening.catch(() => undefined);
  return { clock, caller, upstream, scope, told, opening };
}

async function readAll(stream: StreamHandle<unknown>): Promise<unknown[]> {
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe("a stream before its first content", () => {
  it("is held back, and committed with the first content", async () => {
    const { upstream, told, opening } = attempt();

    upstream.say(start);
    await settleDown();
    expect(told).toEqual([]);
    upstream.say(delta("a"), stop, metadata).end();

    expect(await readAll(await opening)).toEqual([start, delta("a"), stop, metadata]);
    expect(told).toEqual(["commit", { settled: reported }]);
  });

  it("fails whole when AWS throttles it there, so that it can be tried elsewhere", async () => {
    const { upstream, told, opening } = attempt();
    const throttle = Object.assign(new Error("slow down"), { name: "ThrottlingException" });

    upstream.say(start).breakWith(throttle);

    await expect(opening).rejects.toBe(throttle);
    expect(told).toEqual([]);
  });

  it("is no answer when it ends there", async () => {
    const { upstream, opening } = attempt();

    upstream.say(start).end();

    await expect(opening).rejects.toMatchObject({
      code: "response-invalid",
      message: "the stream ended before its first content",
    });
  });

  it.each([
    ["a member of the stream", converseStream, { throttlingException: { message: "Too many tokens" } }],
    ["Anthropic's JSON", invokeStream, chunk({ type: "error", error: { type: "rate_limit_error", message: "m" } })],
  ])("fails whole when an error comes in place of content, as %s", async (_how, shape, error) => {
    const { upstream, told, opening } = attempt(shape);
    const first = shape === converseStream ? start : chunk({ type: "message_start", message: {} });

    upstream.say(first, error, delta("never"), stop).end();

    await expect(opening).rejects.toMatchObject({ $metadata: { httpStatusCode: 429 } });
    expect(told).toEqual([]);
  });

  it("is no answer when its first thousand events have no content", async () => {
    const pings = Array.from({ length: 999 }, () => start);
    const [long, tooLong] = [attempt(), attempt()];

    long.upstream.say(...pings, delta("a"), stop, metadata).end();
    tooLong.upstream.say(...pings, start, delta("a"), stop, metadata).end();

    expect(await readAll(await long.opening)).toHaveLength(1_002);
    await expect(tooLong.opening).rejects.toMatchObject({
      code: "response-invalid",
      message: "the stream had no content in its first 1000 events",
    });
    expect(tooLong.told).toEqual([]);
  });

  it("is handed out when it has no content but is complete", async () => {
    const { upstream, told, opening } = attempt();

    upstream.say(start, stop, metadata).end();

    expect(await readAll(await opening)).toEqual([start, stop, metadata]);
    expect(told).toEqual(["commit", { settled: reported }]);
  });

  it("ends with the caller's signal", async () => {
    const { caller, opening } = attempt();

    caller.abort();

    await expect(opening).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("a stream with content", () => {
  it("that ends without its closing event is an error, not a shorter answer", async () => {
    const { upstream, told, opening } = attempt();
    upstream.say(start, delta("a")).end();

    const error = await readAll(await opening).catch((error: unknown) => error);

    expect(error).toBeInstanceOf(StreamInterruptedError);
    expect(error).toMatchObject({ eventsDelivered: 2 });
    expect(told).toEqual(["commit", { failed: expect.any(Error) }]);
  });

  it("that breaks gives what came, then a typed error with the cause", async () => {
    const { upstream, told, opening, scope } = attempt();
    const reset = Object.assign(new Error("aborted"), { code: "ECONNRESET" });
    upstream.say(start, delta("a")).breakWith(reset);
    const stream = await opening;

    expect((await stream.next()).value).toEqual(start);
    expect((await stream.next()).value).toEqual(delta("a"));
    await expect(stream.next()).rejects.toMatchObject({ code: "stream-interrupted", cause: reset });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(told).toEqual(["commit", { failed: reset }]);
    expect(scope.signal.aborted).toBe(true);
  });

  it("is complete without its usage, which stays unknown", async () => {
    const { upstream, told, opening } = attempt();
    upstream.say(start, delta("a"), stop).end();

    expect(await readAll(await opening)).toHaveLength(3);
    expect(told).toEqual(["commit", { settled: { kind: "missing" } }]);
  });

  it("is complete when the connection is lost after the closing event", async () => {
    const { upstream, told, opening } = attempt();
    upstream.say(start, delta("a"), stop).breakWith(new Error("lost"));

    expect(await readAll(await opening)).toHaveLength(3);
    expect(told).toEqual(["commit", { settled: { kind: "missing" } }]);
  });

  it("ends the upstream when the consumer breaks out of the loop", async () => {
    const { upstream, told, opening, scope, clock } = attempt();
    upstream.say(start, delta("a"), delta("b"));

    for await (const _event of await opening) break;

    expect(scope.signal.aborted).toBe(true);
    expect(told).toEqual(["commit", { failed: expect.objectContaining({ name: "AbortError" }) }]);
    expect(clock.pending).toBe(0);
  });

  it("still learns its usage when the consumer leaves at the closing event", async () => {
    const { upstream, told, opening, scope, clock } = attempt();
    upstream.say(start, delta("a"), stop);

    for await (const event of await opening) if (event === stop) break;
    expect(told).toEqual(["commit"]);
    upstream.say(metadata).end();
    await settleDown();

    expect(told).toEqual(["commit", { settled: reported }]);
    expect(scope.signal.aborted).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it("does not wait for ever for a usage nobody reads", async () => {
    const { upstream, told, opening, scope, clock } = attempt();
    upstream.say(start, delta("a"), stop);
    for await (const event of await opening) if (event === stop) break;

    await clock.advance(2_000);

    expect(told).toEqual(["commit", { settled: { kind: "missing" } }]);
    expect(scope.signal.aborted).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it("breaks when no event comes for the idle time, however often one came before", async () => {
    const { upstream, opening, clock } = attempt();
    upstream.say(start, delta("a"));
    const stream = await opening;
    await stream.next();
    await stream.next();
    for (let second = 0; second < 5; second++) {
      const next = stream.next();
      await clock.advance(idleMs - 1);
      upstream.say(delta("b"));
      await expect(next).resolves.toMatchObject({ done: false });
    }

    const last = stream.next().catch((error: unknown) => error);
    await clock.advance(idleMs);

    expect(await last).toMatchObject({ code: "stream-interrupted", cause: { code: "timeout" } });
  });

  it("is not idle while its consumer thinks", async () => {
    const { upstream, opening, clock } = attempt();
    upstream.say(start, delta("a"), delta("b"));
    const stream = await opening;
    for (let event = 0; event < 3; event++) await stream.next();

    await clock.advance(10 * idleMs);
    upstream.say(delta("c"));

    await expect(stream.next()).resolves.toMatchObject({ value: delta("c") });
  });

  it("ends after the total time even if nobody ever reads it", async () => {
    const { upstream, told, opening, clock, scope } = attempt();
    upstream.say(start, delta("a"));
    const stream = await opening;

    await clock.advance(totalMs);

    expect(scope.signal.aborted).toBe(true);
    expect(told).toEqual(["commit", { failed: expect.objectContaining({ code: "timeout" }) }]);
    expect(clock.pending).toBe(0);
    expect([(await stream.next()).value, (await stream.next()).value]).toEqual([start, delta("a")]);
    await expect(stream.next()).rejects.toMatchObject({ code: "stream-interrupted" });
  });

  it("gives an AbortError when the caller gives up", async () => {
    const { upstream, told, opening, caller } = attempt();
    upstream.say(start, delta("a"));
    const stream = await opening;
    await stream.next();
    await stream.next();
    const next = stream.next();

    caller.abort(new Error("enough"));

    await expect(next).rejects.toMatchObject({ name: "AbortError", cause: new Error("enough") });
    expect(told).toHaveLength(2);
  });

  it("answers calls of next in order, even when they do not wait for each other", async () => {
    const { upstream, opening } = attempt();
    upstream.say(start, delta("a"));
    const stream = await opening;
    const turns = Array.from({ length: 6 }, () => stream.next());

    upstream.say(delta("b"), stop, metadata).end();

    const events = (await Promise.all(turns)).map(({ value }) => value);
    expect(events).toEqual([start, delta("a"), delta("b"), stop, metadata, undefined]);
  });

  it("answers calls of next in order when more come while some wait for their turn", async () => {
    const { upstream, opening } = attempt();
    upstream.say(delta("0"));
    const stream = await opening;
    await stream.next();
    const answers: unknown[] = [];
    const ask = (): void => void stream.next().then(({ value }) => answers.push(value));

    for (const text of ["1", "2", "3", "4", "5", "6"]) {
      ask();
      ask();
      upstream.say(delta(text));
      await settleDown();
    }
    upstream.say(stop).end();
    await settleDown();

    const said = ["1", "2", "3", "4", "5", "6"].map(delta);
    expect(answers).toEqual([...said, stop, ...Array.from({ length: 5 }, () => undefined)]);
  });

  it("ends the upstream when it is disposed, or told to throw", async () => {
    const disposed = attempt();
    disposed.upstream.say(delta("a"));
    const thrown = attempt();
    thrown.upstream.say(delta("a"));

    await (await disposed.opening)[Symbol.asyncDispose]();
    await expect((await thrown.opening).throw(new Error("mine"))).rejects.toThrow("mine");

    expect([disposed.scope.signal.aborted, thrown.scope.signal.aborted]).toEqual([true, true]);
  });
});

describe("an InvokeModel stream", () => {
  it.each([
    [
      "Anthropic",
      [
        { type: "message_start", message: {} },
        { type: "ping" },
        { type: "content_block_delta", delta: { text: "message_stop" } },
        { type: "message_delta", delta: { stop_reason: "end_turn" } },
        { type: "message_stop", "amazon-bedrock-invocationMetrics": { inputTokenCount: 7, outputTokenCount: 3 } },
      ],
    ],
    [
      "Nova",
      [
        { messageStart: { role: "assistant" } },
        { contentBlockDelta: { delta: { text: "a" } } },
        { messageStop: { stopReason: "end_turn" } },
        { metadata: {}, "amazon-bedrock-invocationMetrics": { inputTokenCount: 7, outputTokenCount: 3 } },
      ],
    ],
    [
      "Llama",
      [
        { generation: "a", stop_reason: null },
        {
          generation: "",
          stop_reason: "stop",
          "amazon-bedrock-invocationMetrics": { inputTokenCount: 7, outputTokenCount: 3 },
        },
      ],
    ],
    [
      "OpenAI",
      [
        { choices: [{ delta: { content: "a" }, finish_reason: null }] },
        {
          choices: [{ delta: {}, finish_reason: "stop" }],
          "amazon-bedrock-invocationMetrics": { inputTokenCount: 7, outputTokenCount: 3 },
        },
      ],
    ],
  ])("of %s is complete with its closing chunk, and only then", async (_family, bodies) => {
    const whole = attempt(invokeStream);
    whole.upstream.say(...bodies.map(chunk)).end();
    const cut = attempt(invokeStream);
    cut.upstream.say(...bodies.slice(0, -1).map(chunk)).end();

    expect(await readAll(await whole.opening)).toEqual(bodies.map(chunk));
    expect(whole.told).toEqual(["commit", { settled: reported }]);
    const rest = await readAll(await cut.opening).catch((error: unknown) => error);
    if (_family === "Nova") expect(cut.told).toEqual(["commit", { settled: { kind: "missing" } }]);
    else expect(rest).toMatchObject({ code: "stream-interrupted" });
  });

  it("hands out what it cannot read", async () => {
    const { upstream, opening } = attempt(invokeStream);
    const odd = { chunk: { bytes: new TextEncoder().encode("not json stop_reason") } };

    upstream.say(odd, chunk({ type: "message_stop" })).end();

    expect(await readAll(await opening)).toHaveLength(2);
  });
});

describe("whatever AWS and the consumer do", () => {
  it("the reservation ends exactly once and no timer is left", async () => {
    const event = fc.constantFrom(start, delta("a"), delta("b"), stop, metadata);
    const step = fc.oneof(
      { weight: 6, arbitrary: event.map((said) => ({ kind: "say" as const, said })) },
      fc.constantFrom({ kind: "end" as const }, { kind: "break" as const }, { kind: "abort" as const }),
      fc.integer({ min: 1, max: 3_000 }).map((ms) => ({ kind: "wait" as const, ms })),
      { weight: 5, arbitrary: fc.constantFrom({ kind: "next" as const }) },
      fc.constantFrom({ kind: "return" as const }, { kind: "throw" as const }, { kind: "dispose" as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { clock, caller, upstream, told, opening } = attempt();
        upstream.say(start, delta("first"));
        const stream = await opening;
        const turns: Promise<unknown>[] = [];
        for (const step of steps) {
          if (step.kind === "say") upstream.say(step.said);
          else if (step.kind === "end") upstream.end();
          else if (step.kind === "break") upstream.breakWith(new Error("lost"));
          else if (step.kind === "abort") caller.abort();
          else if (step.kind === "wait") await clock.advance(step.ms);
          else if (step.kind === "next") turns.push(stream.next());
          else if (step.kind === "return") turns.push(stream.return());
          else if (step.kind === "throw") turns.push(stream.throw(new Error("mine")));
          else turns.push(stream[Symbol.asyncDispose]());
          for (const turn of turns) turn.catch(() => undefined);
          await settleDown();
        }
        await clock.advance(totalMs);
        await Promise.allSettled(turns);

        expect(told.filter((what) => what !== "commit")).toHaveLength(1);
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
