import type { HttpRequest } from "@smithy/types";
import type { Target } from "../../budget/target.ts";
import type { Clock } from "../../clock.ts";
import { NotSentError, ShardrockError } from "../../errors.ts";
import type { AttemptCall } from "../../routing/call.ts";
import { markServed, type ServedBy, servedBy } from "../transport/served-by.ts";
import type { TimeoutsConfig } from "../config/timeouts.ts";
import type { AssumedRole } from "../identity/assumed-roles.ts";
import type { RoleIdentity } from "../identity/role-identity.ts";
import type { RoleSession } from "../identity/role-session.ts";
import { openStream } from "../streams/open-stream.ts";
import { abortErrorOf } from "../transport/abort-error.ts";
import { AttemptReport } from "../transport/attempt-report.ts";
import type { AttemptScope } from "../transport/attempt-scope.ts";
import { correctSkew, type SkewedConfig } from "../transport/clock-skew.ts";
import { isRefusedSession, isRefusedTime, isStaleSocket } from "../transport/free-retry.ts";
import { safeError } from "../transport/safe-error.ts";
import { anotherOf } from "../transport/sdk-attempt.ts";
import type { RequestHandler } from "../transport/target-clients.ts";
import { errorOfAnswer } from "./error-of-answer.ts";
import { jsonAnswer } from "./json-answer.ts";
import { observedBody } from "./observed-body.ts";
import { openBody } from "./open-body.ts";
import type { PlannedRequest } from "./planned-request.ts";
import { responseHeaders } from "./response-headers.ts";
import type { RoutedApi } from "./routed-apis.ts";
import { signRequest } from "./sign-request.ts";
import { usageOfAnswer } from "./usage-of-answer.ts";
import { readBody, sendRequest, type WireAnswer } from "./wire-answer.ts";

export interface FetchAttemptOptions {
  readonly api: RoutedApi;
  readonly isStream: boolean;
  /** The caller asked for the usage at the end of an OpenAI chat stream, which we always do. */
  readonly wantsUsage: boolean;
  /** The request for the target, not yet signed. */
  readonly outgoing: () => Promise<HttpRequest>;
  readonly target: Target;
  readonly call: AttemptCall;
  /** Of the target's account. */
  readonly role: AssumedRole;
  readonly session: RoleSession;
  readonly handler: RequestHandler;
  readonly scope: AttemptScope;
  readonly clock: Clock;
  /** How far the clock is off, as AWS told; set right here. */
  readonly skew: SkewedConfig;
  readonly timeouts: TimeoutsConfig;
  /** True: AWS's own words, which may quote the prompt, are part of error messages. */
  readonly includeProviderMessage: boolean;
  readonly onEnd: PlannedRequest["onEnd"];
}

/** Why one attempt may send again to the same target, free: it says nothing about the target. Once each. */
type FreeRetry = "socket" | "skew" | "session";

/** One attempt at one target, from credentials to the answer or the first content of a stream. */
export class FetchAttempt {
  readonly #options: FetchAttemptOptions;
  readonly #report: AttemptReport;
  #answer: WireAnswer | undefined;
  #isSent = false;
  #isRead = false;
  /** What the last request was signed with, by whose clock, and when it was sent. */
  #signedWith: RoleIdentity | undefined;
  #offsetMs = 0;
  #sentAtMs = 0;

  constructor(options: FetchAttemptOptions) {
    this.#options = options;
    this.#report = new AttemptReport(options);
  }

  /** @throws only what may leave this library, in a `NotSentError` when nothing left this process. */
  async run(): Promise<Response> {
    const { scope, isStream, session, clock } = this.#options;
    const sinceMs = clock.monotonicMs();
    try {
      await session.resolve(scope.signal);
      this.#report.credentialsMs = clock.monotonicMs() - sinceMs;
      return isStream ? await this.#stream() : await this.#whole();
    } catch (thrown) {
      const error = this.#leaving(scope.reason ?? thrown);
      // A socket whose answer was read to the end can serve again.
      if (this.#isRead) scope[Symbol.dispose]();
      else scope.end(abortErrorOf(error));
      throw this.#isSent ? error : new NotSentError(error);
    }
  }

  async #whole(): Promise<Response> {
    const { api, call, target, scope, onEnd } = this.#options;
    const answer = await this.#exchange();
    const body = await this.#read(answer);
    const json = jsonAnswer(answer, body, api);
    scope[Symbol.dispose]();
    this.#report.success(answer);
    onEnd({ reading: usageOfAnswer(api, answer, json), call, target, answer: json });
    return new Response(body, this.#head(answer));
  }

  async #stream(): Promise<Response> {
    const { api, call, target, scope, clock, timeouts, onEnd, wantsUsage } = this.#options;
    using _first = scope.limit(timeouts.firstEventMs, "the first content of the stream");
    const answer = await this.#exchange();
    const opened = openBody(answer, { api: api.api, hidesUsage: !wantsUsage });
    if (opened === undefined) throw noStream(answer);
    const stream = await openStream({
      ...opened,
      scope,
      clock,
      idleMs: timeouts.idleMs,
      commit: () => {
        this.#report.firstEventMs = clock.monotonicMs() - this.#sentAtMs;
        this.#report.success(answer);
        call.commit();
      },
      ending: {
        settle: (reading) => onEnd({ reading, call, target, answer: undefined }),
        fail: (error) => call.fail(error),
      },
      leaving: (error) => this.#leaving(error),
    });
    return new Response(observedBody(stream), this.#head(answer));
  }

  /** An answer that is a success by its status. @throws {AnswerError} when AWS answers with an error. */
  async #exchange(): Promise<WireAnswer> {
    const { scope, session } = this.#options;
    const spent = new Set<FreeRetry>();
    for (;;) {
      try {
        return await this.#send();
      } catch (error) {
        const why = scope.reason === undefined ? this.#freeRetry(error) : undefined;
        if (why === undefined || spent.has(why)) throw error;
        spent.add(why);
        if (why === "session" && this.#signedWith !== undefined) await session.renew(this.#signedWith, scope.signal);
      }
    }
  }

  #freeRetry(error: unknown): FreeRetry | undefined {
    const { clock, skew } = this.#options;
    if (isStaleSocket(error, clock.monotonicMs() - this.#sentAtMs)) return "socket";
    if (isRefusedSession(error)) return "session";
    if (!isRefusedTime(error)) return undefined;
    const date = this.#answer?.header("date");
    return correctSkew({ config: skew, offsetMs: this.#offsetMs, date, clock }) ? "skew" : undefined;
  }

  async #send(): Promise<WireAnswer> {
    const { session, scope, outgoing, target, clock, skew, handler } = this.#options;
    const identity = await session.resolve(scope.signal);
    this.#signedWith = identity;
    this.#offsetMs = skew.systemClockOffset;
    const service = target.endpoint === "mantle" ? "bedrock-mantle" : "bedrock";
    const epochMs = clock.epochMs() + this.#offsetMs;
    const signed = await signRequest(await outgoing(), { identity, region: target.region, service, epochMs });
    scope.signal.throwIfAborted();
    this.#answer = undefined;
    this.#isRead = false;
    this.#sentAtMs = clock.monotonicMs();
    this.#isSent = true;
    const answer = await sendRequest(handler, signed, scope.signal);
    this.#answer = answer;
    if (answer.status >= 200 && answer.status <= 299) return answer;
    throw errorOfAnswer(answer, await this.#read(answer));
  }

  async #read(answer: WireAnswer): Promise<Buffer> {
    const body = await readBody(answer, this.#options.scope.signal);
    this.#isRead = true;
    return body;
  }

  #head({ status, headers }: WireAnswer): ResponseInit {
    return { status, headers: responseHeaders(headers, this.#servedBy()) };
  }

  /** What happened as the caller may see it, marked with who served the call; told to the events too. */
  #leaving(error: unknown): Error {
    this.#report.failure(error, this.#answer);
    return markServed(this.#safe(error), this.#servedBy());
  }

  #safe(error: unknown): Error {
    const { scope, target, includeProviderMessage } = this.#options;
    if (scope.reason !== undefined && error === scope.reason) return scope.reason;
    const place = `account ${target.accountId}, ${target.region}`;
    // AWS quotes the signed headers, and with them the session token, when it does not like a signature.
    const redact = (text: string): string => this.#signedWith?.redact(text) ?? text;
    const safe = safeError(error, { place, requestId: this.#answer?.requestId, includeProviderMessage, redact });
    return servedBy(safe) === undefined ? safe : anotherOf(safe);
  }

  #servedBy(): ServedBy {
    const { target, call } = this.#options;
    return {
      accountId: target.accountId,
      region: target.region,
      modelId: target.modelId,
      requestId: this.#answer?.requestId,
      attempts: call.attempt,
      waitedMs: call.waitedMs,
      callId: call.callId,
    };
  }
}

function noStream({ mediaType }: WireAnswer): ShardrockError {
  return new ShardrockError("response-invalid", `AWS, or something before it, gave ${mediaType} instead of a stream`);
}
