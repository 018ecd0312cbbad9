import { ShardrockError } from "../../errors.ts";
import { isRecord } from "../config/plain-data.ts";
import { parseJson } from "../usage/json-body.ts";
import { type RequestKind, requestKind, routedPaths } from "./request-kind.ts";

/** A request as its caller made it, read once for all attempts. */
export interface IncomingRequest {
  readonly kind: RequestKind;
  /** The model's name in the config. */
  readonly modelName: string;
  readonly isStream: boolean;
  /** The caller reads the usage at the end of an OpenAI chat stream itself. */
  readonly wantsUsage: boolean;
  readonly headers: Headers;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  /** The body, parsed. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal | undefined;
}

/** The arguments of `fetch`. */
export type FetchInput = Parameters<typeof fetch>[0];
export type FetchInit = Parameters<typeof fetch>[1];

/** Which API the arguments of `fetch` call. @throws {ShardrockError} `command-unsupported` naming what is routed. */
export function kindOf(input: FetchInput, init: FetchInit): RequestKind {
  const url = isRequest(input) ? input.url : String(input);
  if (!URL.canParse(url)) throw new ShardrockError("request-invalid", "the URL must be whole, with a host");
  const { pathname } = new URL(url);
  const method = (init?.method ?? (isRequest(input) ? input.method : "GET")).toUpperCase();
  const kind = method === "POST" ? requestKind(pathname) : undefined;
  if (kind !== undefined) return kind;
  const asked = `${method.slice(0, 16)} ${pathname.slice(0, 256)}`;
  throw new ShardrockError("command-unsupported", `${asked} is not routed; this fetch answers ${routedPaths}`);
}

/**
 * Reads the arguments of `fetch`, and the body to its end.
 * @throws {ShardrockError} `request-invalid` when the body is no JSON object or names no model.
 */
export async function readRequest(kind: RequestKind, input: FetchInput, init: FetchInit): Promise<IncomingRequest> {
  const body = await bodyOf(input, init).catch((cause: unknown) => {
    throw new ShardrockError("request-invalid", "the body could not be read to its end", { cause });
  });
  const json = parseJson(body);
  if (!isRecord(json)) throw new ShardrockError("request-invalid", "the body must be a JSON object");
  const modelName = kind.modelName ?? json["model"];
  if (typeof modelName !== "string" || modelName === "") {
    throw new ShardrockError("request-invalid", "model is missing; it must be a name of a model in the config");
  }
  return {
    kind,
    modelName,
    isStream: kind.isStream ?? json["stream"] === true,
    wantsUsage: isRecord(json["stream_options"]) && json["stream_options"]["include_usage"] === true,
    headers: new Headers(init?.headers ?? (isRequest(input) ? input.headers : undefined)),
    query: urlOf(input).searchParams,
    body,
    json,
    signal: signalOf(input, init),
  };
}

/** The caller's signal; undefined when the call cannot be given up. */
export function signalOf(input: FetchInput, init: FetchInit): AbortSignal | undefined {
  return init?.signal ?? (isRequest(input) ? input.signal : undefined);
}

function urlOf(input: FetchInput): URL {
  return new URL(isRequest(input) ? input.url : input);
}

function isRequest(input: FetchInput): input is Request {
  return typeof input === "object" && !(input instanceof URL);
}

async function bodyOf(input: FetchInput, init: FetchInit): Promise<Buffer> {
  const body = init?.body;
  if (typeof body === "string") return Buffer.from(body);
  // The platform reads whatever else a body may be: bytes, blobs, streams.
  if (body !== undefined && body !== null) return Buffer.from(await new Response(body).arrayBuffer());
  return isRequest(input) ? Buffer.from(await input.arrayBuffer()) : Buffer.alloc(0);
}
