import { describe, expect, it } from "vitest";
import { ceilingFor } from "./quota-ceiling.ts";
import type { QuotaOverrideInput } from "../config/quotas.ts";

const place = { accountId: "111111111111", region: "us-west-2", scope: "geo" } as const;
const account = "111111111111";
const region = "us-west-2";
const scope = "geo";

describe("the ceiling of a quota", () => {
  it.each<[string, QuotaOverrideInput[], number]>([
    ["nothing overrides it", [], 1],
    ["another account is overridden", [{ account: "222222222222", tokensPerMinute: 2 }], 1],
    ["another Region is overridden", [{ region: "us-east-1", tokensPerMinute: 2 }], 1],
    ["another scope is overridden", [{ scope: "global", tokensPerMinute: 2 }], 1],
    ["part of an override does not fit", [{ account, region: "us-east-1", tokensPerMinute: 2 }], 1],
    ["an override speaks of requests only", [{ account, requestsPerMinute: 2 }], 1],
    ["an account is on hold", [{ account, tokensPerMinute: 0 }], 0],
    [
      "Region and scope are named",
      [
        { scope, tokensPerMinute: 2 },
        { region, scope, tokensPerMinute: 3 },
      ],
      3,
    ],
    [
      "two selectors stand against the account",
      [
        { account, tokensPerMinute: 2 },
        { region, scope, tokensPerMinute: 3 },
      ],
      3,
    ],
    [
      "account stands against Region",
      [
        { account, tokensPerMinute: 2 },
        { region, tokensPerMinute: 3 },
      ],
      2,
    ],
    [
      "Region stands against scope",
      [
        { region, tokensPerMinute: 2 },
        { scope, tokensPerMinute: 3 },
      ],
      2,
    ],
    [
      "account and scope stand against Region and scope",
      [
        { account, scope, tokensPerMinute: 2 },
        { region, scope, tokensPerMinute: 3 },
      ],
      2,
    ],
    [
      "everything is named",
      [
        { account, region, scope, tokensPerMinute: 2 },
        { account, region, tokensPerMinute: 3 },
      ],
      2,
    ],
  ])("when %s, in whatever order, comes from the override that names most", (_, overrides, ceiling) => {
    expect(ceilingFor({ tokensPerMinute: 1, overrides }, "tokens", place)).toBe(ceiling);
    expect(ceilingFor({ tokensPerMinute: 1, overrides: overrides.toReversed() }, "tokens", place)).toBe(ceiling);
  });

  it("is unknown for a unit nobody speaks of, and without quotas", () => {
    expect(ceilingFor({ tokensPerMinute: 1, overrides: [] }, "requests", place)).toBeUndefined();
    expect(ceilingFor(undefined, "tokens", place)).toBeUndefined();
  });
});
