import type { ServiceInputTypes, ServiceOutputTypes } from "@aws-sdk/client-bedrock-runtime";
import type { Target } from "../../budget/target.ts";
import type { Clock } from "../../clock.ts";
import { NotSentError, ShardrockError } from "../../errors.ts";
import type { AttemptCall } from "../../routing/call.ts";
import { abortErrorOf } from "./abort-error.ts";
import { demandAnswer } from "./answer-shape.ts";
import { AttemptReport } from "./attempt-report.ts";
import type { AttemptScope } from "./attempt-scope.ts";
import type { BedrockCommand, SdkSendOptions } from "./bedrock-command.ts";
import { correctSkew } from "./clock-skew.ts";
import type { CommandKind } from "./command-kind.ts";
import { isCorrectedSkew, isRefusedSession, isRefusedTime, isStaleSocket } from "./free-retry.ts";
import type { AssumedRole } from "../identity/assumed-roles.ts";
import { parseJson } from "../usage/json-body.ts";
import { finishOf, withFinish } from "../usage/answer/finish.ts";
import type { UsageReading } from "../usage/answer/token-usage.ts";
import { usageOfConverse } from "../usage/answer/usage-of-converse.ts";
import { usageOfInvoke } from "../usage/answer/usage-of-invoke.ts";
import { openStream } from "../streams/open-stream.ts";
import { ownMistake } from "./own-mistake.ts";
import type { RoleIdentity } from "../identity/role-identity.ts";
import type { RoleSession } from "../identity/role-session.ts";
import { safeError } from "./safe-error.ts";
import { markServed, type Served, type ServedBy, servedBy } from "./served-by.ts";
import { converseStream } from "../streams/converse-stream.ts";
import { invokeStream } from "../streams/invoke-stream.ts";
import type { TargetClient } from "./target-client.ts";
import type { TimeoutsConfig } from "../config/timeouts.ts";
import { WireWatch } from "./wire-watch.ts";

/** One call of the SDK, to be sent to whichever target is chosen. */
export interface OutgoingCall<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> {
  readonly command: BedrockCommand<Input, Output>;
  readonly kind: CommandKind;
  readonly options: SdkSendOptions;
  /** The command's input for a target: its model id there, and its own ids of what else the call names. */
  readonly inputFor: (target: Target) => object;
  /** Told an answer that is no stream, before its usage. */
  readonly onAnswer?: ((output: object) => void) | undefined;
  /** Told once, when the call has ended well: what AWS said it used. */
  readonly onUsage: (usage: UsageReading, call: AttemptCall, target: Target) => void;
}

export interface BedrockAttemptOptions<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> {
  readonly outgoing: OutgoingCall<Input, Output>;
  readonly target: Target;
  readonly call: AttemptCall;
  /** Of the target's account. */
  readonly role: AssumedRole;
  readonly session: RoleSession;
  /** Of the target's account and Region. */
  readonly client: TargetClient;
  readonly scope: AttemptScope;
  readonly clock: Clock;
  readonly timeouts: TimeoutsConfig;
  /** True: AWS's own words, which may quote the prompt, are part of error messages. */
  readonly includeProviderMessage: boolean;
}

/** Why one attempt may send again to the same target, free: it says nothing about the target. Once each. */
type FreeRetry = "socket" | "skew" | "session";

/** One attempt at one target, from credentials to the answer or the first content of a stream. */
export class BedrockAttempt<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> {
  readonly #options: BedrockAttemptOptions<Input, Output>;
  readonly #report: AttemptReport;
  #wire: WireWatch | undefined;
  #wasSent = false;
  /** What the last request was signed with, by whose clock, and when. */
  #signedWith: RoleIdentity | undefined;
  #offsetMs = 0;
  #sentAtMs = 0;

  constructor(options: BedrockAttemptOptions<Input, Output>) {
    this.#options = options;
    this.#report = new AttemptReport(options);
  }

  /** @throws only what may leave this library. */
  async run(): Promise<Served<Output>> {
    const { outgoing, session, scope, clock } = this.#options;
    const sinceMs = clock.monotonicMs();
    try {
      if (!session.isAtHand()) await session.resolve(scope.signal);
      this.#report.credentialsMs = clock.monotonicMs() - sinceMs;
      return outgoing.kind.isStream ? await this.#stream() : this.#answer(await this.#exchange());
    } catch (thrown) {
      const error = this.#leaving(scope.reason ?? thrown);
      // An event stream may still be open; an answer is not, and its socket can serve again.
      if (outgoing.kind.isStream) scope.end(abortErrorOf(error));
      else scope[Symbol.dispose]();
      throw this.#isSent ? error : new NotSentError(error);
    }
  }

  /** From here on AWS may have the call. */
  get #isSent(): boolean {
    return this.#wasSent || this.#wire?.isSent === true;
  }

  #answer(output: Output): Served<Output> {
    const { outgoing, call, target, scope } = this.#options;
    demandAnswer(output, outgoing.kind);
    scope[Symbol.dispose]();
    this.#report.success(this.#wire);
    outgoing.onAnswer?.(output);
    outgoing.onUsage(this.#usageOf(output), call, target);
    return markServed(output, this.#servedBy());
  }

  async #stream(): Promise<Served<Output>> {
    const { outgoing, call, target, scope, clock, timeouts } = this.#options;
    using _first = scope.limit(timeouts.firstEventMs, "the first content of the stream");
    const output = await this.#exchange();
    const member = outgoing.kind.api === "converse" ? "stream" : "body";
    const source: unknown = Reflect.get(output, member);
    if (!isAsyncIterable(source)) throw new ShardrockError("response-invalid", "the answer holds no stream");
    const stream = await openStream({
      source,
      shape: outgoing.kind.api === "converse" ? converseStream : invokeStream,
      scope,
      clock,
      idleMs: timeouts.idleMs,
      commit: () => {
        this.#report.firstEventMs = clock.monotonicMs() - this.#sentAtMs;
        this.#report.success(this.#wire);
        call.commit();
      },
      ending: { settle: (usage) => outgoing.onUsage(usage, call, target), fail: (error) => call.fail(error) },
      leaving: (error) => this.#leaving(error),
    });
    Reflect.set(output, member, stream);
    return markServed(output, this.#servedBy());
  }

  async #exchange(): Promise<Output> {
    const { scope } = this.#options;
    let spent: Set<FreeRetry> | undefined;
    for (;;) {
      try {
        return await this.#send();
      } catch (error) {
        const why = scope.reason === undefined ? this.#freeRetry(error) : undefined;
        if (why === undefined || spent?.has(why) === true) throw error;
        spent = (spent ?? new Set()).add(why);
        if (why === "session") await this.#renew();
      }
    }
  }

  async #renew(): Promise<void> {
    const { session, scope } = this.#options;
    if (this.#signedWith === undefined) await session.resolve(scope.signal);
    else await session.renew(this.#signedWith, scope.signal);
  }

  #freeRetry(error: unknown): FreeRetry | undefined {
    const { clock, client, outgoing } = this.#options;
    if (isStaleSocket(error, clock.monotonicMs() - this.#sentAtMs)) return "socket";
    if (isCorrectedSkew(error)) return "skew";
    if (isRefusedSession(error)) return "session";
    if (!outgoing.kind.isStream || !isRefusedTime(error)) return undefined;
    const date = this.#wire?.header("date");
    return correctSkew({ config: client.sdk.config, offsetMs: this.#offsetMs, date, clock }) ? "skew" : undefined;
  }

  #send(): Promise<Output> {
    const { outgoing, target, client, scope, session, clock } = this.#options;
    this.#wasSent = this.#isSent;
    const wire = new WireWatch(outgoing.kind);
    this.#wire = wire;
    this.#signedWith = session.current;
    this.#offsetMs = client.sdk.config.systemClockOffset;
    this.#sentAtMs = clock.monotonicMs();
    const { command, options } = outgoing;
    return scope.race(client.send({ command, input: outgoing.inputFor(target), options, scope, watch: wire }));
  }

  #usageOf(output: Output): UsageReading {
    const { api } = this.#options.outgoing.kind;
    if (api === "count" || api === "guardrail") return { kind: "missing" }; // they generate nothing
    if (api === "converse") return withFinish(usageOfConverse(Reflect.get(output, "usage")), finishOf(output));
    const body = parseJson(Reflect.get(output, "body"));
    return withFinish(usageOfInvoke(this.#wire?.headers ?? {}, body), finishOf(body));
  }

  /** What happened as the caller may see it, marked with who served the call; told to the events too. */
  #leaving(error: unknown): Error {
    this.#report.failure(error, this.#wire);
    return markServed(this.#safe(error), this.#servedBy());
  }

  #safe(error: unknown): Error {
    const { scope, target, outgoing, includeProviderMessage } = this.#options;
    if (scope.reason !== undefined && error === scope.reason) return scope.reason;
    if (!this.#isSent && !(error instanceof ShardrockError)) return ownMistake(error, outgoing.command.input);
    const place = `account ${target.accountId}, ${target.region}`;
    const redact = (text: string): string => this.#redacted(text);
    const safe = safeError(error, { place, requestId: this.#requestId(), includeProviderMessage, redact });
    return servedBy(safe) === undefined ? safe : anotherOf(safe);
  }

  /** AWS quotes the signed headers, and with them the session token, when it does not like a signature. */
  #redacted(text: string): string {
    const signedWith = this.#signedWith?.redact(text) ?? text;
    return this.#options.session.current?.redact(signedWith) ?? signedWith;
  }

  #requestId(): string | undefined {
    return this.#wire?.header("x-amzn-requestid");
  }

  #servedBy(): ServedBy {
    const { target, call } = this.#options;
    return {
      accountId: target.accountId,
      region: target.region,
      modelId: target.modelId,
      requestId: this.#requestId(),
      attempts: call.attempt,
      waitedMs: call.waitedMs,
      callId: call.callId,
    };
  }
}

/** One failure of STS answers many calls, and each call marks its error. */
export function anotherOf(error: Error): Error {
  if (!(error instanceof ShardrockError) || error.constructor !== ShardrockError) return error;
  return new ShardrockError(error.code, error.message, { cause: error.cause });
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
