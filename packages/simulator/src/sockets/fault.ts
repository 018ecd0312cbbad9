import type { BedrockEndpoint, BedrockOperation } from "./bedrock-route.ts";

/** A request whose signature was right, before anything else was decided about it. */
export interface FaultPoint {
  readonly operation: BedrockOperation | "AssumeRole" | "GetCallerIdentity";
  /** Of the caller; for AssumeRole, of the role that is asked for. */
  readonly accountId: string;
  readonly region: string;
  /** Undefined for STS. */
  readonly endpoint?: BedrockEndpoint;
  /** Of ApplyGuardrail the guardrail's id; undefined for STS. */
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
 * - `stream-error`: an exception in place of the event with this index (0 is the first). Costs the input and what was
 *   written. Does nothing to a call that does not stream.
 * - `reset`: the connection is reset before any header.
 * - `cut`: the connection is closed in place of the event with this index, or, when `isClean`, the HTTP answer just
 *   ends there. A call that does not stream loses the second half of its body.
 * - `hang`: nothing more comes in place of the event with this index; without one, or when the call does not stream,
 *   not even headers.
 *
 * After a reset, a cut or a hang the generation runs on and is charged in full, as after a disconnect.
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
  | {
      readonly kind: "stream-error";
      readonly type: StreamException;
      readonly message: string;
      readonly beforeEvent: number;
    }
  | { readonly kind: "reset" }
  | { readonly kind: "cut"; readonly beforeEvent: number; readonly isClean?: boolean }
  | { readonly kind: "hang"; readonly beforeEvent?: number };

/** Asked about every request whose signature was right; undefined: nothing goes wrong. */
export type FaultHook = (point: FaultPoint) => Fault | undefined;
