import { isRecord } from "../../config/plain-data.ts";
import { mediaTypeOf } from "./byte-source.ts";

/** A part of a request that is not text. */
export interface Media {
  /** `sealed`: reasoning only the provider can read. `silent`: no tokens at all. */
  readonly kind: "image" | "document" | "video" | "audio" | "sealed" | "silent";
  /** Bytes or base64; undefined when it lies elsewhere. */
  readonly data?: unknown;
  /** Of a document, such as `pdf`. */
  readonly format?: string | undefined;
  /** Of an image. */
  readonly detail?: unknown;
}

/**
 * Tells a field that holds no text, in the shapes of Converse, Nova, Anthropic and OpenAI; undefined for text. A tool's
 * own field of such a name has no such shape.
 * @param parent - the object the field stands in.
 */
export function mediaIn(key: string, value: unknown, parent: Readonly<Record<string, unknown>>): Media | undefined {
  if (!mediaKeys.has(key)) return undefined;
  const field = { key, value, parent };
  return silentIn(field) ?? ofConverse(field) ?? ofAnthropic(field) ?? ofOpenAi(field);
}

interface Field {
  readonly key: string;
  readonly value: unknown;
  readonly parent: Readonly<Record<string, unknown>>;
}

const cacheMarks: ReadonlySet<string> = new Set(["cachePoint", "cache_control", "prompt_cache_breakpoint"]);

/** Almost no field has such a name, and every field of every request is asked. */
const mediaKeys: ReadonlySet<string> = new Set(
  (
    "signature redactedContent image video audio document data source image_url file file_id file_data file_url " +
    "input_audio encrypted_content previous_response_id conversation"
  )
    .split(" ")
    .concat(...cacheMarks),
);

const silent: Media = { kind: "silent" };

/** Marks of what to cache, and the proof of who reasoned, which is not read. */
function silentIn({ key, value, parent }: Field): Media | undefined {
  if (cacheMarks.has(key)) return isRecord(value) ? silent : undefined;
  if (key !== "signature" || typeof value !== "string") return undefined;
  const isReasoning = parent["type"] === "thinking" || Object.keys(parent).every((name) => reasoningFields.has(name));
  return isReasoning ? silent : undefined;
}

const reasoningFields: ReadonlySet<string> = new Set(["text", "signature"]);

/** Source: service model of client-bedrock-runtime 3.1163 (read 2026-11-22). */
function ofConverse({ key, value }: Field): Media | undefined {
  if (key === "redactedContent") return { kind: "sealed", data: value };
  const source = isRecord(value) ? value["source"] : undefined;
  if (!isRecord(value) || !isRecord(source)) return undefined;
  const data = source["bytes"];
  if (key === "image" || key === "video" || key === "audio") return { kind: key, data };
  if (key !== "document" || (data === undefined && source["s3Location"] === undefined)) return undefined;
  return { kind: "document", data, format: String(value["format"]) };
}

/** Source: Anthropic, API reference, "Create a Message" (read 2026-11-22). */
function ofAnthropic({ key, value, parent }: Field): Media | undefined {
  if (key === "data" && parent["type"] === "redacted_thinking") return { kind: "sealed", data: value };
  if (key !== "source" || !isRecord(value)) return undefined;
  const mediaType = String(value["media_type"]);
  if (value["type"] === "base64") {
    const kind = parent["type"] === "image" || mediaType.startsWith("image/") ? "image" : "document";
    return { kind, data: value["data"], format: formatOf(mediaType) };
  }
  if (value["type"] !== "url" && value["type"] !== "file") return undefined;
  return parent["type"] === "image" ? { kind: "image" } : { kind: "document", format: "pdf" };
}

/** Source: OpenAI, API reference, "Create chat completion" and "Create a model response" (read 2026-11-22). */
function ofOpenAi({ key, value, parent }: Field): Media | undefined {
  switch (key) {
    case "image_url":
      return isRecord(value) ? openAiImage(value["url"], value["detail"]) : openAiImage(value, parent["detail"]);
    case "file_data":
      return typeof value === "string" ? openAiFile(value, parent["filename"]) : undefined;
    case "file_url":
      return parent["type"] === "input_file" ? elsewhere : undefined;
    case "file_id":
      if (parent["type"] === "input_image") return { kind: "image", detail: parent["detail"] };
      return parent["type"] === "input_file" ? elsewhere : undefined;
    case "file":
      return parent["type"] === "file" && isRecord(value) && typeof value["file_id"] === "string"
        ? elsewhere
        : undefined;
    case "previous_response_id":
    case "conversation":
      return "model" in parent && !isEmptyValue(value) ? elsewhere : undefined;
    case "input_audio":
      return isRecord(value) && typeof value["data"] === "string" ? { kind: "audio", data: value["data"] } : undefined;
    case "encrypted_content":
      return typeof value === "string" ? { kind: "sealed", data: value } : undefined;
    default:
      return undefined;
  }
}

/** A file, or the conversation so far, that AWS keeps. */
const elsewhere: Media = { kind: "document", format: "pdf" };

function isEmptyValue(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function openAiImage(url: unknown, detail: unknown): Media | undefined {
  if (typeof url !== "string" || !/^(?:data|https?|s3):/.test(url)) return undefined;
  return { kind: "image", data: url.startsWith("data:") ? url : undefined, detail };
}

function openAiFile(data: string, filename: unknown): Media {
  const mediaType = mediaTypeOf(data) ?? "";
  if (mediaType.startsWith("image/")) return { kind: "image", data };
  const ending = typeof filename === "string" ? /\.(\w{1,5})$/.exec(filename)?.[1]?.toLowerCase() : undefined;
  return { kind: "document", data, format: ending ?? formatOf(mediaType) };
}

function formatOf(mediaType: string): string {
  return mediaType === "application/pdf" ? "pdf" : "txt";
}
