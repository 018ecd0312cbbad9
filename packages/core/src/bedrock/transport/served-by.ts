import { isRecord } from "../config/plain-data.ts";

/** Who served a call, or failed it last. */
export interface ServedBy {
  /** 12 digits. */
  readonly accountId: string;
  /** Source Region: whose endpoint was called. */
  readonly region: string;
  /** Model or profile id, as sent to AWS. */
  readonly modelId: string;
  /** AWS's id of the request, which its CloudTrail has too; undefined when AWS never answered. */
  readonly requestId: string | undefined;
  /** Attempts made for the call, this one included; 1 up. */
  readonly attempts: number;
  /** Milliseconds in the waiting room, all attempts together. */
  readonly waitedMs: number;
  /** The number of the call in the router's events. */
  readonly callId: number;
}

/** A result that says who served it. */
export type Served<Output> = Output & { readonly $metadata: { readonly shardrock: ServedBy } };

/**
 * Who served a result, or whose error it is; for an error of ours with an error of AWS as its cause, whose that is.
 * Undefined when the call never got as far as an account.
 */
export function servedBy(resultOrError: unknown): ServedBy | undefined {
  return markOn(resultOrError) ?? (resultOrError instanceof Error ? markOn(resultOrError.cause) : undefined);
}

/** Writes on a result or an error who served it, beside what the SDK wrote there. */
export function markServed<Bearer extends object>(bearer: Bearer, served: ServedBy): Served<Bearer> {
  const metadata: unknown = Reflect.get(bearer, "$metadata");
  // In-stream exceptions have no metadata. What is frozen stays as it is: a mark is not worth a failure.
  if (isRecord(metadata)) Reflect.set(metadata, "shardrock", served);
  else Reflect.set(bearer, "$metadata", { shardrock: served });
  return Object.assign(bearer);
}

function markOn(bearer: unknown): ServedBy | undefined {
  const metadata = isRecord(bearer) ? bearer["$metadata"] : undefined;
  const served = isRecord(metadata) ? metadata["shardrock"] : undefined;
  return isServedBy(served) ? served : undefined;
}

function isServedBy(value: unknown): value is ServedBy {
  return isRecord(value) && typeof value["accountId"] === "string" && typeof value["region"] === "string";
}
