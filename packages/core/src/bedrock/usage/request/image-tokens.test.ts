import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { claudeImage, gptImage, type ImageRule, novaImage, pixtralImage, qwenImage } from "./image-tokens.ts";

const tokens = (rule: ImageRule, size?: readonly [number, number], detail?: string) =>
  rule({ pixels: size && { width: size[0], height: size[1] }, detail });

describe("tokens of an image", () => {
  it.each([
    [[28, 28], 1],
    [[29, 28], 2],
    [[200, 200], 64],
    [[1_000, 1_000], 1_296],
    [[1_092, 1_092], 1_521],
    [[2_000, 1_500], 3_888],
  ] as const)("are one for each 28 × 28 pixels on Claude: %j are %i", (size, expected) => {
    expect(tokens(claudeImage, size)).toBe(expected);
  });

  it("are no more on Claude than it keeps after scaling down, also where the size is not known", () => {
    expect(tokens(claudeImage, [8_000, 8_000])).toBeLessThanOrEqual(4_784);
    expect(tokens(claudeImage, [8_000, 8_000])).toBeGreaterThan(4_600);
    expect(tokens(claudeImage, [8_000, 80])).toBe(92);
    expect(tokens(claudeImage)).toBe(4_784);
  });

  it.each([
    [[900, 450], 800],
    [[800, 400], 800],
    [[900, 900], 1_300],
    [[1_400, 900], 1_800],
    [[1_800, 900], 2_400],
    [[1_300, 1_300], 2_600],
  ] as const)("are on Nova what its table says or a little more: %j are about %i", (size, documented) => {
    expect(tokens(novaImage, size)).toBeGreaterThanOrEqual(documented);
    expect(tokens(novaImage, size)).toBeLessThan(documented * 1.2);
  });

  it("are on GPT one for each 32 × 32 pixels, as closely as it is told to look", () => {
    expect(tokens(gptImage, [1_024, 1_024])).toBe(1_024);
    expect(tokens(gptImage, [4_000, 3_000], "original")).toBe(125 * 94);
    expect(tokens(gptImage, [4_000, 3_000], "auto")).toBe(125 * 94);
    expect(tokens(gptImage, [60_000, 60_000])).toBe(30_000);
    expect(tokens(gptImage, [4_000, 3_000], "high")).toBeLessThanOrEqual(2_500);
    expect(tokens(gptImage, [4_000, 3_000], "high")).toBeGreaterThan(2_400);
    expect(tokens(gptImage, [4_000, 3_000], "low")).toBe(256);
    expect(tokens(gptImage)).toBe(2_500);
  });

  it("are on Pixtral one for each 16 × 16 pixels and one a row, after scaling down", () => {
    expect(tokens(pixtralImage, [512, 256])).toBe(33 * 16);
    expect(tokens(pixtralImage, [4_096, 4_096])).toBe(65 * 64);
    expect(tokens(pixtralImage)).toBe(65 * 64);
  });

  it("are on Qwen one for each 28 × 28 pixels, and never fewer than a small image that is enlarged", () => {
    expect(tokens(qwenImage, [560, 280])).toBe(20 * 10);
    expect(tokens(qwenImage, [10, 10])).toBe(64);
    expect(tokens(qwenImage, [60_000, 60_000])).toBe(16_384);
  });

  it("are whole, above 0 and bounded, whatever the size", () => {
    const side = fc.integer({ min: 1, max: 70_000 });
    fc.assert(
      fc.property(side, side, (width, height) => {
        for (const rule of [claudeImage, novaImage, gptImage, pixtralImage, qwenImage]) {
          const count = tokens(rule, [width, height]);
          expect(Number.isSafeInteger(count) && count > 0 && count <= 100_000).toBe(true);
        }
      }),
    );
  });
});
