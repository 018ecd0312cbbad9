/** What callers switch on; messages are for people and may change. */
export type ErrorCode =
  | "config-invalid"
  | "option-invalid"
  | "model-unknown"
  | "command-unsupported"
  | "request-invalid"
  | "request-too-large"
  | "no-eligible-target"
  | "no-capacity"
  | "credentials-unavailable"
  | "account-mismatch"
  | "stream-interrupted"
  | "response-invalid"
  | "provider-error"
  | "ledger-unavailable"
  | "timeout"
  | "closed";

/**
 * The one base of every error this library makes itself. Errors of AWS leave it as copies of their own class that hold
 * no content; what has no class of AWS becomes `provider-error`, and an answer nobody can read `response-invalid`.
 */
export class ShardrockError extends Error {
  override readonly name: string = "ShardrockError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** No target has room in time. `retryAfterMs` is the book's honest answer to "when?". */
export class NoCapacityError extends ShardrockError {
  override readonly name = "NoCapacityError";
  /** Milliseconds until a call of this size is expected to fit, 0 or more. */
  readonly retryAfterMs: number;
  /** True when the time rests on something AWS does not publish (a day counter's reset). */
  readonly isEstimated: boolean;

  constructor(
    message: string,
    wait: { readonly retryAfterMs: number; readonly isEstimated: boolean; readonly cause?: unknown },
  ) {
    super("no-capacity", message, "cause" in wait ? { cause: wait.cause } : undefined);
    this.retryAfterMs = wait.retryAfterMs;
    this.isEstimated = wait.isEstimated;
  }
}

/** The call takes more than any quota it may use can ever carry; waiting would not help. */
export class RequestTooLargeError extends ShardrockError {
  override readonly name = "RequestTooLargeError";
  /** What the call needs, in `unit`. */
  readonly needed: number;
  /** The largest limit among the targets it may use, in `unit`. */
  readonly largest: number;
  readonly unit: string;

  constructor(message: string, size: { readonly needed: number; readonly largest: number; readonly unit: string }) {
    super("request-too-large", message);
    this.needed = size.needed;
    this.largest = size.largest;
    this.unit = size.unit;
  }
}

/** Hard rules leave no target for the call; `reasons` says why for each. */
export class NoEligibleTargetError extends ShardrockError {
  override readonly name = "NoEligibleTargetError";
  /** One line per target that could have served the model, `target id: reason`. */
  readonly reasons: readonly string[];

  constructor(message: string, reasons: readonly string[], options?: { readonly cause?: unknown }) {
    super("no-eligible-target", message, options);
    this.reasons = reasons;
  }
}

/** A stream broke after its first content had been handed out, so it was not tried elsewhere. */
export class StreamInterruptedError extends ShardrockError {
  override readonly name = "StreamInterruptedError";
  /** Events the consumer received before the break. */
  readonly eventsDelivered: number;

  constructor(message: string, eventsDelivered: number, options?: { readonly cause?: unknown }) {
    super("stream-interrupted", message, options);
    this.eventsDelivered = eventsDelivered;
  }
}

/**
 * Thrown by a transport when nothing left this process; `cause` says why and is what the caller sees.
 * The router gives the hold back, which it never does for a failure that might have reached AWS.
 */
export class NotSentError extends Error {
  override readonly name = "NotSentError";
  override readonly cause: unknown;

  constructor(cause: unknown) {
    super("nothing was sent", { cause });
    this.cause = cause;
  }
}
