import type { Clock } from "@shardrock/core";
import type { AdmittedCall, SimulatedCall, ThrottledCall, UnknownModel } from "../simulated-bedrock.ts";
import type { Answer } from "./answer.ts";
import type { ApiStyle, BedrockError } from "./api-error.ts";
import type { Authenticated } from "./authenticate.ts";
import { sendBedrockError } from "./bedrock-answers.ts";
import type { BedrockRoute } from "./bedrock-route.ts";
import type { CallOutcome, CallTally } from "./call-tally.ts";
import type { Fault, FaultPoint } from "./fault.ts";
import type { SimulatedModelOptions } from "./generate.ts";
import type { Guardrails } from "./guardrail.ts";
import type { JsonObject } from "./json-object.ts";
import type { RequestIdentity } from "./running-call.ts";
import type { Timers } from "../timers.ts";
import type { WireRequest } from "./wire-request.ts";

/** Who decides whether a call fits: `SimulatedBedrock`, or a stand-in. */
export interface SimulatedBook {
  admit(call: SimulatedCall, nowMs: number): AdmittedCall | ThrottledCall | UnknownModel;
}

/** What every operation of the two endpoints shares. */
export interface BedrockServiceOptions {
  readonly book: SimulatedBook;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly tally: CallTally;
  readonly model: SimulatedModelOptions;
  readonly guardrails: Guardrails;
  readonly faultAt: (point: Omit<FaultPoint, "sequence">) => Fault | undefined;
}

/** One request, and what is known of it before its body is judged. */
export interface Exchange<R extends BedrockRoute = BedrockRoute> {
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

/** Puts an ending on record that cost nothing. */
export function recordFree({ identity }: Exchange, outcome: CallOutcome, { clock, tally }: Recorder): void {
  const nothing = { inputTokens: 0, outputTokens: 0, settledTokens: 0 };
  tally.ended({ ...identity, outcome, atMs: clock.monotonicMs(), ...nothing });
}

/** An answer that admits nothing: an error, and how it goes on record. */
export interface TurnedAway {
  readonly outcome: CallOutcome;
  readonly error: BedrockError;
}

/** Answers an error that cost nothing. */
export function turnAway(exchange: Exchange, { outcome, error }: TurnedAway, recorder: Recorder): void {
  recordFree(exchange, outcome, recorder);
  sendBedrockError(exchange.answer, error, exchange.style);
}

/** The error of a request that is wrong in itself. */
export function validation(message: string): TurnedAway {
  return { outcome: "invalid", error: { status: 400, type: "ValidationException", message } };
}

type Recorder = Pick<BedrockServiceOptions, "clock" | "tally">;
