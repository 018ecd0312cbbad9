import type { Pixels } from "./image-pixels.ts";

/** An image as far as the request shows it. */
export interface ImageFacts {
  /** Undefined when it lies elsewhere or has an unknown format. */
  readonly pixels: Pixels | undefined;
  /** How closely to look: OpenAI's `low`, `high`, `original` or `auto`. */
  readonly detail: unknown;
}

/** Tokens one image becomes, a whole number above 0. */
export type ImageRule = (image: ImageFacts) => number;

/** Where a family's rule is not known or cannot be applied. A guess: what Claude made of a large image until 2026. */
export const someImage: ImageRule = () => 1_600;

/**
 * One token for each 28 × 28 pixels. Claude Opus 4.7 and later take images of up to 2,576 pixels and 4,784 tokens before
 * they scale them down, earlier ones 1,568 of each. The larger is held for all, because a hold may be too high.
 * Source: Anthropic, "Vision" (read 2026-11-22).
 */
export const claudeImage: ImageRule = ({ pixels }) => {
  const mostClaudeTokens = 4_784;
  if (pixels === undefined) return mostClaudeTokens;
  return patches(shrunk(pixels, { longEdge: 2_576, area: mostClaudeTokens * 28 ** 2 }), 28, mostClaudeTokens);
};

/**
 * A line that lies on or above every example of the table (900 × 450 about 800, 1,300 × 1,300 about 2,600), after small
 * images have been enlarged. Nova 2 charges 230 tokens whatever the size, so there the hold is too high.
 * Source: AWS, "Image understanding", Nova and Nova 2 (read 2026-11-22).
 */
export const novaImage: ImageRule = ({ pixels = { width: 1_300, height: 1_300 } }) => {
  const { width, height } = shrunk(pixels, { longEdge: 8_000, area: Infinity });
  const enlarging = Math.max(1, 900 / Math.max(width, height));
  return Math.ceil(230 + (width * height * enlarging ** 2) / 675);
};

/**
 * One token for each 32 × 32 pixels. `low` sees 512 × 512 pixels and `high` 2,500 patches; otherwise GPT-5.5 takes 10,000
 * and later models all there are, up to 30,000. Earlier models than GPT-5.4 are not on Bedrock.
 * Source: OpenAI, "Images and vision" (read 2026-11-22).
 */
export const gptImage: ImageRule = ({ pixels, detail }) => {
  if (detail === "low") return 256;
  if (pixels === undefined) return 2_500;
  if (detail !== "high") return patches(pixels, 32, 30_000);
  return patches(shrunk(pixels, { longEdge: 2_048, area: 2_500 * 32 ** 2 }), 32, 2_500);
};

/**
 * One token for each 16 × 16 pixels and one more for each row, after scaling down to 1,024 pixels. Later models scale
 * down to 1,540 and join patches to 28 × 28, which is fewer.
 * Source: configuration of the processors of Pixtral 12B and Devstral Small 2 on Hugging Face (read 2026-11-22); that
 * Bedrock's larger models, such as Pixtral Large, do the same is a guess.
 */
export const pixtralImage: ImageRule = ({ pixels = { width: 1_024, height: 1_024 } }) => {
  const { width, height } = shrunk(pixels, { longEdge: 1_024, area: Infinity });
  return (Math.ceil(width / 16) + 1) * Math.ceil(height / 16);
};

/**
 * One token for each 28 × 28 pixels, from 64 up to 16,384. Source: model card of Qwen2-VL as quoted on Hugging Face, and
 * configuration of the processor of Qwen3-VL, which has patches of 32 × 32 and enlarges small images to 64 of them (read
 * 2026-11-22). That Bedrock's models scale images so is a guess.
 */
export const qwenImage: ImageRule = ({ pixels }) =>
  pixels === undefined ? someImage({ pixels, detail: undefined }) : Math.max(64, patches(pixels, 28, 16_384));

/** The same shape within both bounds; never larger. */
function shrunk({ width, height }: Pixels, most: { readonly longEdge: number; readonly area: number }): Pixels {
  const byEdge = most.longEdge / Math.max(width, height);
  const byArea = Math.sqrt(most.area / (width * height));
  const scale = Math.min(1, byEdge, byArea);
  return { width: width * scale, height: height * scale };
}

function patches({ width, height }: Pixels, side: number, most: number): number {
  return Math.min(most, Math.ceil(width / side) * Math.ceil(height / side));
}
