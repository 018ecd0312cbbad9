import { Readable } from "node:stream";
import type { CommandKind } from "./command-kind.ts";
import { rememberVerdict } from "../classify.ts";
import { ShardrockError } from "../../errors.ts";
import { isRecord } from "../config/plain-data.ts";
import { asBuffer } from "../usage/json-body.ts";
import { boundFrames } from "./frame-bound.ts";
import type { Answer } from "./wire-watch.ts";

/**
 * A raw answer with a status below 300, when its headers say it can be what was asked for. The frames of a stream are
 * bounded from here on. Nothing is read, but for a body too short to be an answer.
 * @throws {ShardrockError} `response-invalid`.
 */
export function checkedAnswer(answer: Answer, kind: CommandKind): Answer | Promise<Answer> {
  const { headers, body } = answer.response;
  const type = (headers["content-type"] ?? "").toLowerCase();
  if (kind.isStream && type.startsWith(eventStreamType)) {
    if (isAsyncIterable(body)) boundFrames(body);
    return answer;
  }
  const bytes = asBuffer(body);
  if (bytes === undefined && Number(headers["content-length"]) <= longestNote) return afterReading(answer, kind, type);
  const fault = faultOf(type, kind, bytes);
  if (fault === undefined) return answer;
  // Nobody will read it, so its socket would never be free again.
  if (body instanceof Readable) body.destroy();
  throw fault;
}

const eventStreamType = "application/vnd.amazon.eventstream";

/** AWS's note that it knows no such operation has 89 bytes; the shortest Converse answer has more than these. */
const longestNote = 128;

async function afterReading(answer: Answer, kind: CommandKind, type: string): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.response.body) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const fault = faultOf(type, kind, body);
  if (fault !== undefined) throw fault;
  answer.response.body = body;
  return answer;
}

function faultOf(type: string, kind: CommandKind, bytes: Buffer | undefined): ShardrockError | undefined {
  if (bytes !== undefined && bytes.length <= longestNote && bytes.includes("UnknownOperationException")) {
    const unknown = invalid("AWS knows no such operation (HTTP 200 with UnknownOperationException)");
    rememberVerdict(unknown, { kind: "invalid" }); // nothing was processed, nor would be elsewhere
    return unknown;
  }
  if (kind.isStream) return invalid(`an answer of ${shown(type)} instead of an event stream`);
  if (bytes?.length === 0) return invalid("an empty answer");
  if (type !== "" && !isFit(type, kind)) return invalid(`an answer of ${shown(type)}`);
  return undefined;
}

/** InvokeModel passes on what type the model has; a page for people is no model's. */
function isFit(type: string, { api }: CommandKind): boolean {
  return api === "invoke" ? !/^text\/html|xhtml/.test(type) : type.includes("json");
}

/** A header's value can be anything; a media type has a narrow form. */
function shown(type: string): string {
  return /^[a-z0-9.+-]{1,40}\/[a-z0-9.+-]{1,60}/.exec(type)?.[0] ?? "no type";
}

function invalid(what: string): ShardrockError {
  return new ShardrockError("response-invalid", `AWS, or something before it, gave ${what}`);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<Uint8Array> {
  return isRecord(value) && Symbol.asyncIterator in value;
}
