import type { HttpRequest } from "@smithy/types";
import { ShardrockError } from "../../errors.ts";
import { rejectOnAbort } from "../transport/reject-on-abort.ts";
import type { RequestHandler } from "../transport/target-clients.ts";

/** An answer of AWS whose body has not been read. */
export interface WireAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Sends a signed request over the shared handler. Rejects with the network's error, or the signal's reason. */
export async function sendRequest(
  handler: RequestHandler,
  signed: HttpRequest,
  signal: AbortSignal,
): Promise<WireAnswer> {
  // The handler's type wants a request that can clone itself, which it never asks for.
  const request = { ...signed, query: signed.query ?? {}, clone: () => request };
  const { response } = await rejectOnAbort(handler.handle(request, { abortSignal: signal }), signal);
  return { status: response.statusCode, headers: response.headers, body: chunksOf(response.body) };
}

/** AWS's id of a request, as each endpoint says it. */
export function requestIdOf(headers: WireAnswer["headers"]): string | undefined {
  return headers["x-amzn-requestid"] ?? headers["request-id"] ?? headers["x-request-id"];
}

/** Larger than any answer of a model, pictures included; a larger one is a fault, and would only fill the memory. */
const largestAnswerBytes = 64 * 1024 * 1024;

/** The body to its end. @throws {ShardrockError} `response-invalid` when it is absurdly large. */
export async function readBody({ body }: WireAnswer, signal: AbortSignal): Promise<Buffer> {
  return rejectOnAbort(collect(body), signal);
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > largestAnswerBytes) {
      throw new ShardrockError("response-invalid", `the answer is larger than ${largestAnswerBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function chunksOf(body: unknown): AsyncIterable<Uint8Array> {
  if (body instanceof Uint8Array) return once(body);
  if (isChunks(body)) return body;
  throw new ShardrockError("response-invalid", "the answer has no body");
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function isChunks(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}
