import type { ConverseStreamOutput } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { converseInput, errorOf, host, type Protocol, startRig } from "./sockets.test.kit.ts";

const full = { inputTokens: 5, outputTokens: 12 };

/** Reads a stream to its end, or to what breaks it. */
async function readUntilBreak(
  stream: AsyncIterable<ConverseStreamOutput> | undefined,
  onEvent: (events: readonly string[]) => void = () => {},
): Promise<{ readonly events: string[]; readonly error: Error | undefined }> {
  const events: string[] = [];
  try {
    for await (const event of stream ?? []) {
      events.push(String(Object.keys(event)[0]));
      onEvent(events);
    }
  } catch (error) {
    return { events, error: error as Error };
  }
  return { events, error: undefined };
}

describe.each<Protocol>(["http1", "http2"])("over %s", (protocol) => {
  it.each<[string, number]>([
    ["ThrottlingException", 429],
    ["ModelNotReadyException", 429],
    ["ServiceQuotaExceededException", 400],
    ["AccessDeniedException", 403],
    ["ResourceNotFoundException", 404],
  ])("answers %s before the book is asked", async (type, status) => {
    await using rig = await startRig({ fault: () => ({ kind: "error", status, type, message: "told to" }) });

    const error = await errorOf(rig.runtime(host, { protocol }).converse(converseInput(12)));

    expect(error).toMatchObject({ name: type, message: "told to", $metadata: { httpStatusCode: status } });
    expect(rig.book.asked).toEqual([]);
  });

  it.each<[string, number]>([
    ["InternalServerException", 500],
    ["ServiceUnavailableException", 503],
    ["ModelTimeoutException", 408],
    ["ModelErrorException", 424],
  ])("answers %s after admission, for the price of the input", async (type, status) => {
    await using rig = await startRig({ fault: () => ({ kind: "error", status, type, message: "told to" }) });
    const record = rig.nextRecord();

    const error = await errorOf(rig.runtime(host, { protocol }).converseStream(converseInput(12)));

    expect(error).toMatchObject({ name: type, message: "told to", $metadata: { httpStatusCode: status } });
    expect(rig.book.ended).toEqual(["failed"]);
    expect(await record).toMatchObject({ outcome: "failed", inputTokens: 5, outputTokens: 0, settledTokens: 5 });
  });

  it("sends Retry-After when told to", async () => {
    const fault = { kind: "error", status: 529, type: "overloaded_error", message: "busy", retryAfter: "7" } as const;
    await using rig = await startRig({ fault: () => fault });

    const error = await errorOf(rig.runtime(host, { protocol }).converse(converseInput(12)));

    expect(error).toMatchObject({ $response: { statusCode: 529, headers: { "retry-after": "7" } } });
  });

  it.each([
    [0, [], 0],
    [1, ["messageStart"], 0],
    [3, ["messageStart", "contentBlockDelta", "contentBlockDelta"], 6],
    [
      7,
      ["messageStart", ...Array.from({ length: 4 }, () => "contentBlockDelta"), "contentBlockStop", "messageStop"],
      12,
    ],
  ])("throws an exception in place of event %i of a stream", async (beforeEvent, expected, outputTokens) => {
    const fault = { kind: "stream-error", type: "modelStreamErrorException", message: "told to", beforeEvent } as const;
    await using rig = await startRig({ fault: () => fault });
    const record = rig.nextRecord();

    const { stream, error: early } = await rig
      .runtime(host, { protocol })
      .converseStream(converseInput(12))
      .then(({ stream }) => ({ stream, error: undefined }))
      .catch((error: unknown) => ({ stream: undefined, error: error as Error }));
    const { events, error } = await readUntilBreak(stream);

    expect(events).toEqual(expected);
    expect(error ?? early).toMatchObject({ name: "ModelStreamErrorException", message: "told to" });
    expect(await record).toMatchObject({ outcome: "interrupted", inputTokens: 5, outputTokens });
    expect(rig.book.ended).toEqual([{ inputTokens: 5, outputTokens }]);
  });

  it("resets the connection before any header, and charges the call in full", async () => {
    await using rig = await startRig({ fault: () => ({ kind: "reset" }) });
    const record = rig.nextRecord();

    const error = await errorOf(rig.runtime(host, { protocol }).converse(converseInput(12)));

    expect(error.$metadata?.httpStatusCode).toBeUndefined();
    if (protocol === "http1") expect(error.code).toBe("ECONNRESET");
    expect(await record).toMatchObject({ outcome: "lost", ...full });
    expect(rig.book.ended).toEqual([full]);
  });

  it.each([1, 3, 7])("cuts a stream in place of event %i, and charges it in full", async (beforeEvent) => {
    await using rig = await startRig({ fault: () => ({ kind: "cut", beforeEvent }) });
    const record = rig.nextRecord();

    const { stream } = await rig.runtime(host, { protocol }).converseStream(converseInput(12));
    const { events, error } = await readUntilBreak(stream);

    expect(events).toHaveLength(beforeEvent);
    // Over HTTP/2 the SDK takes a lost connection for the end of the stream; over HTTP/1.1 it does not.
    if (protocol === "http1") expect(error).toMatchObject({ code: "ECONNRESET" });
    expect(await record).toMatchObject({ outcome: "lost", ...full });
    expect(rig.book.ended).toEqual([full]);
  });

  it("ends a stream cleanly without its last events when told to", async () => {
    await using rig = await startRig({ fault: () => ({ kind: "cut", beforeEvent: 6, isClean: true }) });

    const { stream } = await rig.runtime(host, { protocol }).converseStream(converseInput(12));
    const { events, error } = await readUntilBreak(stream);

    expect(events.at(-1)).toBe("contentBlockStop");
    expect(error).toBeUndefined();
  });

  it("cuts the body of a call that does not stream", async () => {
    await using rig = await startRig({ fault: () => ({ kind: "cut", beforeEvent: 0 }) });

    const error = await errorOf(rig.runtime(host, { protocol }).converse(converseInput(12)));

    expect(error).toBeInstanceOf(Error);
    expect(rig.book.ended).toEqual([full]);
  });

  it("hangs before any header until the client gives up, and charges the call in full", async () => {
    await using rig = await startRig({ fault: () => ({ kind: "hang" }) });
    const ended = rig.nextRecord();
    const giveUp = new AbortController();

    const call = errorOf(
      rig.runtime(host, { protocol }).converseStream(converseInput(12), { abortSignal: giveUp.signal }),
    );
    expect(await ended).toMatchObject({ outcome: "lost", ...full });
    giveUp.abort();

    expect((await call).name).toBe("AbortError");
  });

  it("hangs in the middle of a stream until the client gives up, and charges the call in full", async () => {
    await using rig = await startRig({ fault: () => ({ kind: "hang", beforeEvent: 2 }) });
    const ended = rig.nextRecord();
    const giveUp = new AbortController();

    const { stream } = await rig
      .runtime(host, { protocol })
      .converseStream(converseInput(12), { abortSignal: giveUp.signal });
    const reading = readUntilBreak(stream, (events) => {
      if (events.length === 2) void ended.then(() => giveUp.abort());
    });

    expect((await reading).events).toEqual(["messageStart", "contentBlockDelta"]);
    expect(await ended).toMatchObject({ outcome: "lost", ...full });
  });
});

it("asks the hook once per request, with its number", async () => {
  const points: unknown[] = [];
  await using rig = await startRig({ fault: (point) => void points.push(point) });

  const session = await rig.session();
  await rig.runtime(session).converse(converseInput(12));

  const account = { accountId: "111122223333", region: "eu-west-1" };
  expect(points).toEqual([
    { ...account, operation: "AssumeRole", modelId: undefined, sequence: 0 },
    { ...account, operation: "Converse", endpoint: "runtime", modelId: "anthropic.claude-test-v1:0", sequence: 1 },
  ]);
});
