import { describe, expect, it } from "vitest";
import { space, toldChange, toldCount, toldMany, toldShare, toldShort, toldSpread, toldTime } from "./told-figure.ts";

const tied = (text: string): string => text.replaceAll(" ", space);

describe("a figure", () => {
  it.each([
    [0, "0"],
    [1_234_567.4, "1,234,567"],
    [-1_234, "−1,234"],
    [12.34, "12.3"],
    [0.5, "0.5"],
    [1.239, "1.24"],
    [Number.POSITIVE_INFINITY, "–"],
  ])("of %d is counted as %s", (count, told) => expect(toldCount(count)).toBe(tied(told)));

  it.each([
    [0, "0"],
    [999, "999"],
    [1_500, "1.5 k"],
    [20_000, "20 k"],
    [1_000_000, "1 M"],
    [2_500_000_000, "2.5 G"],
  ])("of %d is %s on an axis", (count, told) => expect(toldShort(count)).toBe(tied(told)));

  it.each([
    [0, "0 %"],
    [1, "100 %"],
    [0.5, "50 %"],
    [0.123, "12.3 %"],
    [0.999_4, "99.94 %"],
    [0.999_999, "> 99.99 %"],
    [0.000_01, "< 0.01 %"],
    [1.04, "104 %"],
  ])("of %d is the share %s", (share, told) => expect(toldShare(share)).toBe(tied(told)));

  it.each([
    [0, "0 s"],
    [0.4, "0.4 ms"],
    [340, "340 ms"],
    [999.7, "1 s"],
    [2_350, "2.35 s"],
    [59_960, "1 min"],
    [200_000, "3 min 20 s"],
    [3_599_900, "1 h"],
    [86_369_000, "23 h 59 min"],
    [86_399_000, "1 d"],
    [100_800_000, "1 d 4 h"],
    [-1_500, "−1.5 s"],
  ])("of %d ms is the time %s", (ms, told) => expect(toldTime(ms)).toBe(tied(told)));
});

it("tells how far runs are apart only where they are", () => {
  expect(toldSpread({ typical: 1, least: 1, most: 1 }, toldCount)).toBe("1");
  expect(toldSpread({ typical: 0.5, least: 0.4, most: 0.75 }, toldShare)).toBe(
    `${tied("50 %")} (${tied("40 %")} to ${tied("75 %")})`,
  );
});

it("tells a change with its sign, and a number with its noun", () => {
  expect([0.2, -0.1, 0].map((change) => toldChange(change, toldShare))).toEqual([
    tied("+20 %"),
    tied("−10 %"),
    "no change",
  ]);
  expect([1, 2_000].map((count) => toldMany(count, "call"))).toEqual(["1 call", "2,000 calls"]);
});
