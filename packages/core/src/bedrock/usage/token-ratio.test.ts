import { describe, expect, it } from "vitest";
import { countedTokens } from "./answer/counted-tokens.ts";
import { TokenRatio } from "./token-ratio.ts";

describe("the token ratio", () => {
  it("starts at its guess and learns what calls really cost", () => {
    const ratio = new TokenRatio(0.275);
    expect(ratio.tokensPerByte).toBeCloseTo(0.275);

    for (let call = 0; call < 20; call++) ratio.learn(4_000, 1_600);
    const soon = ratio.tokensPerByte;
    for (let call = 0; call < 1_000; call++) ratio.learn(4_000, 1_600);

    expect(soon).toBeGreaterThan(0.38);
    expect(soon).toBeLessThan(0.405);
    expect(ratio.tokensPerByte).toBeCloseTo(0.4, 4);
  });

  it("holds the usual error of one call on top, so that most calls are not held for less than they take", () => {
    const ratio = new TokenRatio(0.275);
    for (let call = 0; call < 1_000; call++) ratio.learn(4_000, call % 2 === 0 ? 960 : 1_040);

    expect(ratio.tokensPerByte).toBeCloseTo(0.25 * 1.04, 3);
  });

  it("forgets: a new tokenizer is learned within a hundred calls", () => {
    const ratio = new TokenRatio(0.275);
    for (let call = 0; call < 1_000; call++) ratio.learn(4_000, 1_000);

    for (let call = 0; call < 100; call++) ratio.learn(4_000, 1_400);

    expect(ratio.tokensPerByte).toBeGreaterThan(0.335);
  });

  it("is taught by a CountTokens answer as well, and by nothing that is no count", () => {
    const ratio = new TokenRatio(0.275);

    for (let call = 0; call < 1_000; call++) ratio.learn(4_000, countedTokens({ inputTokens: 1_600 }) ?? 0);

    expect(ratio.tokensPerByte).toBeCloseTo(0.4, 4);
    expect(countedTokens({ input_tokens: 7 })).toBe(7);
    for (const wrong of [undefined, null, 7, [], {}, { inputTokens: "7" }, { inputTokens: -1 }, { inputTokens: 1e9 }]) {
      expect(countedTokens(wrong)).toBeUndefined();
    }
  });

  it.each([
    [0, 10],
    [10, 0],
    [10, Number.NaN],
    [1, 1_000],
    [1_000_000, 1],
  ])("passes over the sample of %s bytes and %s tokens", (bytes, tokens) => {
    const ratio = new TokenRatio(0.275);

    ratio.learn(bytes, tokens);

    expect(ratio.tokensPerByte).toBeCloseTo(0.275);
  });
});
