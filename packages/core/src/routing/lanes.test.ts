import { describe, expect, it } from "vitest";
import type { CallRequest } from "./call.ts";
import { rulesOf } from "./eligibility.ts";
import { Lanes } from "./lanes.ts";

const drained = new Map<string, string | undefined>();
const request: CallRequest = { pool: "chat", candidates: [] };

describe("the lane of a call", () => {
  it("is another one for each pool, lane, pin and set of Regions, whatever was asked for before", () => {
    const lanes = new Lanes();
    const pin = { accountId: "111111111111", by: "guardrail" };
    const requests: readonly CallRequest[] = [
      request,
      { ...request, pool: "summary" },
      { ...request, lane: "own ids" },
      { ...request, pin },
      { ...request, pin: { ...pin, region: "us-east-1" } },
      { ...request, allowedRegions: ["us-east-1"] },
    ];
    const ofAll = (allowedRegions: readonly string[] | undefined) =>
      requests.map((each) => lanes.of(each, rulesOf(each, { allowedRegions, drained })));
    const anywhere = ofAll(undefined);
    const europe = ofAll(["eu-west-1", "us-east-1"]);

    expect(new Set(anywhere).size).toBe(requests.length);
    // A call that narrows the Regions to one may come to the same rules either way.
    expect(new Set([...anywhere, ...europe]).size).toBe(requests.length * 2 - 1);
    expect(ofAll(undefined)).toEqual(anywhere);
  });

  it("is the same in whatever order Regions are named", () => {
    const laneIn = (...allowedRegions: string[]) => {
      const asked = { ...request, allowedRegions };
      return new Lanes().of(asked, rulesOf(asked, { allowedRegions: undefined, drained }));
    };

    expect(laneIn("us-west-2", "us-east-1")).toBe(laneIn("us-east-1", "us-west-2"));
  });
});
