import { expect, it } from "vitest";
import { smallest } from "./smallest.ts";

it.each([
  [1, 1],
  [1, 7],
  [3, 3],
  [7, 1],
  [8, 3],
  [9, 16],
  [64, 1],
])("finds the smallest number that is enough, %i, from %i on, and has tried the one below", async (needed, start) => {
  const tried: number[] = [];
  const isEnough = async (value: number): Promise<boolean> => {
    tried.push(value);
    return value >= needed;
  };

  const { value } = await smallest(isEnough, { start, least: 1, most: 64 });

  expect(value).toBe(needed);
  if (needed > 1) expect(tried).toContain(needed - 1);
  expect(new Set(tried).size).toBe(tried.length);
});

it("says when nothing is enough, and how far it went", async () => {
  expect(await smallest(async () => false, { start: 3, least: 1, most: 50 })).toEqual({ value: undefined, tried: 50 });
});
