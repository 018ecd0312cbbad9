import { seededRandom } from "@shardrock/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { countWordTokens, textOfTokens } from "./simulated-tokenizer.ts";

it.each([
  ["", 0],
  ["   ", 0],
  ["one", 1],
  ["  one\ttwo\n\nthree ", 3],
  ['{"a":1}', 1],
])("counts the words of %j as %i tokens", (text, tokens) => {
  expect(countWordTokens(text)).toBe(tokens);
});

it("makes texts of exactly as many tokens as asked", () => {
  fc.assert(
    fc.property(fc.nat(2000), fc.integer(), (tokens, seed) => {
      expect(countWordTokens(textOfTokens(tokens, seededRandom(seed)))).toBe(tokens);
    }),
    { seed: 1 },
  );
});

it("makes words of about four letters", () => {
  const text = textOfTokens(10_000, seededRandom(7));

  expect(text.replaceAll(" ", "").length / 10_000).toBeGreaterThan(4);
  expect(text.replaceAll(" ", "").length / 10_000).toBeLessThan(5);
});
