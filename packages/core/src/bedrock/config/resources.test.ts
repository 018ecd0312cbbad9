import { describe, expect, it } from "vitest";
import { broken, problemsOf } from "../testing/config-problems.test.kit.ts";
import { exampleConfig } from "../testing/example-config.test.kit.ts";
import { parseConfig } from "./parse.ts";
import { resourceId } from "./resources.ts";

const account = "111111111111";
const region = "us-east-1";
const guardrail = `arn:aws:bedrock:${region}:${account}:guardrail/abc`;

describe("a resource", () => {
  it("has an id in each account and Region, and none where nobody gave one", () => {
    const guard = [
      { account, region, id: "east" },
      { account, id: "elsewhere" },
      { account: "222222222222", region, id: "other" },
    ];
    for (const resources of [{ guard }, { guard: guard.toReversed() }]) {
      const entries = parseConfig(exampleConfig({ resources })).resources.get("guard") ?? [];

      expect(resourceId(entries, { accountId: account, region })).toBe("east");
      expect(resourceId(entries, { accountId: account, region: "us-west-2" })).toBe("elsewhere");
      expect(resourceId(entries, { accountId: "222222222222", region })).toBe("other");
      expect(resourceId(entries, { accountId: "222222222222", region: "us-west-2" })).toBeUndefined();
      expect(resourceId(entries, { accountId: "333333333333", region })).toBeUndefined();
    }
  });

  it.each([
    { guard: [{ account, region, id: guardrail }] },
    { "s3://prompts": [{ account, id: "arn:aws:s3:::prompts-111111111111" }] },
    { "bucket/of.prompts": [{ account, id: "s3://prompts-111111111111/a/" }] },
  ])("may be %j", (resources) => {
    expect(problemsOf(broken({ resources }))).toEqual([]);
  });

  it.each([
    [[], "resources: must be resources by the name callers use, got a list"],
    [{ guard: [] }, "resources.guard: must name at least one account that has it"],
    [{ guard: guardrail }, "resources.guard: must be a list of account, region and id"],
    [{ "a guard": [{ account, id: "x" }] }, 'resources["a guard"]: must be a name of up to 256'],
    [{ guard: [{ account }] }, "resources.guard[0].id: is missing"],
    [{ guard: [{ account, id: "" }] }, "resources.guard[0].id: must be an id, an ARN or a name"],
    [{ guard: [{ account, id: "a b" }] }, "resources.guard[0].id: must be an id, an ARN or a name"],
    [{ guard: [{ account, id: "x", regoin: region }] }, 'regoin: is not an option (did you mean "region"?)'],
    [{ guard: [{ account: "333333333333", id: "x" }] }, "resources.guard[0].account: speaks of 333333333333"],
    [{ guard: [{ account, region: "eu-west-1", id: "x" }] }, "resources.guard[0].region: speaks of eu-west-1"],
    [{ guard: [{ account, region: "eu", id: "x" }] }, "resources.guard[0].region: must be a Region"],
    [
      {
        guard: [
          { account, id: "x" },
          { account, id: "y" },
        ],
      },
      "resources.guard[1]: repeats account 111111111111, every Region",
    ],
    [
      { guard: [{ account: "222222222222", region, id: guardrail }] },
      "resources.guard[0].id: is an ARN of another account than 222222222222",
    ],
    [
      { guard: [{ account, region: "us-west-2", id: guardrail }] },
      "resources.guard[0].id: is an ARN of another Region than us-west-2",
    ],
    [
      { guard: [{ account, id: guardrail }] },
      "resources.guard[0].region: is missing; the ARN exists in one Region only",
    ],
    [
      Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`r${index}`, [{ account, id: "x" }]])),
      "resources: must be at most 1000 resources",
    ],
  ])("is refused in %j", (resources, problem) => {
    expect(problemsOf(broken({ resources })).join("\n")).toContain(problem);
  });
});
