import { type ByteSource, byteSource } from "./byte-source.ts";
import type { FamilyRules } from "./family-rules.ts";
import { pixelsOf } from "./image-pixels.ts";
import type { Media } from "./media-block.ts";
import { pdfPages } from "./pdf-pages.ts";

/** What a part that is not text adds to a request. */
export interface MediaSize {
  readonly tokens: number;
  readonly bytes: number;
}

/** Word and spreadsheet files are zipped: tokens per byte of file. A guess on the high side, not published by AWS. */
const officeTokensPerByte = 0.1;
const officeFormats: ReadonlySet<string> = new Set(["doc", "docx", "xls", "xlsx", "ppt", "pptx"]);

/** 288 tokens a frame, one frame a second, at 1 Mbit/s. Source: AWS, "Video understanding", Nova (read 2026-11-22). */
const videoTokensPerByte = 288 / 125_000;
/** Ten seconds. */
const leastVideoTokens = 2_880;

/** 25 tokens a second at 128 kbit/s: a guess, not published by AWS. */
const audioTokensPerByte = 25 / 16_000;
/** Ten seconds. */
const leastAudioTokens = 250;

/** Tokens by the rules of the model's family; what lies elsewhere counts as one page, ten seconds or a usual image. */
export function sizeOfMedia(media: Media, rules: FamilyRules): MediaSize {
  const file = byteSource(media.data);
  const bytes = file?.length ?? 0;
  return { bytes, tokens: Math.ceil(tokensOf(media, { file, bytes, rules })) };
}

interface MediaFile {
  readonly file: ByteSource | undefined;
  readonly bytes: number;
  readonly rules: FamilyRules;
}

function tokensOf({ kind, format = "", detail }: Media, { file, bytes, rules }: MediaFile): number {
  switch (kind) {
    case "image":
      return rules.imageTokens({ pixels: file && pixelsOf(file), detail });
    case "document":
      if (file === undefined) return rules.pdfPageTokens;
      if (format === "pdf") return pdfPages(file) * rules.pdfPageTokens;
      return bytes * (officeFormats.has(format) ? officeTokensPerByte : rules.tokensPerByte);
    case "video":
      return Math.max(leastVideoTokens, bytes * videoTokensPerByte);
    case "audio":
      return file === undefined ? leastAudioTokens : bytes * audioTokensPerByte;
    case "sealed":
      return bytes * rules.tokensPerByte;
    case "silent":
      return 0;
    default:
      return kind satisfies never;
  }
}
