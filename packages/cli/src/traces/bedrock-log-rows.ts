import { countOf } from "./fields-row.ts";
import { isFault, isJsonRecord, jsonLine, type JsonRecord } from "./json-line.ts";
import { maximumOf } from "./invocation-maximum.ts";
import type { RowOutcome, RowReader } from "./trace-row.ts";
import { TraceTime } from "./trace-time.ts";

export interface BedrockLogOptions {
  /** The key of `requestMetadata` that names the tenant; undefined: the role or user that called. */
  readonly tenantKey?: string | undefined;
}

/**
 * Bedrock's model-invocation logs: one record a line, as S3 gets them, or as CloudWatch hands them on: after a timestamp,
 * as the `message` of an event, or several in the `logEvents` of a subscription. Prompts and answers may stand in the
 * records; nothing but counts, names and times is ever taken out of them.
 * Source: AWS, "Monitor model invocation using CloudWatch Logs and Amazon S3", and records of others (read 2026-11-23).
 */
export class BedrockLogRows implements RowReader {
  readonly #tenantKey: string | undefined;
  readonly #time = new TraceTime();

  constructor({ tenantKey }: BedrockLogOptions = {}) {
    this.#tenantKey = tenantKey;
  }

  readonly read: RowReader["read"] = (line, sink) => {
    if (line.trim() === "") return;
    const start = jsonStart(line);
    const record = jsonLine(start === 0 ? line : line.slice(start), start + 1);
    if (isFault(record)) return sink(record);
    for (const each of recordsIn(record)) sink(each === undefined ? notALog : this.#rowOf(each));
  };

  #rowOf(record: JsonRecord): RowOutcome {
    if (!isInvocationLog(record)) return notALog;
    const { timestamp, modelId, input, output, errorCode, identity, requestMetadata } = record;
    const timeMs = this.#time.read(timestamp);
    if (timeMs === undefined) return fault("timestamp, an ISO 8601 time");
    if (typeof modelId !== "string" || modelId.length > 2_048) return fault("modelId, an id or an ARN");
    if (typeof errorCode === "string") return { kind: "left-out", why: "failed-call" };
    const inputTokens = inputOf(input);
    if (inputTokens === undefined) return { kind: "left-out", why: "no-token-count" };
    const outputTokens = isJsonRecord(output) ? countOf(output["outputTokenCount"] ?? 0) : 0;
    if (outputTokens === undefined) return fault("output.outputTokenCount, a whole number from 0 up");
    const tenant = this.#tenantKey === undefined ? principalOf(identity) : textAt(requestMetadata, this.#tenantKey);
    const maxTokens = isJsonRecord(input) ? maximumOf(input["inputBodyJson"]) : undefined;
    return { kind: "row", timeMs, model: modelOf(modelId), tenant, inputTokens, outputTokens, maxTokens, priority: 0 };
  }
}

/** True for a record of Bedrock's log, or for an event of CloudWatch that holds one. */
export function holdsInvocationLog(record: JsonRecord): boolean {
  const [first] = recordsIn(record);
  return first !== undefined && isInvocationLog(first);
}

/** Where the JSON of a line begins: CloudWatch's export to S3 puts the event's time before it. */
export function jsonStart(line: string): number {
  const [stamp = ""] = /^\s*\d{4}-\d{2}-\d{2}T[\d:.]{8,}Z\s+(?=\{)/.exec(line) ?? [];
  return stamp.length;
}

function isInvocationLog(record: JsonRecord): boolean {
  return record["schemaType"] === "ModelInvocationLog";
}

/** The records in what stands on a line; undefined for an event that is none. */
function recordsIn(record: JsonRecord): readonly (JsonRecord | undefined)[] {
  const { message, logEvents } = record;
  const inside = message ?? record["@message"];
  if (Array.isArray(logEvents)) return logEvents.map((event) => messageIn(isJsonRecord(event) && event["message"]));
  return typeof inside === "string" && !isInvocationLog(record) ? [messageIn(inside)] : [record];
}

function messageIn(message: unknown): JsonRecord | undefined {
  const record = typeof message === "string" ? jsonLine(message) : undefined;
  return record === undefined || isFault(record) ? undefined : record;
}

const notALog: RowOutcome = {
  kind: "fault",
  column: 1,
  expected: "a record of Bedrock's log, with schemaType ModelInvocationLog",
  found: "another",
};

function fault(expected: string): RowOutcome {
  return { kind: "fault", column: 1, expected, found: "something else" };
}

/** What counts against quota: cache reads do not. Source: AWS, "How tokens are counted in Amazon Bedrock" (read 2026-11-22). */
function inputOf(input: unknown): number | undefined {
  if (!isJsonRecord(input)) return undefined;
  const read = countOf(input["inputTokenCount"]);
  const written = countOf(input["cacheWriteInputTokenCount"] ?? 0);
  return read === undefined || written === undefined ? undefined : read + written;
}

/** A Region's own ARN of a model or profile as its id, which names it everywhere; an application profile stays an ARN. */
function modelOf(modelId: string): string {
  const [, id] = /^arn:[^:]+:bedrock:[^:]*:\d*:(?:foundation-model|inference-profile)\/(.+)$/.exec(modelId) ?? [];
  return id ?? modelId;
}

/** The role or user behind a call; a session's name may be a person's, and there may be thousands. */
function principalOf(identity: unknown): string | undefined {
  const arn = textAt(identity, "arn");
  const [, resource = ""] = /^arn:[^:]+:(?:sts|iam)::\d*:(.+)$/.exec(arn ?? "") ?? [];
  const [kind, ...path] = resource.split("/");
  if (kind === "assumed-role") return path[0];
  return path.at(-1) ?? (kind === "" ? undefined : kind);
}

function textAt(record: unknown, key: string): string | undefined {
  const value = isJsonRecord(record) ? record[key] : undefined;
  return typeof value === "string" && value !== "" && value.length <= 2_048 ? value : undefined;
}
