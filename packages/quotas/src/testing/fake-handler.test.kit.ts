import type { QuotaClientOptions } from "@shardrock/core";

/** One request as it would have left the machine. */
export interface SeenRequest {
  readonly host: string;
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  /** The operation of a JSON protocol, such as `ServiceQuotasV20190624.ListServiceQuotas`. */
  readonly target: string;
  /** `Credential=` of the signature: key id, day, Region, service. */
  readonly signedBy: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal | undefined;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly body: unknown;
}

/** For tests: what stands behind the SDK's own handler of requests; nothing reaches a network. */
export class FakeHandler {
  readonly seen: SeenRequest[] = [];
  answer: (request: SeenRequest) => FakeAnswer | Promise<FakeAnswer> = () => ({ body: {} });

  readonly handler: QuotaClientOptions["requestHandler"] = {
    metadata: { handlerProtocol: "http/1.1" },
    destroy: () => {
      throw new Error("the sockets are the router's own");
    },
    handle: async (request: unknown, options: unknown) => {
      const seen = see(request, options);
      this.seen.push(seen);
      const { status = 200, body } = await this.answer(seen);
      const headers = { "content-type": "application/x-amz-json-1.1" };
      return { response: { statusCode: status, headers, body: Buffer.from(JSON.stringify(body)) } };
    },
  };
}

function see(request: unknown, options: unknown): SeenRequest {
  const { hostname, path, query, headers, body } = recordOf(request);
  const { authorization, "x-amz-target": target } = recordOf(headers);
  const text = typeof body === "string" ? body : body instanceof Uint8Array ? Buffer.from(body).toString() : "";
  const { abortSignal } = recordOf(options);
  const parsed: unknown = text === "" ? {} : JSON.parse(text);
  return {
    host: String(hostname),
    path: String(path),
    query: recordOf(query),
    target: typeof target === "string" ? target : "",
    signedBy: /Credential=([^,]+)/.exec(String(authorization))?.[1] ?? "",
    body: recordOf(parsed),
    signal: abortSignal instanceof AbortSignal ? abortSignal : undefined,
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
