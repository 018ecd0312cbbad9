import { ConverseStreamCommand, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import type { AttemptFacts } from "../../routing/attempt-facts.ts";
import type { AttemptCall } from "../../routing/call.ts";
import type { BedrockCommand } from "./bedrock-command.ts";
import { commandKind } from "./command-kind.ts";
import { classify } from "../classify.ts";
import { type AssumedRole, AssumedRoles } from "../identity/assumed-roles.ts";
import { event } from "../testing/event-frame.test.kit.ts";
import { converseAnswer, type FakeAnswer, FakeAws, refusal, streamAnswer } from "../testing/fake-aws.test.kit.ts";
import { ManualClock, settleDown } from "../testing/manual-clock.test.kit.ts";
import { BedrockTransport } from "./sdk-transport.ts";
import { TargetClients } from "./target-clients.ts";

const role: AssumedRole = {
  id: "111111111111",
  roleArn: "arn:aws:iam::111111111111:role/shardrock",
  sessionName: "desk",
  sourceIdentity: "hub",
  tags: {},
  durationSeconds: 3_600,
  regions: ["us-east-1"],
};
const target = {
  id: "one",
  accountId: role.id,
  region: "us-east-1",
  endpoint: "runtime" as const,
  modelId: "m",
  destinationRegions: ["us-east-1"],
  weight: 1,
  quotas: [],
};
const timeouts = { connectMs: 1_000, firstEventMs: 60_000, idleMs: 5_000, totalMs: 600_000, credentialsMs: 1_000 };
const delta = event({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: "hi" } } });
const stop = event({ messageStop: { stopReason: "end_turn" } });
const stream = (): FakeAnswer => streamAnswer([delta, stop]);
const expired = refusal(403, "ExpiredTokenException", "The security token included in the request is expired");

function open(answers: readonly FakeAnswer[], clock: ManualClock = new ManualClock()) {
  const aws = new FakeAws();
  const left = [...answers];
  aws.onBedrock = () => left.shift() ?? converseAnswer("hi");
  let sessions = 0;
  const sts = { isDown: false };
  const roles = new AssumedRoles({
    source: {
      hostId: "host",
      assume: async () => {
        if (sts.isDown) throw new Error("STS is down");
        sessions += 1;
        return {
          accessKeyId: `ASIA-${sessions}`,
          secretAccessKey: "s",
          sessionToken: "t",
          expiration: new Date("2100-01-01"),
        };
      },
      [Symbol.dispose]: () => undefined,
    },
    credentialsMs: 1_000,
    clock,
    random: () => 0,
  });
  const accounts = new Map([[role.id, role]]);
  const clients = new TargetClients({ requestHandler: aws.handler });
  clients.change((stack) => stack.add(markAsEventStream, { step: "initialize" }));
  const transport = new BedrockTransport({ inForce: () => ({ accounts, timeouts }), roles, clients, clock });
  const facts: AttemptFacts[] = [];
  const told: string[] = [];
  const call: AttemptCall = {
    signal: new AbortController().signal,
    callId: 1,
    attempt: 1,
    waitedMs: 0,
    note: (each) => void facts.push(each),
    commit: () => void told.push("commit"),
    settle: () => void told.push("settle"),
    fail: () => void told.push("fail"),
  };
  const send = (command: object) => {
    const sent = command as BedrockCommand<never, never>;
    const outgoing = {
      command: sent,
      kind: commandKind(command),
      options: {},
      inputFor: () => sent.input,
      onUsage: () => told.push("usage"),
    };
    return transport.send(outgoing, target, call);
  };
  const noted = () => Object.assign({}, ...facts) as AttemptFacts;
  return { aws, sts, send, noted, told, clock };
}

/** As versions of the SDK do that then leave the clock alone. */
const markAsEventStream =
  <Args, Result>(next: (args: Args) => Result, context: object) =>
  (args: Args): Result => {
    const smithy = (context as Record<string, object>)["__smithy_context"] ?? {};
    if (Reflect.get(context, "commandName") === "ConverseStreamCommand") {
      Object.assign(smithy, { eventStream: { output: true } });
    }
    return next(args);
  };

const invoke = new InvokeModelCommand({ modelId: "sonnet", body: "{}" });
const streaming = new ConverseStreamCommand({ modelId: "sonnet", messages: [] });
const invoked: FakeAnswer = { body: '{"completion":"hi"}' };
const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("a session that AWS refuses", () => {
  it.each(["ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId"])(
    "(%s) is renewed once, and the same target tried again with the new one",
    async (name) => {
      const { aws, send } = open([refusal(403, name), invoked]);

      await send(invoke);

      expect(aws.bedrock.map(({ signer }) => signer)).toEqual(["-1", "-2"]);
    },
  );

  it("is renewed for a stream too", async () => {
    const { aws, send, told } = open([expired, stream()]);

    await send(streaming);

    expect(aws.bedrock.map(({ signer }) => signer)).toEqual(["-1", "-2"]);
    expect(told).toEqual(["commit"]);
  });

  it("twice is the account's failure, and another account's turn", async () => {
    const { aws, send } = open([expired, expired]);

    const error = await errorOf(send(invoke));

    expect(error).toMatchObject({ name: "ExpiredTokenException" });
    expect(classify(error).kind).toBe("session-refused");
    expect(aws.bedrock).toHaveLength(2);
  });

  it("is the account's failure when STS gives no other", async () => {
    const { aws, send, sts } = open([invoked, expired]);
    await send(invoke);
    sts.isDown = true;

    const error = await errorOf(send(invoke));

    expect(error).toMatchObject({ code: "credentials-unavailable" });
    expect(classify(error).kind).toBe("account-failed");
    expect(aws.bedrock).toHaveLength(2);
  });

  it("is renewed by one question when many calls are refused at once", async () => {
    const { aws, send } = open([
      ...Array.from({ length: 10 }, () => expired),
      ...Array.from({ length: 10 }, () => invoked),
    ]);

    await Promise.all(Array.from({ length: 10 }, () => send(invoke)));

    expect(new Set(aws.bedrock.map(({ signer }) => signer))).toEqual(new Set(["-1", "-2"]));
  });
});

describe("a clock that is off", () => {
  /** AWS's date, so many ms off what the machine thinks; the manual clock starts at 2026-01-01T00:00:00Z. */
  const skewed = (offMs: number, name = "InvalidSignatureException", message = "Signature expired"): FakeAnswer => {
    const date = new Date(1_767_225_600_000 + offMs).toUTCString();
    const answer = refusal(403, name, message);
    return { ...answer, headers: { ...answer.headers, date } };
  };

  it.each([
    ["an hour slow", skewed(3_600_000)],
    ["an hour fast", skewed(-3_600_000, "InvalidSignatureException", "Signature not yet current")],
    ["too skewed", skewed(3_600_000, "RequestTimeTooSkewed", "no")],
    ["told by words alone", skewed(3_600_000, "AccessDeniedException", "Signature expired: 20260101T000000Z")],
  ])("is set right by the refusal of a stream, and the same target tried once more: %s", async (_what, answer) => {
    const { aws, send } = open([answer, stream()]);

    await send(streaming);

    expect(aws.bedrock).toHaveLength(2);
    expect(aws.bedrock.map(({ headers }) => headers["x-amz-date"])).toHaveLength(2);
  });

  it("shows in the date of the second request", async () => {
    const { aws, send } = open([skewed(10 * 365 * 86_400_000), stream()]);

    await send(streaming);

    const [first, second] = aws.bedrock.map(({ headers }) => Number(headers["x-amz-date"]?.slice(0, 4)));
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(9);
  });

  it.each([
    ["by less than AWS minds", skewed(60_000)],
    ["when AWS gives no date", refusal(403, "InvalidSignatureException", "Signature expired")],
    ["when the date is none", { ...skewed(0), headers: { ...skewed(0).headers, date: "now" } }],
    ["when AWS says something else", skewed(3_600_000, "AccessDeniedException", "no")],
  ])("is not the reason %s", async (_what, answer) => {
    const { aws, send } = open([answer, stream()]);

    expect(await errorOf(send(streaming))).toBeInstanceOf(Error);
    expect(aws.bedrock).toHaveLength(1);
  });

  it("is set right once, not twice, for one attempt", async () => {
    const { aws, send } = open([skewed(3_600_000), skewed(9_000_000), stream()]);

    expect(await errorOf(send(streaming))).toMatchObject({ name: "InvalidSignatureException" });
    expect(aws.bedrock).toHaveLength(2);
  });

  it("and a session that ended are each worth one more try of the same attempt", async () => {
    const { aws, send } = open([skewed(3_600_000), expired, stream()]);

    await send(streaming);

    expect(aws.bedrock).toHaveLength(3);
  });
});

describe("what the events are told of an attempt", () => {
  it("names whose session it was, the request and the status", async () => {
    const headers = { "x-amzn-requestid": "request-9" };
    const { send, noted } = open([{ ...invoked, headers }]);

    await send(invoke);

    expect(noted()).toMatchObject({
      requestId: "request-9",
      httpStatus: 200,
      roleArn: role.roleArn,
      roleSessionName: "desk",
      sourceIdentity: "hub",
      credentialsMs: 0,
    });
  });

  it("holds the time to the first content of a stream, told before it is handed out", async () => {
    const clock = new ManualClock();
    const { aws, send, noted, told } = open([], clock);
    let answer: (answer: FakeAnswer) => void = () => undefined;
    aws.onBedrock = () => new Promise((resolve) => (answer = resolve));
    const sending = send(streaming);
    await until(() => aws.bedrock.length === 1);

    await clock.advance(1_500);
    answer(stream());
    await sending;

    expect(noted()).toMatchObject({ firstEventMs: 1_500, httpStatus: 200, requestId: "request-3" });
    expect(told).toEqual(["commit"]);
  });

  it("holds AWS's name for a failure, its status and how long AWS asks to wait", async () => {
    const answer = refusal(429, "ThrottlingException");
    const { send, noted } = open([{ ...answer, headers: { ...answer.headers, "retry-after": "7" } }]);

    await errorOf(send(invoke));

    expect(noted()).toMatchObject({
      errorName: "ThrottlingException",
      httpStatus: 429,
      retryAfterMs: 7_000,
      requestId: "request-2",
      roleArn: role.roleArn,
    });
  });

  it("holds the network's code for a failure of the network, and ours for one of ours", async () => {
    const broken = open([]);
    broken.aws.onBedrock = () => {
      throw Object.assign(new Error("x"), { code: "ECONNRESET" });
    };
    const empty = open([{ body: "" }]);

    await errorOf(broken.send(invoke));
    await errorOf(empty.send(invoke));

    expect(broken.noted()).toMatchObject({ errorName: "ECONNRESET" });
    expect(empty.noted()).toMatchObject({ errorName: "response-invalid", httpStatus: 200 });
  });
});

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100 && !isSo(); turn++) {
    await settleDown();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
