import type { HttpRequest } from "@smithy/types";
import type { Target } from "../../budget/target.ts";
import type { Clock } from "../../clock.ts";
import { NotSentError, ShardrockError } from "../../errors.ts";
import type { AttemptCall } from "../../routing/call.ts";
import { markServed, type ServedBy } from "../client/served-by.ts";
import { isRecord } from "../config/plain-data.ts";
import type { TimeoutsConfig } from "../config/timeouts.ts";
import type { RoleSession } from "../identity/role-session.ts";
import { abortErrorOf } from "../transport/abort-error.ts";
import type { AttemptScope } from "../transport/attempt-scope.ts";
import { isResetOfReusedSocket } from "../transport/shared-handler.ts";
import type { RequestHandler } from "../transport/target-clients.ts";
import { parseJson } from "../usage/json-body.ts";
import type { UsageReading } from "../usage/answer/token-usage.ts";
import { usageOfBody } from "../usage/answer/usage-of-body.ts";
import { usageOfConverse } from "../usage/answer/usage-of-converse.ts";
import { usageOfInvoke } from "../usage/answer/usage-of-invoke.ts";
import { openStream } from "../streams/open-stream.ts";
import { observedBody } from "./observed-body.ts";
import { openBody } from "./open-body.ts";
import { errorOfAnswer } from "./answer-error.ts";
import { responseHeaders } from "./response-headers.ts";
import { signRequest } from "./sign-request.ts";
import { readBody, requestIdOf, sendRequest, type WireAnswer } from "./wire-answer.ts";
import type { Api } from "./routed-apis.ts";

export interface FetchAttemptOptions {
  readonly api: Api;
  /** For the target, not yet signed. */
  readonly outgoing: () => Promise<HttpRequest>;
  readonly target: Target;
  readonly call: AttemptCall;
  readonly session: RoleSession;
  readonly handler: RequestHandler;
  readonly scope: AttemptScope;
  readonly clock: Clock;
  readonly timeouts: TimeoutsConfig;
  /** Told once, when the call has ended well. */
  readonly onUsage: (usage: UsageReading, call: AttemptCall, target: Target) => void;
  readonly isStream: boolean;
  /** The caller asked for the usage at the end of an OpenAI chat stream, which we always do. */
  readonly wantsUsage: boolean;
}

/** One attempt at one target, from credentials to the answer or the first content of a stream. */
export class FetchAttempt {
  readonly #options: FetchAttemptOptions;
  #answer: WireAnswer | undefined;
  #isSent = false;
  #isRead = false;

  constructor(options: FetchAttemptOptions) {
    this.#options = options;
  }

  /** @throws what AWS or the network said, in a `NotSentError` when nothing left this process. */
  async run(): Promise<Response> {
    const { scope } = this.#options;
    try {
      return this.#options.isStream ? await this.#stream() : await this.#whole(await this.#exchange());
    } catch (error) {
      const cause = scope.reason ?? error;
      // A socket whose answer was read to the end can serve again.
      if (this.#isRead) scope[Symbol.dispose]();
      else scope.end(abortErrorOf(cause));
      if (typeof cause === "object" && cause !== null) markServed(cause, this.#servedBy());
      throw this.#isSent ? cause : new NotSentError(cause);
    }
  }

  async #stream(): Promise<Response> {
    const { api, call, target, scope, clock, timeouts, onUsage, wantsUsage } = this.#options;
    using _first = scope.limit(timeouts.firstEventMs, "the first content of the stream");
    const answer = await this.#exchange();
    const opened = openBody(answer, { api, hidesUsage: !wantsUsage });
    if (opened === undefined) throw notAnswered(answer, await this.#read(answer));
    const stream = await openStream({
      ...opened,
      scope,
      clock,
      idleMs: timeouts.idleMs,
      commit: () => call.commit(),
      ending: { settle: (usage) => onUsage(usage, call, target), fail: (error) => call.fail(error) },
      mark: (error) => markServed(error, this.#servedBy()),
    });
    return new Response(observedBody(stream), this.#head(answer));
  }

  async #whole(answer: WireAnswer): Promise<Response> {
    const { call, target, scope, onUsage } = this.#options;
    const body = await this.#read(answer);
    const json = parseJson(body);
    if (!isRecord(json) || isUnknownOperation(json)) throw notAnswered(answer, body);
    scope[Symbol.dispose]();
    onUsage(this.#usageOf(answer, json), call, target);
    return new Response(body, this.#head(answer));
  }

  #head({ status, headers }: WireAnswer): ResponseInit {
    return { status, headers: responseHeaders(headers, this.#servedBy()) };
  }

  /** @throws {AnswerError} when AWS answers with an error. */
  async #exchange(): Promise<WireAnswer> {
    const answer = await this.#sendTwice();
    if (answer.status >= 200 && answer.status <= 299) return answer;
    throw errorOfAnswer(answer, await this.#read(answer));
  }

  /** A free second try for a stale socket, which says nothing about the target. */
  async #sendTwice(): Promise<WireAnswer> {
    const { clock, scope } = this.#options;
    const sinceMs = clock.monotonicMs();
    try {
      return await this.#send();
    } catch (error) {
      const isStale = clock.monotonicMs() - sinceMs <= staleSocketMs && isResetOfReusedSocket(error);
      if (scope.reason !== undefined || !isStale) throw error;
      return await this.#send();
    }
  }

  async #send(): Promise<WireAnswer> {
    const { session, scope, outgoing, target, clock, handler, call } = this.#options;
    const identity = await session.resolve(scope.signal);
    const request = await outgoing();
    const service = target.endpoint === "mantle" ? "bedrock-mantle" : "bedrock";
    const signed = await signRequest(request, { identity, region: target.region, service, epochMs: clock.epochMs() });
    this.#isSent = true;
    const answer = await sendRequest(handler, signed, scope.signal);
    this.#answer = answer;
    call.note({ httpStatus: answer.status, requestId: requestIdOf(answer.headers) });
    return answer;
  }

  async #read(answer: WireAnswer): Promise<Buffer> {
    const body = await readBody(answer, this.#options.scope.signal);
    this.#isRead = true;
    return body;
  }

  #usageOf({ headers }: WireAnswer, json: Readonly<Record<string, unknown>>): UsageReading {
    switch (this.#options.api) {
      case "converse":
        return usageOfConverse(json["usage"]);
      case "invoke":
        return usageOfInvoke(headers, json);
      default:
        return usageOfBody(json);
    }
  }

  #servedBy(): ServedBy {
    const { target, call } = this.#options;
    return {
      accountId: target.accountId,
      region: target.region,
      modelId: target.modelId,
      requestId: this.#answer && requestIdOf(this.#answer.headers),
      attempts: call.attempt,
      waitedMs: call.waitedMs,
      callId: call.callId,
    };
  }
}

/** A reset of a used socket that comes later may have met a call that AWS was working on. In ms. */
const staleSocketMs = 100;

/** HTTP 200 is no success by itself: a proxy's page, an empty body, or one object where a stream was asked for. */
function notAnswered({ status, headers }: WireAnswer, body: Buffer): ShardrockError {
  const type = (headers["content-type"] ?? "no content type").slice(0, 64);
  const message = `AWS answered ${status} with ${body.length} bytes of ${type}, which is no answer of this API`;
  return new ShardrockError("response-invalid", message);
}

/** Source: vercel/ai#17523, where HTTP 200 came with it (read 2026-11-22). */
function isUnknownOperation({ Output }: Readonly<Record<string, unknown>>): boolean {
  return isRecord(Output) && String(Output["__type"]).endsWith("UnknownOperationException");
}
