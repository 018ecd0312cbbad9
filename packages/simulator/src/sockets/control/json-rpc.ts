import type { Answer } from "../answer.ts";
import { headerOf, type WireRequest } from "../wire-request.ts";

/** Services of AWS's JSON protocols, told apart by `X-Amz-Target`. */
export type RpcService = "servicequotas" | "monitoring";

/** What a request calls. */
export interface RpcTarget {
  readonly service: RpcService;
  readonly operation: string;
}

/** As the SDKs of 2026-11 have it: `protocolSettings.serviceTarget` of client-service-quotas 3.1138, client-cloudwatch 3.1162. */
const services: ReadonlyMap<string, RpcService> = new Map([
  ["ServiceQuotasV20190624", "servicequotas"],
  ["GraniteServiceVersion20100801", "monitoring"],
]);

/** Reads the header; undefined when it names none of these services. */
export function rpcTargetOf(request: WireRequest): RpcTarget | undefined {
  const [name = "", operation = ""] = (headerOf(request, "x-amz-target") ?? "").split(".");
  const service = services.get(name);
  return service && { service, operation };
}

/** An error in these protocols. */
export interface RpcError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly retryAfter?: string;
}

/** Of an answer, by the service's version of the protocol. Source: Smithy, "AWS JSON 1.0 and 1.1 protocol" (read 2026-11-23). */
export const rpcContentType: Readonly<Record<RpcService, string>> = {
  servicequotas: "application/x-amz-json-1.1",
  monitoring: "application/x-amz-json-1.0",
};

export function sendRpcResult(answer: Answer, service: RpcService, result: object): void {
  answer.send(200, { "content-type": rpcContentType[service] }, JSON.stringify(result));
}

/** CloudWatch says the name it had in the old query protocol too. Source: Smithy, "awsQueryCompatible" (read 2026-11-23). */
export function sendRpcError(answer: Answer, service: RpcService, error: RpcError): void {
  const { status, type, message, retryAfter } = error;
  const headers = {
    "content-type": rpcContentType[service],
    ...(service === "monitoring" && { "x-amzn-query-error": `${type};${status < 500 ? "Sender" : "Receiver"}` }),
    ...(retryAfter !== undefined && { "retry-after": retryAfter }),
  };
  answer.send(status, headers, JSON.stringify({ __type: type, message }));
}
