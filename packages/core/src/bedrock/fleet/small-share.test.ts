import { describe, expect, it } from "vitest";
import { ConfigError } from "../config/error.ts";
import { parseConfig, type ShardrockConfig } from "../config/parse.ts";
import { problemsOf } from "../testing/config-problems.test.kit.ts";
import { exampleAccount, exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { buildFleet } from "./build-fleet.ts";

const accounts = [1, 2, 3].map((digit) => exampleAccount(digit));
const us = ["us-east-1", "us-east-2", "us-west-2"];
const servedBy = (count: number) => [
  { id: "us.anthropic.claude-sonnet-4-6", destinations: us, accounts: accounts.slice(0, count).map(({ id }) => id) },
];

function refusalOf(change: Partial<ShardrockConfig>): readonly string[] {
  try {
    buildFleet(parseConfig(exampleConfig({ accounts, ...change })));
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n").slice(1);
    throw error;
  }
}

describe("a cap on each account's share", () => {
  it.each([0, 1.01, -1, "0.5", Number.NaN])("is a number above 0 up to 1, not %s", (maxAccountShare) => {
    expect(problemsOf({ ...exampleConfig(), maxAccountShare })).toEqual([
      expect.stringContaining("maxAccountShare: must be a number above 0 up to 1"),
    ]);
  });

  it("must leave a model's accounts able to take all its calls; the least is said so that it can be typed in", () => {
    const sonnet = (maxAccountShare: number) => refusalOf({ maxAccountShare });

    expect(sonnet(0.3)).toEqual(["maxAccountShare: must be at least 0.3334, got 0.3: 3 accounts serve models.sonnet"]);
    expect(sonnet(0.3334)).toEqual([]);
    expect(sonnet(1 / 3)).toEqual([]);
  });

  it("is told by the model with fewest accounts, which decides", () => {
    const models = {
      all: exampleModel(),
      "by/two": exampleModel({ servedBy: servedBy(2) }),
      one: exampleModel({ servedBy: servedBy(1) }),
    };
    const quotas = { maxAccountShare: 0.4, models };

    expect(refusalOf(quotas)).toEqual([
      "maxAccountShare: must be at least 1, got 0.4: 1 account serves models.one, and 1 other model has too few",
    ]);
    expect(refusalOf({ ...quotas, models: { two: models["by/two"] } })).toEqual([
      "maxAccountShare: must be at least 0.5, got 0.4: 2 accounts serve models.two",
    ]);
    expect(refusalOf({ models })).toEqual([]);
  });

  it("counts accounts that are on hold or drained, which come back", () => {
    const overrides = [{ account: "111111111111", tokensPerMinute: 0 }];
    const sonnet = exampleModel({ quotas: { tokensPerMinute: 1_000, overrides } });
    const drained = [...accounts.slice(0, 2), exampleAccount(3, { drained: true })];

    expect(refusalOf({ maxAccountShare: 0.4, accounts: drained, models: { sonnet } })).toEqual([]);
  });
});
