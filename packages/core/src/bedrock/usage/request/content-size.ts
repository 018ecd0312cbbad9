import { isRecord } from "../../config/plain-data.ts";
import type { FamilyRules } from "./family-rules.ts";
import { mediaIn } from "./media-block.ts";
import { sizeOfMedia } from "./media-tokens.ts";

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

/** `true`, `null`, or a short number and the comma behind it. In bytes. */
const leastValueBytes = 4;

/** Measures messages, tools, or a parsed body: the block shapes of Converse, Nova, Anthropic and OpenAI. */
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
    else if (typeof value === "number") this.textBytes += Math.max(leastValueBytes, String(value).length);
    else if (typeof value === "boolean" || value === null) this.textBytes += leastValueBytes;
    else if (typeof value !== "object") return;
    else if (value instanceof Uint8Array) this.textBytes += value.byteLength;
    else if (Array.isArray(value)) for (const item of value) this.add(item, depth + 1);
    else if (isRecord(value)) this.#addFields(value, depth);
  }

  #addFields(parent: Readonly<Record<string, unknown>>, depth: number): void {
    for (const [key, value] of Object.entries(parent)) {
      this.textBytes += Buffer.byteLength(key);
      const media = mediaIn(key, value, parent);
      if (media === undefined) {
        this.add(value, depth + 1);
        continue;
      }
      const { tokens, bytes } = sizeOfMedia(media, this.#rules);
      this.blockTokens += tokens;
      this.blockBytes += bytes;
    }
  }
}
