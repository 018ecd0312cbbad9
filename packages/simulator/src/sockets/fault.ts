import type { BedrockEndpoint, BedrockOperation } from "./bedrock-route.ts";
import type { ControlOperation } from "./control/control-operation.ts";
import type { OddAnswer } from "./odd-answer.ts";

/** A request whose signature was right, before anything else was decided about it. */
export interface FaultPoint {
  readonly operation: BedrockOperation | ControlOperation | "AssumeRole" | "GetCallerIdentity";
  /** Of the caller; for AssumeRole, of the role that is asked for. */
  readonly accountId: string;
  readonly region: string;
  /** Undefined for whatever is not inference. */
  readonly endpoint?: BedrockEndpoint;
  /** Of ApplyGuardrail the guardrail's id; undefined for whatever is not inference. */
  readonly modelId: string | undefined;
  /** How many requests came before this one to be asked about, from 0 up. */
  readonly sequence: number;
}

/** Exceptions a Bedrock stream can carry. Source: `ConverseStreamOutput` and `ResponseStream` of SDK 3.1163. */
export type StreamException =
  | "throttlingException"
  | "internalServerException"
  | "serviceUnavailableException"
  | "modelStreamErrorException"
  | "modelTimeoutException"
  | "validationException";

/**
 * What goes wrong with one request.
 * - `error`: an error instead of the answer. Below 500 (but for 408 and 424) it takes no quota, like a 429; otherwise
 *   the call was admitted and costs its input.
 * - `odd-answer`: HTTP 200 with something that is no answer, at once and for no quota.
 * - `stream-error`: an exception in place of the event with this index (0 is the first). Costs the input and what was
 *   written. Does nothing to a call that does not stream.
 * - `reset`: the connection is reset before any header.
 * - `cut`: the connection is closed in place of the event with this index, or, when `isClean`, the HTTP answer just
 *   ends there. A call that does not stream loses the second half of its body.
 * - `hang`: nothing more comes in place of the event with this index; without one, or when the call does not stream,
 *   not even headers.
 * - `oversized-frame`: in place of the event with this index (default 0) a frame that announces 0x7fffffff bytes, of
 *   which only the first come; over SSE a line of 32 MiB without an end. Does nothing to a call that does not stream.
 * - `drip`: in place of the event with this index (default 0) single bytes of an event that is never complete; of a
 *   call that does not stream, of its body.
 * - `bad-usage`: the answer reports this in place of every usage it has: of objects, single counts and headers.
 *   Infinity is said as a number too large for a double; undefined leaves the member out. The book knows better.
 * - `wrong-account`: GetCallerIdentity says another account. Does nothing else.
 *
 * After a reset, a cut, a hang, an oversized frame or a drip the generation runs on and is charged in full, as after a
 * disconnect.
 */
export type Fault =
  | {
      readonly kind: "error";
      readonly status: number;
      /** Such as `InternalServerException`; for STS the error code. */
      readonly type: string;
      readonly message: string;
      /** Value of a `Retry-After` header. */
      readonly retryAfter?: string;
      /** Milliseconds until the error is answered, before `timeScale`; default 0. */
      readonly afterMs?: number;
    }
  | { readonly kind: "odd-answer"; readonly body: OddAnswer }
  | {
      readonly kind: "stream-error";
      readonly type: StreamException;
      readonly message: string;
      readonly beforeEvent: number;
    }
  | { readonly kind: "reset" }
  | { readonly kind: "cut"; readonly beforeEvent: number; readonly isClean?: boolean }
  | { readonly kind: "hang"; readonly beforeEvent?: number }
  | { readonly kind: "oversized-frame"; readonly beforeEvent?: number }
  | {
      readonly kind: "drip";
      readonly beforeEvent?: number;
      /** Milliseconds between two bytes, before `timeScale`; default 20. */
      readonly everyMs?: number;
    }
  | { readonly kind: "bad-usage"; readonly usage: unknown }
  | { readonly kind: "wrong-account" };

/** Asked about every request whose signature was right; undefined: nothing goes wrong. */
export type FaultHook = (point: FaultPoint) => Fault | undefined;
