import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";

/** A whole request as it came over the wire, HTTP/1.1 or HTTP/2 alike. */
export interface WireRequest {
  readonly method: string;
  /** Still percent-encoded, without the query: the signature is over exactly these bytes. */
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
  /** Lower-case names; over HTTP/2 with `:authority`. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** The largest body taken, in bytes: a little over the 20 MB that InvokeModel documents. */
export const largestBodyBytes: number = 25_000_000;

/**
 * Collects a request, then calls back once: with the request, or with `too-large`.
 * A client that goes away before its last byte has asked for nothing, so nothing is called.
 */
export function readRequest(
  incoming: IncomingMessage | Http2ServerRequest,
  done: (request: WireRequest | "too-large") => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  incoming.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= largestBodyBytes) chunks.push(chunk);
  });
  incoming.on("end", () => {
    done(bytes > largestBodyBytes ? "too-large" : wireRequest(incoming, Buffer.concat(chunks, bytes)));
  });
  // A connection lost in mid-body; the answer's own "close" event tells whoever needs to know.
  incoming.on("error", () => {});
}

/** One header's value; several of a name are joined as SigV4 joins them. */
export function headerOf(request: WireRequest, name: string): string | undefined {
  const value = request.headers[name];
  return value === undefined || typeof value === "string" ? value : value.join(",");
}

function wireRequest(incoming: IncomingMessage | Http2ServerRequest, body: Buffer): WireRequest {
  const url = incoming.url ?? "/";
  const mark = url.indexOf("?");
  return {
    method: incoming.method ?? "GET",
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? "" : url.slice(mark + 1),
    headers: incoming.headers,
    body,
  };
}
