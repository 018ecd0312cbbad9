import type { HttpRequest } from "@smithy/types";
import { ShardrockError } from "../../errors.ts";
import { rejectOnAbort } from "../transport/reject-on-abort.ts";
import type { RequestHandler } from "../transport/target-clients.ts";

/** An answer of AWS whose body has not been read. */
export class WireAnswer {
  readonly status: number;
  /** Names in lower case, as Node gives them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;

  /** @throws {ShardrockError} `response-invalid` when the body is none. */
  constructor(status: number, headers: Readonly<Record<string, string>>, body: unknown) {
    this.status = status;
    this.headers = headers;
    this.body = chunksOf(body);
  }

  /** AWS's id of the request, as each of its APIs says it. */
  get requestId(): string | undefined {
    return this.headers["x-amzn-requestid"] ?? this.headers["request-id"] ?? this.headers["x-request-id"];
  }

  /** Without its parameters, such as `text/event-stream`; `no type` for what is none. A header can hold anything. */
  get mediaType(): string {
    const type = (this.headers["content-type"] ?? "").toLowerCase();
    return /^[a-z0-9.+-]{1,40}\/[a-z0-9.+-]{1,60}(?=\s*(?:;|$))/.exec(type)?.[0] ?? "no type";
  }

  /** One header, by its name in lower case; AWS's id of the request by any of its names. */
  header(name: string): string | undefined {
    return name === "x-amzn-requestid" ? this.requestId : this.headers[name];
  }
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
  return new WireAnswer(response.statusCode, response.headers, response.body);
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
