import type { Clock } from "@shardrock/core";
import type { AdmittedCall, SimulatedCall, ThrottledCall, UnknownModel } from "../simulated-bedrock.ts";
import type { Answer } from "./answer.ts";
import { type ApiStyle, apiStyleOf, type BedrockError } from "./api-error.ts";
import { readGeneration } from "./asked-generation.ts";
import type { Authenticated } from "./authenticate.ts";
import { sendBedrockError, sendUnknownOperation, wholeAnswerOf } from "./bedrock-answers.ts";
import { type BedrockRoute, bedrockRouteOf, type GeneratingRoute } from "./bedrock-route.ts";
import type { CallOutcome, CallTally } from "./call-tally.ts";
import type { Dialect, Generated } from "./dialects/dialect.ts";
import type { Fault, FaultPoint } from "./fault.ts";
import { generate, type SimulatedModelOptions } from "./generate.ts";
import { GenerationRun } from "./generation-run.ts";
import { type JsonObject, parseObject } from "./json-object.ts";
import { type RequestIdentity, RunningCall } from "./running-call.ts";
import { type BreakingFault, StreamPlay } from "./stream-play.ts";
import { wireOf } from "./stream-wire.ts";
import type { Timers } from "./timers.ts";
import type { WireRequest } from "./wire-request.ts";

/** Who decides whether a call fits: `SimulatedBedrock`, or a stand-in. */
export interface SimulatedBook {
  admit(call: SimulatedCall, nowMs: number): AdmittedCall | ThrottledCall | UnknownModel;
}

export interface BedrockServiceOptions {
  readonly book: SimulatedBook;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly tally: CallTally;
  readonly model: SimulatedModelOptions;
  readonly faultAt: (point: Omit<FaultPoint, "sequence">) => Fault | undefined;
}

/** One request, and what is known of it before its body is judged. */
interface Exchange<R extends BedrockRoute = BedrockRoute> {
  readonly request: WireRequest;
  readonly route: R;
  /** Undefined: it is not a JSON object. */
  readonly body: JsonObject | undefined;
  readonly caller: Authenticated;
  readonly identity: RequestIdentity;
  readonly style: ApiStyle;
  readonly answer: Answer;
  readonly fault: Fault | undefined;
}

/** bedrock-runtime and bedrock-mantle. */
export class BedrockService {
  readonly #options: BedrockServiceOptions;

  constructor(options: BedrockServiceOptions) {
    this.#options = options;
  }

  answer(request: WireRequest, caller: Authenticated, answer: Answer): void {
    const endpoint = caller.service === "bedrock-mantle" ? "mantle" : "runtime";
    const route = bedrockRouteOf(request, endpoint);
    if (route === undefined) return sendUnknownOperation(answer);
    const body = parseObject(request.body.toString("utf8"));
    const identity: RequestIdentity = {
      accountId: caller.principal.accountId,
      region: caller.region,
      endpoint,
      operation: route.operation,
      modelId: calledIdOf(route, body),
      requestId: answer.requestId,
    };
    this.#options.tally.arrived(identity);
    const fault = this.#options.faultAt(identity);
    const exchange = { request, body, caller, identity, style: apiStyleOf(request.path), answer, fault };
    if (route.operation === "CountTokens" || route.operation === "ApplyGuardrail") return sendUnknownOperation(answer);
    this.#generate({ ...exchange, route });
  }

  #generate(exchange: Exchange<GeneratingRoute>): void {
    const { request, route, body, caller, identity, fault } = exchange;
    const { book, clock, timers, tally, model } = this.#options;
    const { modelId } = identity;
    if (body === undefined) return this.#turnAway(exchange, "invalid", validation(malformed));
    const asked = readGeneration({ route, modelId, body }, request);
    if (asked.kind === "invalid") return this.#turnAway(exchange, "invalid", validation(asked.message));
    if (fault?.kind === "error" && !wasAdmitted(fault.status)) {
      return timers.after(fault.afterMs ?? 0, () => this.#turnAway(exchange, "failed", fault));
    }
    const { inputTokens, cacheWriteTokens, maxTokens } = asked;
    const call = { ...identity, inputTokens, cacheWriteInputTokens: cacheWriteTokens, maxTokens };
    const decision = book.admit(call, clock.monotonicMs());
    switch (decision.kind) {
      case "unknown-model":
        return this.#turnAway(exchange, "unknown-model", unknownModel(exchange));
      case "throttled": {
        const error = { status: 429, type: "ThrottlingException", message: decision.message };
        return this.#turnAway(exchange, "throttled", error);
      }
      case "admitted": {
        tally.admitted(identity);
        const input = { ...identity, asked, bodyHash: caller.bodyHash, createdAtMs: clock.epochMs() };
        const generated = generate(input, model);
        const call = new RunningCall(decision, identity, this.#options);
        const { dialect, isStreaming } = asked;
        return this.#run({ ...exchange, dialect, isStreaming, generated, call });
      }
      default:
        return decision satisfies never;
    }
  }

  #run(admitted: AdmittedExchange): void {
    const { isStreaming, dialect, generated, call, style, identity, answer, fault } = admitted;
    const { timers } = this.#options;
    if (fault?.kind === "error") {
      timers.after(fault.afterMs ?? 0, () => {
        call.fail(generated);
        sendBedrockError(answer, fault, style);
      });
      return;
    }
    if (!isStreaming) return this.#answerWhole({ ...admitted, fault });
    const wire = wireOf(identity.operation, style);
    new StreamPlay({ generated, dialect, wire, answer, call, fault }).start(timers);
  }

  #answerWhole({ identity, dialect, generated, call, answer, fault }: AdmittedExchange<BreakingFault>): void {
    if (fault?.kind === "reset") answer.reset();
    const end = (written: Generated): void => {
      const isBroken = fault !== undefined && fault.kind !== "stream-error";
      call.end(written, isBroken || answer.isGone ? "lost" : "served");
      if (fault?.kind === "reset" || fault?.kind === "hang") return;
      const { headers, body } = wholeAnswerOf(identity.operation, dialect, written);
      if (fault?.kind === "cut") answer.sendTruncated(200, headers, body);
      else answer.send(200, headers, body);
    };
    new GenerationRun(generated, call, { end }).start(this.#options.timers);
  }

  #turnAway({ identity, answer, style }: Exchange, outcome: CallOutcome, error: BedrockError): void {
    const { clock, tally } = this.#options;
    const nothing = { inputTokens: 0, outputTokens: 0, settledTokens: 0 };
    tally.ended({ ...identity, outcome, atMs: clock.monotonicMs(), ...nothing });
    sendBedrockError(answer, error, style);
  }
}

interface AdmittedExchange<F extends Fault = Fault> extends Omit<Exchange, "fault"> {
  readonly dialect: Dialect;
  readonly isStreaming: boolean;
  readonly generated: Generated;
  readonly call: RunningCall;
  readonly fault: F | undefined;
}

function calledIdOf(route: BedrockRoute, body: JsonObject | undefined): string {
  if (route.operation === "ApplyGuardrail") return route.guardrailId;
  const named = body?.["model"];
  return route.modelId ?? (typeof named === "string" ? named : "");
}

/** 5xx, and the two errors of a model that was asked, come after admission. */
function wasAdmitted(status: number): boolean {
  return status >= 500 || status === 408 || status === 424;
}

const malformed = "Malformed input request, please reformat your input and try again.";

function validation(message: string): BedrockError {
  return { status: 400, type: "ValidationException", message };
}

/** Source: both of AWS's answers as reported for wrong ids and Regions, langchain-aws#252 and trulens#779 (2026-11-22). */
function unknownModel({ identity: { modelId }, style }: Exchange): BedrockError {
  if (style !== "aws") {
    return { status: 404, type: "ResourceNotFoundException", message: `The model '${modelId}' does not exist` };
  }
  if (!modelId.startsWith("arn:")) return validation("The provided model identifier is invalid.");
  const message = "Could not resolve the foundation model from the provided model identifier.";
  return { status: 404, type: "ResourceNotFoundException", message };
}
