import { seededRandom } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { chatSize, poissonGapMs, serviceMs } from "./traffic.ts";

describe("generated traffic", () => {
  it("has the sizes of real chat", () => {
    const random = seededRandom(1);
    const sizes = Array.from({ length: 20_000 }, () => chatSize(random));
    const inputs = sizes.map((size) => size.inputTokens).toSorted((one, other) => one - other);
    const outputs = sizes.map((size) => size.outputTokens).toSorted((one, other) => one - other);
    const at = (values: number[], share: number): number => values[Math.floor(share * values.length)] ?? 0;

    // The trace: mean 1 155 and 211, p50 1 020 and 129, p95 4 083 and 451, at most 14 050 and 1 000.
    expect(mean(inputs) / 1_155).toBeCloseTo(1, 1);
    expect(mean(outputs) / 211).toBeCloseTo(1, 1);
    expect([
      at(inputs, 0.5) / 1_020,
      at(inputs, 0.95) / 4_083,
      at(outputs, 0.5) / 129,
      at(outputs, 0.95) / 451,
    ]).toEqual([expect.closeTo(1, 1), expect.closeTo(1, 1), expect.closeTo(1, 1), expect.closeTo(1, 1)]);
    expect([inputs[0], outputs[0]].every((size) => size !== undefined && size >= 1)).toBe(true);
    expect(
      [inputs.at(-1), outputs.at(-1)].every((size, place) => size !== undefined && size <= [14_050, 1_000][place]!),
    ).toBe(true);
  });

  it("comes at the rate it is told, at random", () => {
    const random = seededRandom(2);
    const gaps = Array.from({ length: 20_000 }, () => poissonGapMs(0.1, random));

    expect(mean(gaps) / 10).toBeCloseTo(1, 1);
    expect(gaps.filter((gap) => gap > 10).length / gaps.length).toBeCloseTo(Math.exp(-1), 1);
  });

  it.each([
    [0, 500],
    [50, 1_500],
    [10_000, 60_000],
  ])("takes a model's time: %d tokens in %d ms", (tokens, ms) => {
    expect(serviceMs(tokens)).toBe(ms);
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
