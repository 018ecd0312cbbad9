import { isRecord } from "../config/plain-data.ts";
import { asBuffer, parseJson } from "../usage/json-body.ts";

/** A file in S3 that a request points at. */
export interface S3Location {
  /** Where it stands, from the top of what was searched down. */
  readonly path: readonly (string | number)[];
  /** The location as it stands there: `uri`, and perhaps `bucketOwner`. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly bucket: string;
}

/** Blocks of a message that may lie in S3. */
const kinds = ["image", "document", "video", "audio"] as const;

/**
 * The files in S3 among messages of Converse or of Nova's InvokeModel. Looks at blocks and the blocks of tool results
 * only: what lies deeper, or in a tool's input, is content.
 * Source: Bedrock Runtime service model, `ContentBlock` and `ToolResultContentBlock` (read 2026-11-22).
 */
export function s3LocationsInMessages(messages: unknown, path: S3Location["path"]): readonly S3Location[] {
  if (!Array.isArray(messages)) return none;
  const found: S3Location[] = [];
  // No paths and no iterators where there is text alone: every call comes by here.
  for (let at = 0; at < messages.length; at++) {
    const content: unknown = isRecord(messages[at]) ? messages[at]["content"] : undefined;
    if (!Array.isArray(content) || content.every(isText)) continue;
    found.push(...inBlocks(content, [...path, at, "content"]));
  }
  return found;
}

/** A body of InvokeModel that points at files in S3, parsed. */
export interface S3Body {
  readonly parsed: Readonly<Record<string, unknown>>;
  /** At least one; paths from the top of the body. */
  readonly locations: readonly S3Location[];
}

/**
 * The files in S3 that a body of InvokeModel points at: Nova's messages, and TwelveLabs' `mediaSource`. A body that does
 * not hold the word is not parsed.
 * Source: AWS, "Complete request schema" of Nova and "TwelveLabs Pegasus", "Marengo" (read 2026-11-22).
 */
export function s3LocationsInBody(body: unknown): S3Body | undefined {
  if (!mentionsS3(body)) return undefined;
  const parsed = parseJson(body);
  if (!isRecord(parsed)) return undefined;
  const media = [undefined, ...kinds].flatMap((kind) => inMediaSource(parsed, kind));
  const locations = [...s3LocationsInMessages(parsed["messages"], ["messages"]), ...media];
  return locations.length === 0 ? undefined : { parsed, locations };
}

const none: readonly S3Location[] = [];

function inBlocks(blocks: readonly unknown[], path: S3Location["path"]): readonly S3Location[] {
  return blocks.flatMap((block, at) =>
    isRecord(block) && !isText(block) ? inOtherThanText(block, [...path, at]) : none,
  );
}

function isText(block: unknown): boolean {
  return isRecord(block) && block["text"] !== undefined;
}

function inOtherThanText(block: Readonly<Record<string, unknown>>, path: S3Location["path"]): readonly S3Location[] {
  const { toolResult } = block;
  if (isRecord(toolResult)) {
    const { content } = toolResult;
    return Array.isArray(content) ? inBlocks(content, [...path, "toolResult", "content"]) : none;
  }
  return kinds.flatMap((kind) => {
    const holder = block[kind];
    const source = isRecord(holder) ? holder["source"] : undefined;
    return isRecord(source) ? locationIn(source, [...path, kind, "source"]) : none;
  });
}

function inMediaSource(
  body: Readonly<Record<string, unknown>>,
  kind: (typeof kinds)[number] | undefined,
): readonly S3Location[] {
  const holder = kind === undefined ? body : body[kind];
  const source = isRecord(holder) ? holder["mediaSource"] : undefined;
  return isRecord(source) ? locationIn(source, [...(kind === undefined ? [] : [kind]), "mediaSource"]) : none;
}

function locationIn(source: Readonly<Record<string, unknown>>, path: S3Location["path"]): readonly S3Location[] {
  const value = source["s3Location"];
  if (!isRecord(value) || typeof value["uri"] !== "string") return none;
  const bucket = /^s3:\/\/([^/]{1,255})(?:\/|$)/.exec(value["uri"])?.[1];
  return bucket === undefined ? none : [{ path: [...path, "s3Location"], value, bucket }];
}

function mentionsS3(body: unknown): boolean {
  const word = '"s3Location"';
  return typeof body === "string" ? body.includes(word) : (asBuffer(body)?.includes(word) ?? false);
}
