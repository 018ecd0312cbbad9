import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { region, type Signer } from "./sockets.test.kit.ts";

/** What the SDK's signer asks of a hash, on Node's own. */
export class NodeSha256 {
  readonly #hash: { update(data: Uint8Array): unknown; digest(): Buffer };
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof data === "string") return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** A request to sign and send. */
export interface PlainRequest {
  readonly url: string;
  /** Sent as JSON; a text as it is. */
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the credential scope; default `bedrock`. */
  readonly service?: string;
  readonly signal?: AbortSignal;
}

/** Sends a POST signed by the AWS signer, without any SDK. */
export async function signedFetch(credentials: Signer, request: PlainRequest): Promise<Response> {
  const { host, hostname, pathname: path } = new URL(request.url);
  const body = typeof request.body === "string" ? request.body : JSON.stringify(request.body);
  const signer = new SignatureV4({ credentials, region, service: request.service ?? "bedrock", sha256: NodeSha256 });
  const headers = { host, "content-type": "application/json", ...request.headers };
  const signed = await signer.sign({ method: "POST", protocol: "http:", hostname, path, query: {}, headers, body });
  const init: RequestInit = { method: "POST", headers: signed.headers, body };
  return fetch(request.url, request.signal === undefined ? init : { ...init, signal: request.signal });
}

/** One event of an SSE stream; data that is JSON is read. */
export interface SseEvent {
  readonly event: string | undefined;
  readonly data: unknown;
}

/** Reads an SSE answer to its end. */
export async function sseEventsOf(response: Response): Promise<readonly SseEvent[]> {
  const blocks = (await response.text()).split("\n\n").filter((block) => block !== "");
  return blocks.map((block) => {
    const data = /^data: (.*)$/m.exec(block)?.[1] ?? "";
    return { event: /^event: (.*)$/m.exec(block)?.[1], data: data === "[DONE]" ? data : JSON.parse(data) };
  });
}
