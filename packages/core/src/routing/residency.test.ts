import { describe, expect, it } from "vitest";
import { residencyRefusal } from "./residency.ts";

const us = ["us-east-1", "us-east-2", "us-west-2"];

describe("residency of one call", () => {
  it.each([
    ["runs in its own Region", "us-east-1", ["us-east-1"]],
    ["runs in some of the allowed Regions", "us-east-1", ["us-east-2", "us-west-2"]],
    ["runs in all of them", "us-west-2", us],
  ])("allows a target that %s", (_, region, destinationRegions) => {
    expect(residencyRefusal({ region, destinationRegions }, us)).toBeUndefined();
  });

  it.each([
    ["one destination is outside", "us-east-1", ["us-east-1", "ca-central-1"], "ca-central-1"],
    ["the outside destination comes first", "us-east-1", ["ca-central-1", "us-east-1"], "ca-central-1"],
    ["the destinations are unknown", "us-east-1", undefined, "unknown"],
    ["there is no destination", "us-east-1", [], "unknown"],
    ["the prompt would pass through another Region", "eu-west-1", ["us-east-1"], "source Region eu-west-1"],
  ])("refuses when %s, and says why", (_, region, destinationRegions, reason) => {
    expect(residencyRefusal({ region, destinationRegions }, us)).toContain(reason);
  });

  it("refuses everything when no Region is allowed", () => {
    expect(residencyRefusal({ region: "us-east-1", destinationRegions: ["us-east-1"] }, [])).toBeDefined();
  });
});
