import type { Clock } from "@shardrock/core";
import type { AdmittedCall, SimulatedCall, ThrottledCall, UnknownModel } from "../simulated-bedrock.ts";
import type { Answer } from "./answer.ts";
import { readGeneration } from "./asked-generation.ts";
import type { Authenticated } from "./authenticate.ts";
import {
  type BedrockError,
  sendBedrockError,
  sendUnknownOperation,
  streamHeadersOf,
  wholeAnswerOf,
} from "./bedrock-answers.ts";
import { type BedrockRoute, bedrockRouteOf, isStreaming } from "./bedrock-route.ts";
import type { CallOutcome, CallTally } from "./call-tally.ts";
import type { Dialect, Generated } from "./dialect.ts";
import { dialectOf } from "./dialects.ts";
import type { Fault, FaultPoint } from "./fault.ts";
import { generate, type SimulatedModelOptions } from "./generate.ts";
import { RunningCall } from "./running-call.ts";
import { type BreakingFault, StreamPlay } from "./stream-play.ts";
import { timedFramesOf } from "./timed-frames.ts";
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

/** Converse, ConverseStream, InvokeModel and InvokeModelWithResponseStream. */
export class BedrockService {
  readonly #options: BedrockServiceOptions;

  constructor(options: BedrockServiceOptions) {
    this.#options = options;
  }

  answer(request: WireRequest, caller: Authenticated, answer: Answer): void {
    const route = bedrockRouteOf(request);
    if (route === undefined) return sendUnknownOperation(answer);
    const { book, clock, tally, faultAt } = this.#options;
    const { accountId } = caller.principal;
    const identity = { ...route, accountId, region: caller.region, requestId: answer.requestId };
    tally.arrived(identity);
    const fault = faultAt(identity);
    const asked = readGeneration(route, request);
    const turnAway = (outcome: CallOutcome, error: BedrockError): void => {
      const atMs = clock.monotonicMs();
      tally.ended({ ...identity, outcome, atMs, inputTokens: 0, outputTokens: 0, settledTokens: 0 });
      sendBedrockError(answer, error);
    };
    if (asked.kind === "invalid") return turnAway("invalid", validation(asked.message));
    if (fault?.kind === "error" && !wasAdmitted(fault.status)) {
      return this.#options.timers.after(fault.afterMs ?? 0, () => turnAway("failed", fault));
    }
    const { inputTokens, maxTokens } = asked;
    const decision = book.admit({ ...identity, inputTokens, maxTokens }, clock.monotonicMs());
    switch (decision.kind) {
      case "unknown-model":
        return turnAway("unknown-model", unknownModel(route.modelId));
      case "throttled":
        return turnAway("throttled", { status: 429, type: "ThrottlingException", message: decision.message });
      case "admitted": {
        tally.admitted(identity);
        const isStreamed = isStreaming(route.operation);
        const input = { ...identity, asked, bodyHash: caller.bodyHash, isStreaming: isStreamed };
        const generated = generate(input, this.#options.model);
        const call = new RunningCall(decision, identity, this.#options);
        return this.#run({ route, dialect: dialectOf(route, asked), generated, call, answer, fault });
      }
      default:
        return decision satisfies never;
    }
  }

  #run(admitted: AdmittedRequest): void {
    const { route, dialect, generated, call, answer, fault } = admitted;
    const { timers } = this.#options;
    if (fault?.kind === "error") {
      timers.after(fault.afterMs ?? 0, () => {
        call.fail(generated.inputTokens);
        sendBedrockError(answer, fault);
      });
      return;
    }
    if (!isStreaming(route.operation)) return this.#answerWhole({ ...admitted, fault });
    const frames = timedFramesOf(dialect, generated);
    const headers = streamHeadersOf(route.operation);
    new StreamPlay({ generated, frames, headers, answer, call, fault }).start(timers);
  }

  #answerWhole({ route, dialect, generated, call, answer, fault }: AdmittedRequest<BreakingFault>): void {
    if (fault?.kind === "reset") answer.reset();
    this.#options.timers.after(generated.latencyMs, () => {
      const isBroken = fault !== undefined && fault.kind !== "stream-error";
      call.end(generated, isBroken || answer.isGone ? "lost" : "served");
      if (fault?.kind === "reset" || fault?.kind === "hang") return;
      const { headers, body } = wholeAnswerOf(route.operation, dialect, generated);
      if (fault?.kind === "cut") answer.sendTruncated(200, headers, body);
      else answer.send(200, headers, body);
    });
  }
}

interface AdmittedRequest<F extends Fault = Fault> {
  readonly route: BedrockRoute;
  readonly dialect: Dialect;
  readonly generated: Generated;
  readonly call: RunningCall;
  readonly answer: Answer;
  readonly fault: F | undefined;
}

/** 5xx, and the two errors of a model that was asked, come after admission. */
function wasAdmitted(status: number): boolean {
  return status >= 500 || status === 408 || status === 424;
}

function validation(message: string): BedrockError {
  return { status: 400, type: "ValidationException", message };
}

/** Source: both answers as reported for wrong ids and Regions, langchain-aws#252 and trulens#779 (2026-11-22). */
function unknownModel(modelId: string): BedrockError {
  if (!modelId.startsWith("arn:")) return validation("The provided model identifier is invalid.");
  const message = "Could not resolve the foundation model from the provided model identifier.";
  return { status: 404, type: "ResourceNotFoundException", message };
}
