import { asBuffer, parseJson } from "../json-body.ts";
import { isRecord } from "../../config/plain-data.ts";

/** A request as the book sees it. */
export interface RequestSize {
  /** UTF-8 bytes of text. */
  readonly textBytes: number;
  /** Tokens of what is not text, by per-block rules; 0 means the call can teach the model's token ratio. */
  readonly blockTokens: number;
  /** The answer's limit as asked for; undefined: the model's maximum is held. */
  readonly maxTokens: number | undefined;
  /** Size in memory, in bytes. */
  readonly bytes: number;
}

/** A body as it was sent: JSON as text or bytes, or parsed already. */
export interface OpenedBody {
  /** Undefined when it is no JSON object. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
  /** Length as sent, in bytes; undefined when it came parsed. */
  readonly bytes: number | undefined;
}

/** Parses what is not parsed yet. */
export function openBody(body: unknown): OpenedBody {
  const bytes = typeof body === "string" ? Buffer.byteLength(body) : asBuffer(body)?.byteLength;
  const fields = bytes === undefined ? body : parseJson(body);
  return { fields: isRecord(fields) ? fields : undefined, bytes };
}

/** One that is no JSON object counts as text, and holds the model's maximum. */
export function sizeOfUnread({ bytes = 0 }: OpenedBody): RequestSize {
  return { textBytes: bytes, blockTokens: 0, maxTokens: undefined, bytes };
}
