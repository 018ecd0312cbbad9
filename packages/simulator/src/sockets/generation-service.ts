import { readGeneration } from "./asked-generation.ts";
import { sendBedrockError, wholeAnswerOf } from "./bedrock-answers.ts";
import type { GeneratingRoute } from "./bedrock-route.ts";
import type { Dialect, Generated } from "./dialects/dialect.ts";
import { markInfinity } from "./dialects/json-text.ts";
import { drip } from "./drip.ts";
import {
  type BedrockServiceOptions,
  type Exchange,
  recordFree,
  turnAway,
  type TurnedAway,
  validation,
} from "./exchange.ts";
import type { Fault } from "./fault.ts";
import { generate } from "./generate.ts";
import { GenerationRun } from "./generation-run.ts";
import { wantedGuardrail } from "./guardrail.ts";
import { sendOddAnswer } from "./odd-answer.ts";
import { RunningCall } from "./running-call.ts";
import { type BreakingFault, StreamPlay } from "./stream-play.ts";
import { wireOf } from "./stream-wire.ts";

/** The operations that ask a model to write something. */
export class GenerationService {
  readonly #options: BedrockServiceOptions;

  constructor(options: BedrockServiceOptions) {
    this.#options = options;
  }

  answer(exchange: Exchange<GeneratingRoute>): void {
    const { request, route, body, identity, fault } = exchange;
    const { guardrails, timers } = this.#options;
    const { modelId } = identity;
    if (body === undefined) return this.#turnAway(exchange, validation(malformed));
    const asked = readGeneration({ route, modelId, body }, request);
    if (asked.kind === "invalid") return this.#turnAway(exchange, validation(asked.message));
    if (fault?.kind === "error" && !wasAdmitted(fault.status)) {
      return timers.after(fault.afterMs ?? 0, () => this.#turnAway(exchange, { outcome: "failed", error: fault }));
    }
    if (fault?.kind === "odd-answer") {
      recordFree(exchange, "odd", this.#options);
      const { headers } = wireOf(route.operation, exchange.style);
      return sendOddAnswer(
        exchange.answer,
        fault.body,
        asked.isStreaming ? headers["content-type"] : "application/json",
      );
    }
    const guardrail = wantedGuardrail(body, request);
    if (guardrail !== undefined && guardrails.find(identity, guardrail) === undefined) {
      return this.#turnAway(exchange, validation(unknownGuardrail));
    }
    this.#admit(exchange, asked);
  }

  #admit(exchange: Exchange, asked: Asked): void {
    const { caller, identity, fault } = exchange;
    const { book, clock, tally, model } = this.#options;
    const { inputTokens, cacheWriteTokens, maxTokens } = asked;
    const call = { ...identity, inputTokens, cacheWriteInputTokens: cacheWriteTokens, maxTokens };
    const decision = book.admit(call, clock.monotonicMs());
    switch (decision.kind) {
      case "unknown-model":
        return this.#turnAway(exchange, unknownModel(exchange));
      case "throttled": {
        const error = { status: 429, type: "ThrottlingException", message: decision.message };
        return this.#turnAway(exchange, { outcome: "throttled", error });
      }
      case "admitted": {
        tally.admitted(identity);
        const input = { ...identity, asked, bodyHash: caller.bodyHash, createdAtMs: clock.epochMs() };
        const generated = generate(input, model);
        const call = new RunningCall(decision, identity, this.#options);
        const { dialect, isStreaming } = asked;
        const reported = fault?.kind === "bad-usage" ? { ...generated, falseUsage: falseUsageOf(fault) } : generated;
        return this.#run({ ...exchange, dialect, isStreaming, generated: reported, call });
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
    const breaking = breakingFaultOf(fault);
    if (!isStreaming) return this.#answerWhole({ ...admitted, fault: breaking });
    const wire = wireOf(identity.operation, style);
    new StreamPlay({ generated, dialect, wire, answer, call, fault: breaking }).start(timers);
  }

  #answerWhole({ identity, dialect, generated, call, answer, fault }: AdmittedExchange<BreakingFault>): void {
    const { timers } = this.#options;
    if (fault?.kind === "reset") answer.reset();
    const isBroken = fault !== undefined && fault.kind !== "stream-error" && fault.kind !== "oversized-frame";
    const end = (written: Generated): void => {
      call.end(written, isBroken || answer.isGone ? "lost" : "served");
      if (fault?.kind === "reset" || fault?.kind === "hang") return;
      const { headers, body } = wholeAnswerOf(identity.operation, dialect, written);
      if (fault?.kind === "cut") return answer.sendTruncated(200, headers, body);
      if (fault?.kind !== "drip") return answer.send(200, headers, body);
      answer.open(200, headers);
      drip(answer, { bytes: space, timers, fault });
    };
    new GenerationRun(generated, call, { end }).start(timers);
  }

  #turnAway(exchange: Exchange, turnedAway: TurnedAway): void {
    turnAway(exchange, turnedAway, this.#options);
  }
}

type Asked = Extract<ReturnType<typeof readGeneration>, { readonly kind: "asked" }>;

interface AdmittedExchange<F extends Fault = Fault> extends Omit<Exchange, "fault"> {
  readonly dialect: Dialect;
  readonly isStreaming: boolean;
  readonly generated: Generated;
  readonly call: RunningCall;
  readonly fault: F | undefined;
}

const space = Buffer.from(" ");
const malformed = "Malformed input request, please reformat your input and try again.";
const unknownGuardrail = "The guardrail identifier or version provided in the request does not exist.";

/** 5xx, and the two errors of a model that was asked, come after admission. */
function wasAdmitted(status: number): boolean {
  return status >= 500 || status === 408 || status === 424;
}

function falseUsageOf({ usage }: Extract<Fault, { readonly kind: "bad-usage" }>): { readonly value: unknown } {
  return { value: markInfinity(usage) };
}

/** Some faults are over once the answer begins. */
function breakingFaultOf(fault: Exclude<Fault, { readonly kind: "error" }> | undefined): BreakingFault | undefined {
  const isBreaking =
    fault !== undefined && fault.kind !== "odd-answer" && fault.kind !== "bad-usage" && fault.kind !== "wrong-account";
  return isBreaking ? fault : undefined;
}

/** Source: both of AWS's answers as reported for wrong ids and Regions, langchain-aws#252 and trulens#779 (2026-11-22). */
function unknownModel({ identity: { modelId }, style }: Exchange): TurnedAway {
  const missing = (message: string): TurnedAway => {
    return { outcome: "unknown-model", error: { status: 404, type: "ResourceNotFoundException", message } };
  };
  if (style !== "aws") return missing(`The model '${modelId}' does not exist`);
  if (modelId.startsWith("arn:")) {
    return missing("Could not resolve the foundation model from the provided model identifier.");
  }
  return { ...validation("The provided model identifier is invalid."), outcome: "unknown-model" };
}
