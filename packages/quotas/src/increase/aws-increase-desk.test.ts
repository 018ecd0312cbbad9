import { NotSentError } from "@shardrock/core";
import type { Clock, QuotaClientOptions } from "@shardrock/core";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { AwsIncreaseDesk } from "./aws-increase-desk.ts";
import type { DeskClientOptions } from "./aws-increase-desk.ts";
import { quotaIncrease } from "./quota-increase.ts";
import { accountId, quota, region, wish } from "./increase.test.kit.ts";

interface Wire {
  readonly target: string;
  readonly body: Record<string, unknown>;
  readonly host: string;
  readonly atMs: number;
}
type Answer = { readonly status?: number; readonly body: object } | Error;

/** Time that passes only while somebody sleeps. */
class SleepClock implements Clock {
  nowMs = 0;
  monotonicMs = (): number => this.nowMs;
  epochMs = (): number => this.nowMs;
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    this.nowMs += Math.max(0, ms);
    return Promise.resolve();
  }
  timer(): Disposable {
    return { [Symbol.dispose]: () => {} };
  }
}

/** What AWS would say, one after another, through the real SDK client. */
function aws(...answers: readonly Answer[]) {
  const sent: Wire[] = [];
  const clock = new SleepClock();
  const queue = [...answers];
  const requestHandler = {
    async handle(request: { headers: Record<string, string>; hostname: string; body: Uint8Array }) {
      const target = request.headers["x-amz-target"]?.split(".")[1] ?? "";
      sent.push({
        target,
        body: JSON.parse(new TextDecoder().decode(request.body)),
        host: request.hostname,
        atMs: clock.nowMs,
      });
      const answer = queue.shift() ?? { body: {} };
      if (answer instanceof Error) throw answer;
      const body = Readable.from([Buffer.from(JSON.stringify(answer.body))]);
      return { response: { statusCode: answer.status ?? 200, headers: {}, body } };
    },
  } as unknown as NonNullable<DeskClientOptions["requestHandler"]>;
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
  const desk = new AwsIncreaseDesk({ clock, clientOptions: () => ({ credentials, requestHandler }) });
  return { desk, sent, clock };
}

const place = { accountId, region };
const { signal } = new AbortController();
const request = quotaIncrease({ wishes: [wish({ tokensPerMinute: 12e6 })], quotas: [quota()], open: [] }).requests[0]!;
const refusal = (type: string, message: string): Answer => ({ status: 400, body: { __type: type, message } });

describe("the desk of Service Quotas", () => {
  it("hands a request in at the account's Region", async () => {
    const { desk, sent } = aws({ body: { RequestedQuota: { Id: "r-1", CaseId: "c-1", Status: "CASE_OPENED" } } });

    const answer = await desk.request(request, signal);

    expect(answer).toEqual({ kind: "taken", requestId: "r-1", caseId: "c-1", status: "CASE_OPENED" });
    expect(sent).toMatchObject([
      {
        target: "RequestServiceQuotaIncrease",
        host: "servicequotas.us-east-1.amazonaws.com",
        body: { ServiceCode: "bedrock", QuotaCode: "L-15B8E632", DesiredValue: 12_000_000 },
      },
    ]);
  });

  it.each([
    ["IllegalArgumentException", "the value must exceed the default"],
    ["ResourceAlreadyExistsException", "a request is open"],
    ["TooManyRequestsException", "slow down"],
    ["BrandNewException", "no"],
  ])("says that AWS turned a request down: %s", async (type, message) => {
    const { desk, sent } = aws(refusal(type, message));

    expect(await desk.request(request, signal)).toEqual({ kind: "turned-down", reason: `${type}: ${message}` });
    expect(sent).toHaveLength(1);
  });

  it.each<[string, Answer]>([
    ["a lost connection", Object.assign(new Error("socket hang up"), { code: "ECONNRESET" })],
    ["a timeout", Object.assign(new Error("slow"), { name: "TimeoutError" })],
    ["a fault of AWS", { status: 500, body: { __type: "ServiceException", message: "wrong" } }],
    ["an overload", { status: 503, body: {} }],
  ])("never sends a request again after %s, and does not know what became of it", async (_, answer) => {
    const { desk, sent } = aws(answer, { body: {} });

    await expect(desk.request(request, signal)).rejects.not.toBeInstanceOf(NotSentError);

    expect(sent).toHaveLength(1);
  });

  it("sends nothing for a caller who has left", async () => {
    const { desk, sent } = aws();

    await expect(desk.request(request, AbortSignal.abort(new Error("left")))).rejects.toBeInstanceOf(NotSentError);

    expect(sent).toEqual([]);
  });

  it("lists what AWS has not decided, of every service and on every page", async () => {
    const { desk, sent } = aws(
      { body: { NextToken: "t", RequestedQuotas: [{ ServiceCode: "bedrock", QuotaCode: "L-1" }] } },
      { body: { RequestedQuotas: [{ ServiceCode: "ec2", QuotaCode: "L-1" }] } },
      { body: { RequestedQuotas: [{ ServiceCode: "bedrock", QuotaCode: "L-2" }] } },
    );

    const open = await desk.open(place, signal);

    expect(open).toEqual([
      { ...place, code: "L-1" },
      { ...place, code: "ec2/L-1" },
      { ...place, code: "L-2" },
    ]);
    expect(sent.map(({ target, body }) => [target, body])).toEqual([
      ["ListRequestedServiceQuotaChangeHistory", { Status: "PENDING" }],
      ["ListRequestedServiceQuotaChangeHistory", { Status: "PENDING", NextToken: "t" }],
      ["ListRequestedServiceQuotaChangeHistory", { Status: "CASE_OPENED" }],
    ]);
  });

  it("gives up on a list that does not end", async () => {
    const page = { body: { NextToken: "again", RequestedQuotas: [] } };
    const { desk, sent } = aws(...Array.from({ length: 60 }, () => page));

    await expect(desk.open(place, signal)).rejects.toMatchObject({ code: "response-invalid" });

    expect(sent).toHaveLength(50);
  });

  it("keeps to AWS's rates in each account and Region", async () => {
    const { desk, sent } = aws();

    for (let n = 0; n < 5; n += 1) await desk.request(request, signal);
    await desk.request({ ...request, region: "eu-west-1" }, signal);

    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 350, 700, 1050, 1400, 1400]);
  });

  it("takes a router's own way to reach AWS", () => {
    const ofRouter = (_: typeof place): QuotaClientOptions => {
      throw new Error("only its type matters");
    };

    expect(new AwsIncreaseDesk({ clientOptions: ofRouter })).toBeInstanceOf(AwsIncreaseDesk);
  });
});
