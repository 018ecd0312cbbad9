import { expect, it } from "vitest";
import { shareBeside } from "./others-use.ts";

it.each([
  ["a smaller limit is others' use that is found now, all of it", 0.5, { leftBefore: 1_000, left: 500, stays: 1 }, 1],
  ["or nearly", 0.46, { leftBefore: 1_000, left: 500, stays: 1 }, 1],
  ["or a part of it", 0.5, { leftBefore: 1_000, left: 800, stays: 1 }, 0.625],
  ["what is left of a smaller limit goes as they go", 0.8, { leftBefore: 500, left: 750, stays: 0.5 }, 0.9],
  ["a larger limit is their leaving, which is found now", 1.5, { leftBefore: 500, left: 600, stays: 0.8 }, 1.25],
  ["and never makes it smaller", 1.1, { leftBefore: 500, left: 900, stays: 0.2 }, 1],
  ["a larger limit stays when more of their use is found", 1.2, { leftBefore: 800, left: 500, stays: 1 }, 1.2],
  ["a limit that was right stays so", 1, { leftBefore: 800, left: 500, stays: 1 }, 1],
  ["whichever way", 1, { leftBefore: 500, left: 800, stays: 0.4 }, 1],
])("%s", (_, share, use, expected) => {
  expect(shareBeside(share, use)).toBeCloseTo(expected, 10);
});
