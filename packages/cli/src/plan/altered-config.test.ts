import { type Config, openRouter, parseConfig } from "@shardrock/core";
import { expect, it } from "vitest";
import { withAccounts, withLimits, withoutAccount, withoutRegion } from "./altered-config.ts";

const [one, two] = ["111111111111", "222222222222"];

const config = parseConfig({
  accounts: [
    { id: one, roleArn: `arn:aws:iam::${one}:role/r`, externalId: "abc", regions: ["us-east-1", "us-west-2"] },
    { id: two, roleArn: `arn:aws:iam::${two}:role/r`, externalId: "abc", regions: ["us-east-1"] },
  ],
  models: {
    chat: {
      servedBy: [{ id: "amazon.nova-pro-v1:0", accounts: [one, two] }, { id: "global.amazon.nova-pro-v1:0" }],
      maxOutputTokens: 5_000,
      quotas: {
        tokensPerMinute: 100,
        requestsPerMinute: 10,
        overrides: [
          { account: one, tokensPerMinute: 70 },
          { scope: "global", tokensPerMinute: 500 },
        ],
      },
    },
  },
  residency: { allowedRegions: "anywhere" },
  instances: 2,
});

function limitsOf(altered: Config): Record<string, number> {
  using open = openRouter({ ...altered, instances: 1 });
  return Object.fromEntries(
    open.fleet.limits.map(({ key, value }) => [key.replace("runtime/amazon.nova-pro-v1:0/", ""), value]),
  );
}

it("gives further accounts the Regions and limits of those there are, in turn", () => {
  const limits = limitsOf(withAccounts(config, [one, two], 4));

  expect(Object.keys(limits).filter((key) => key.endsWith("on-demand/tokens/minute"))).toHaveLength(6);
  expect(limits["900000000001/us-west-2/on-demand/tokens/minute"]).toBe(70);
  expect(limits["900000000001/us-east-1/global/tokens/minute"]).toBe(limits[`${one}/us-east-1/global/tokens/minute`]);
  expect(limits["900000000002/us-east-1/on-demand/tokens/minute"]).toBe(100);
  expect(limits["900000000002/us-west-2/on-demand/tokens/minute"]).toBeUndefined();
});

it("takes the first of those there are where fewer are wanted", () => {
  expect(withAccounts(config, [two, one], 1).accounts.map(({ id }) => id)).toEqual([two]);
});

it("changes every limit and nothing else", () => {
  const before = limitsOf(config);
  const after = limitsOf(withLimits(config, (key, limit) => (key.includes("/tokens/") ? limit * 3 : limit)));

  expect(Object.keys(after)).toEqual(Object.keys(before));
  for (const [key, limit] of Object.entries(before))
    expect([key, after[key]]).toEqual([key, key.includes("/tokens/") ? limit * 3 : limit]);
});

it("loses an account, or a Region and those accounts that have no other", () => {
  expect(Object.keys(limitsOf(withoutAccount(config, one))).every((key) => key.startsWith(two))).toBe(true);
  expect(withoutRegion(config, "us-east-1").accounts.map(({ id, regions }) => [id, regions])).toEqual([
    [one, ["us-west-2"]],
  ]);
});
