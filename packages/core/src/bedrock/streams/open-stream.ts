import type { Clock } from "../../clock.ts";
import { ShardrockError } from "../../errors.ts";
import type { AttemptScope } from "../transport/attempt-scope.ts";
import { GuardedStream } from "./guarded-stream.ts";
import { type StreamEnding, StreamOutcome } from "./outcome.ts";
import type { StreamShape } from "./shape.ts";
import { errorInEvent } from "./stream-failure.ts";
import { StreamHandle } from "./stream-handle.ts";

export interface OpenStreamOptions<E> {
  /** The events as they come, errors among them too. */
  readonly source: AsyncIterable<E>;
  readonly shape: StreamShape;
  readonly scope: AttemptScope;
  readonly clock: Clock;
  readonly idleMs: number;
  readonly ending: StreamEnding;
  /** Called before the stream is handed out. */
  readonly commit: () => void;
  /** Makes an error into what may leave this library, marked with who served the call. */
  readonly leaving: (error: unknown) => Error;
}

/** More events than this without content are no preamble. */
const longestPreamble = 1_000;

/**
 * Reads a stream up to its first content and holds it back until then, so that what fails before can be tried elsewhere
 * and the caller sees one clean stream.
 * @throws what the stream threw, or said as an event, before its first content.
 * @throws {ShardrockError} `response-invalid` when it ended without any.
 */
export async function openStream<E>(options: OpenStreamOptions<E>): Promise<StreamHandle<E>> {
  const { source, shape, scope, clock, idleMs, ending, commit, leaving } = options;
  const events = source[Symbol.asyncIterator]();
  const held = await readPreamble(events, options);
  commit();
  const outcome = new StreamOutcome(shape, ending);
  for (const event of held) outcome.observe(event);
  return new StreamHandle(new GuardedStream({ events, held, outcome, scope, clock, idleMs, leaving }));
}

async function readPreamble<E>(events: AsyncIterator<E>, options: OpenStreamOptions<E>): Promise<readonly E[]> {
  const { scope, shape } = options;
  const held: E[] = [];
  while (held.length < longestPreamble) {
    const result = await scope.race(events.next());
    if (result.done) throw noContent("the stream ended before its first content");
    const error = errorInEvent(result.value, shape);
    if (error !== undefined) throw error;
    held.push(result.value);
    if (shape.isContent(result.value)) return held;
  }
  throw noContent(`the stream had no content in its first ${longestPreamble} events`);
}

function noContent(message: string): ShardrockError {
  return new ShardrockError("response-invalid", message);
}
