import { describe, expect, it } from "vitest";
import { darkPalette, heatOf, heatSteps, lightPalette, type Palette, paletteRules } from "./palette.ts";

/** Relative luminance. Source: WCAG 2.2, "relative luminance". */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Source: WCAG 2.2, "contrast ratio". */
function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

type Pair = readonly [one: string, other: string];

function onPage(colours: readonly string[], { paper, panel }: Palette): readonly Pair[] {
  return colours.flatMap((colour): readonly Pair[] => [
    [colour, paper],
    [colour, panel],
  ]);
}

function tooNear(pairs: readonly Pair[], least: number): readonly Pair[] {
  return pairs.filter(([one, other]) => contrast(one, other) < least);
}

it("measures contrast as WCAG does", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});

describe.each([
  ["light", lightPalette],
  ["dark", darkPalette],
])("the %s palette", (_name, palette) => {
  it("has text that is at least 4.5 times as light as what it is on, or as dark", () => {
    const texts = [palette.ink, palette.quiet, palette.link, palette.good, palette.bad];
    const written = palette.heat.map((heat, place) => [palette.heatInk[place] ?? heat, heat] as const);

    expect(tooNear([...onPage(texts, palette), ...written], 4.5)).toEqual([]);
  });

  it("has lines, bars and a focus ring that are at least 3 times apart from what they are on", () => {
    expect(tooNear(onPage([...palette.series, palette.focus], palette), 3)).toEqual([]);
  });

  it("has a heat for each step, and an ink for each heat", () => {
    expect(palette.heat.length).toBe(heatSteps.length + 1);
    expect(palette.heatInk.length).toBe(palette.heat.length);
    expect(new Set(palette.heat).size).toBe(palette.heat.length);
  });

  it("is told whole to the style sheet", () => {
    for (const colour of Object.values(palette).flat()) expect(paletteRules(palette)).toContain(`:${colour}`);
  });
});

it("is hotter the fuller a quota is", () => {
  expect([0, 0.01, 0.3, 0.6, 0.8, 0.9, 0.95, 2].map(heatOf)).toEqual([0, 1, 2, 3, 4, 5, 6, 6]);
});
