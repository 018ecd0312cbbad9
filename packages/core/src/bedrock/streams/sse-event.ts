import { isRecord } from "../config/plain-data.ts";
import { mayClose, mayFail } from "./event-marks.ts";
import { parseJson } from "../usage/json-body.ts";

/** One server-sent event, as its lines said. */
export interface SseEvent {
  /** All its `data` lines, joined by line breaks. */
  readonly data: string;
  readonly event?: string | undefined;
}

/** The text of an event's data; undefined for what is no event. */
export function dataOf(event: unknown): string | undefined {
  const data = isRecord(event) ? event["data"] : undefined;
  return typeof data === "string" ? data : undefined;
}

/** The JSON object in an event's data; undefined when there is none. */
export function jsonOf(event: unknown): Readonly<Record<string, unknown>> | undefined {
  const json = parseJson(dataOf(event));
  return isRecord(json) ? json : undefined;
}

/** The same, when it may speak of the stream's end or of usage. */
export function closingJsonOf(event: unknown): Readonly<Record<string, unknown>> | undefined {
  return mayClose(dataOf(event) ?? "") ? jsonOf(event) : undefined;
}

/** The same, when it may hold an error. */
export function failureJsonOf(event: unknown): Readonly<Record<string, unknown>> | undefined {
  return mayFail(dataOf(event) ?? "") ? jsonOf(event) : undefined;
}
