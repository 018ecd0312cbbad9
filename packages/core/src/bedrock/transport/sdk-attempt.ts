import type { BedrockRuntime, ServiceInputTypes, ServiceOutputTypes } from "@aws-sdk/client-bedrock-runtime";
import type { Target } from "../../budget/target.ts";
import type { Clock } from "../../clock.ts";
import { NotSentError, StreamInterruptedError } from "../../errors.ts";
import type { AttemptCall } from "../../routing/call.ts";
import { abortErrorOf } from "./abort-error.ts";
import type { AttemptScope } from "./attempt-scope.ts";
import type { BedrockCommand, SdkSendOptions } from "../client/bedrock-command.ts";
import { type CommandKind, copyFor } from "../client/command-kind.ts";
import { parseJson } from "../usage/json-body.ts";
import type { UsageReading } from "../usage/answer/token-usage.ts";
import { usageOfConverse } from "../usage/answer/usage-of-converse.ts";
import { usageOfInvoke } from "../usage/answer/usage-of-invoke.ts";
import { openStream } from "../streams/open-stream.ts";
import { isRecord } from "../config/plain-data.ts";
import { rejectOnAbort } from "./reject-on-abort.ts";
import type { RoleSession } from "../identity/role-session.ts";
import { markServed, type Served, type ServedBy } from "../client/served-by.ts";
import { isResetOfReusedSocket } from "./shared-handler.ts";
import { converseStream } from "../streams/converse-stream.ts";
import { invokeStream } from "../streams/invoke-stream.ts";
import type { TimeoutsConfig } from "../config/timeouts.ts";
import { watchWire, type WireWatch } from "./wire-watch.ts";

/** One call of the SDK, to be sent to whichever target is chosen. */
export interface OutgoingCall<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> {
  readonly command: BedrockCommand<Input, Output>;
  readonly kind: CommandKind;
  readonly options: SdkSendOptions;
  /** The command's input for a target: its model id there, and its own ids of what else the call names. */
  readonly inputFor: (target: Target) => unknown;
  /** Told an answer that is no stream, before its usage. */
  readonly onAnswer?: ((output: object) => void) | undefined;
  /** Told once, when the call has ended well: what AWS said it used. */
  readonly onUsage: (usage: UsageReading, call: AttemptCall, target: Target) => void;
}

export interface BedrockAttemptOptions<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> {
  readonly outgoing: OutgoingCall<Input, Output>;
  readonly target: Target;
  readonly call: AttemptCall;
  readonly session: RoleSession;
  /** Of the target's account and Region. */
  readonly client: BedrockRuntime;
  readonly scope: AttemptScope;
  readonly clock: Clock;
  readonly timeouts: TimeoutsConfig;
}

/** One attempt at one target, from credentials to the answer or the first content of a stream. */
export class BedrockAttempt<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> {
  readonly #options: BedrockAttemptOptions<Input, Output>;
  #wire: WireWatch | undefined;
  #isSent = false;

  constructor(options: BedrockAttemptOptions<Input, Output>) {
    this.#options = options;
  }

  async run(): Promise<Served<Output>> {
    const { outgoing, session, scope } = this.#options;
    try {
      await session.resolve(scope.signal);
      return outgoing.kind.isStream ? await this.#stream() : await this.#answer();
    } catch (error) {
      const cause = scope.reason ?? error;
      // An event stream may still be open; an answer is not, and its socket can serve again.
      if (outgoing.kind.isStream) scope.end(abortErrorOf(cause));
      else scope[Symbol.dispose]();
      this.#mark(cause);
      throw this.#isSent ? cause : new NotSentError(cause);
    }
  }

  async #answer(): Promise<Served<Output>> {
    const { outgoing, call, target, scope } = this.#options;
    const output = await this.#exchange();
    scope[Symbol.dispose]();
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
    if (!isAsyncIterable(source)) throw new StreamInterruptedError("the answer holds no stream", 0);
    const stream = await openStream({
      source,
      shape: outgoing.kind.api === "converse" ? converseStream : invokeStream,
      scope,
      clock,
      idleMs: timeouts.idleMs,
      commit: () => call.commit(),
      ending: { settle: (usage) => outgoing.onUsage(usage, call, target), fail: (error) => call.fail(error) },
      mark: (error) => this.#mark(error),
    });
    Reflect.set(output, member, stream);
    return markServed(output, this.#servedBy());
  }

  /** A free second try for what says nothing about the target: a stale socket, or a clock the SDK has set right. */
  async #exchange(): Promise<Output> {
    const { clock, scope } = this.#options;
    const sinceMs = clock.monotonicMs();
    try {
      return await this.#send();
    } catch (error) {
      const deserves = isStaleSocket(error, clock.monotonicMs() - sinceMs) || isCorrectedSkew(error);
      if (scope.reason !== undefined || !deserves) throw error;
      return await this.#send();
    }
  }

  async #send(): Promise<Output> {
    const { outgoing, target, client, scope } = this.#options;
    const copy = copyFor(outgoing.command, outgoing.inputFor(target));
    const wire = watchWire(copy.middlewareStack);
    this.#wire = wire;
    try {
      const sending = client.send(copy, { ...outgoing.options, abortSignal: scope.signal });
      return await rejectOnAbort(sending, scope.signal);
    } finally {
      this.#isSent ||= wire.isSent;
      const requestId = this.#requestId();
      if (requestId !== undefined) this.#options.call.note({ requestId });
    }
  }

  #usageOf(output: Output): UsageReading {
    const { api } = this.#options.outgoing.kind;
    if (api === "count" || api === "guardrail") return { kind: "missing" }; // they generate nothing
    if (api === "converse") return usageOfConverse(Reflect.get(output, "usage"));
    return usageOfInvoke(this.#wire?.headers ?? {}, parseJson(Reflect.get(output, "body")));
  }

  #mark<E>(error: E): E {
    return typeof error === "object" && error !== null ? markServed(error, this.#servedBy()) : error;
  }

  #requestId(): string | undefined {
    const requestId = this.#wire?.headers["x-amzn-requestid"];
    return typeof requestId === "string" ? requestId : undefined;
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

/** A reset of a used socket that comes later may have met a call that AWS was working on. In ms. */
const staleSocketMs = 100;

function isStaleSocket(error: unknown, afterMs: number): boolean {
  return afterMs <= staleSocketMs && isResetOfReusedSocket(error);
}

function isCorrectedSkew(error: unknown): boolean {
  const metadata = isRecord(error) ? error["$metadata"] : undefined;
  return isRecord(metadata) && metadata["clockSkewCorrected"] === true;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
