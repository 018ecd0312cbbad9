import type { FamilyRules } from "./family-rules.ts";
import { isRecord } from "../../config/plain-data.ts";

/** How large the content of a request is, counted without copying it. */
export interface ContentSize {
  /** UTF-8 bytes of text, names of fields included. */
  readonly textBytes: number;
  /** Tokens of images, documents, video and sound, by per-block rules. */
  readonly blockTokens: number;
  /** Bytes of images, documents, video and sound. */
  readonly blockBytes: number;
}

/** No real request has more; one that contains itself must end. */
const deepest = 64;
const mostValues = 1_000_000;

/** Text of a typical page and its share of fonts, in bytes of PDF; used when the pages cannot be counted. */
const bytesPerPdfPage = 50_000;

/** Word and spreadsheet files are zipped: tokens per byte of file. A guess on the high side, not published by AWS. */
const officeTokensPerByte = 0.1;

/** 288 tokens a frame, one frame a second, at 1 Mbit/s. Source: AWS, "Video understanding", Nova (read 2026-11-22). */
const videoTokensPerByte = 288 / 125_000;
const leastVideoTokens = 2_880;

/** 25 tokens a second at 128 kbit/s: a guess, not published by AWS. */
const audioTokensPerByte = 25 / 16_000;

/** Measures messages, tools, or the parsed body of InvokeModel: the block shapes of Converse, Nova, Anthropic and OpenAI. */
export function sizeOfContent(content: unknown, rules: FamilyRules): ContentSize {
  const tally = new Tally(rules);
  tally.add(content, 0);
  return tally;
}

class Tally implements ContentSize {
  textBytes = 0;
  blockTokens = 0;
  blockBytes = 0;
  readonly #rules: FamilyRules;
  #values = 0;

  constructor(rules: FamilyRules) {
    this.#rules = rules;
  }

  add(value: unknown, depth: number): void {
    this.#values += 1;
    if (depth > deepest || this.#values > mostValues) return;
    if (typeof value === "string") this.textBytes += Buffer.byteLength(value);
    else if (typeof value === "number") this.textBytes += 4;
    else if (typeof value !== "object" || value === null) return;
    else if (value instanceof Uint8Array) this.textBytes += value.byteLength;
    else if (Array.isArray(value)) for (const item of value) this.add(item, depth + 1);
    else this.#addObject(value, depth);
  }

  #addObject(value: object, depth: number): void {
    for (const [key, child] of Object.entries(value)) {
      this.textBytes += key.length;
      if (this.#addBlock(key, child)) continue;
      this.add(child, depth + 1);
    }
  }

  /** @returns true when the field held a block that is not text. */
  #addBlock(key: string, child: unknown): boolean {
    switch (key) {
      case "image_url":
        return this.#addImageUrl(isRecord(child) ? child["url"] : child);
      // A tool's own field of that name holds no source, and is text.
      case "image":
        return isRecord(child) && isRecord(child["source"]) && this.#addImage(dataOf(child["source"]));
      case "document":
        return isRecord(child) && this.#addDocument(child["source"], child["format"]);
      case "video":
        return isRecord(child) && isRecord(child["source"]) && this.#addVideo(dataOf(child["source"]));
      case "audio":
        return isRecord(child) && isRecord(child["source"]) && this.#addAudio(dataOf(child["source"]));
      case "source":
        return this.#addAnthropicSource(child);
      default:
        return false;
    }
  }

  /** Anthropic's `{ type: "image" | "document", source: { type: "base64", media_type, data } }`. */
  #addAnthropicSource(source: unknown): boolean {
    if (!isRecord(source) || source["type"] !== "base64") return false;
    const mediaType = String(source["media_type"]);
    if (mediaType.startsWith("image/")) return this.#addImage(source["data"]);
    return this.#addDocument(source, mediaType === "application/pdf" ? "pdf" : "txt");
  }

  #addImageUrl(url: unknown): boolean {
    return typeof url === "string" && /^(data|https?|s3):/.test(url) && this.#addImage(url);
  }

  #addImage(data: unknown): boolean {
    this.blockTokens += this.#rules.imageTokens;
    this.blockBytes += byteLength(data);
    return true;
  }

  /** @returns false when the document is text already, which is counted as such. */
  #addDocument(source: unknown, format: unknown): boolean {
    const data = dataOf(source);
    if (data === undefined && !isRemote(source)) return false;
    const bytes = byteLength(data);
    this.blockBytes += bytes;
    if (format === "pdf") this.blockTokens += pdfPages(data, bytes) * this.#rules.pdfPageTokens;
    else if (officeFormats.has(String(format))) this.blockTokens += Math.ceil(bytes * officeTokensPerByte);
    else this.blockTokens += Math.ceil(bytes * this.#rules.tokensPerByte);
    return true;
  }

  #addVideo(data: unknown): boolean {
    const bytes = byteLength(data);
    this.blockBytes += bytes;
    this.blockTokens += Math.max(leastVideoTokens, Math.ceil(bytes * videoTokensPerByte));
    return true;
  }

  #addAudio(data: unknown): boolean {
    const bytes = byteLength(data);
    this.blockBytes += bytes;
    this.blockTokens += Math.ceil(bytes * audioTokensPerByte);
    return true;
  }
}

const officeFormats: ReadonlySet<string> = new Set(["doc", "docx", "xls", "xlsx"]);

/** The bytes (Converse) or base64 text (InvokeModel bodies) of a source; undefined for text, or when it lies elsewhere. */
function dataOf(source: unknown): unknown {
  return isRecord(source) ? (source["bytes"] ?? source["data"]) : undefined;
}

function isRemote(source: unknown): boolean {
  return isRecord(source) && source["s3Location"] !== undefined;
}

function byteLength(data: unknown): number {
  if (data instanceof Uint8Array) return data.byteLength;
  return typeof data === "string" ? Math.floor((data.length * 3) / 4) : 0;
}

/** Newer PDFs compress the marks of their pages away; then the size has to do. */
function pdfPages(data: unknown, bytes: number): number {
  const bySize = Math.max(1, Math.ceil(bytes / bytesPerPdfPage));
  return data instanceof Uint8Array ? Math.max(bySize, countPageMarks(data)) : bySize;
}

function countPageMarks(pdf: Uint8Array): number {
  const buffer = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength);
  let pages = 0;
  for (const mark of ["/Type/Page", "/Type /Page"]) {
    for (let at = buffer.indexOf(mark); at >= 0; at = buffer.indexOf(mark, at + mark.length)) {
      if (buffer[at + mark.length] !== "s".charCodeAt(0)) pages += 1;
    }
  }
  return pages;
}
