import type { Finish } from "../usage/answer/finish.ts";
import type { TokenCounts } from "../usage/answer/token-usage.ts";

/**
 * What the events of one kind of stream mean to the book. It remembers nothing: one serves every stream of its kind.
 * There is one for each wire: `converseStream`, `invokeStream`, and for server-sent events `chatStream`,
 * `responsesStream` and `messagesStream`.
 */
export interface StreamShape {
  /** True: from this event on the stream belongs to the caller and cannot be tried elsewhere. */
  isContent(event: unknown): boolean;
  /** What the event says of the stream's end, and of what it used. */
  closing(event: unknown): Closing | undefined;
  /** The error an event carries in place of content; undefined for every other event. */
  failure(event: unknown): StreamFailure | undefined;
}

/** What one event adds to what is known of a stream. */
export interface Closing {
  /** The answer is complete; only its usage may still come. */
  readonly isEnd: boolean;
  /** Counts grow from event to event: later ones replace earlier ones. */
  readonly counts: TokenCounts;
  /** Why the answer ended, when the event says so. */
  readonly finish?: Finish | undefined;
}

/** An error that came as an event, after HTTP 200. */
export interface StreamFailure {
  /** AWS's or the provider's name for it, such as `ThrottlingException` or `overloaded_error`; `unknown_error` when it has none. */
  readonly name: string;
  /** In the provider's words, which may repeat the prompt. */
  readonly message?: string | undefined;
  /** The HTTP status it would have had. */
  readonly status?: number | undefined;
}
