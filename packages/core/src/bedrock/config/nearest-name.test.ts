import { describe, expect, it } from "vitest";
import { didYouMean, nameList, nearestName } from "./nearest-name.ts";

const options = ["accounts", "models", "weight", "roleArn", "id"];

describe("the nearest name", () => {
  it.each([
    ["wieght", "weight"],
    ["Weight", "weight"],
    ["rolearn", "roleArn"],
    ["account", "accounts"],
    ["ids", "id"],
  ])("of %s is %s, in whatever order names are known", (name, nearest) => {
    expect(nearestName(name, options)).toBe(nearest);
    expect(nearestName(name, options.toReversed())).toBe(nearest);
  });

  it.each(["colour", "x", "", "a".repeat(100_000)])("of %.20s is nothing", (name) => {
    expect(nearestName(name, options)).toBeUndefined();
    expect(didYouMean(name, options)).toBe("");
  });
});

describe("a list of names", () => {
  it("ends with a count when it is long", () => {
    expect(nameList(["a", "b"])).toBe("a, b");
    expect(nameList(Array.from({ length: 25 }, (_, i) => `n${i}`))).toMatch(/^n0, .*, n19 and 5 more$/);
  });
});
