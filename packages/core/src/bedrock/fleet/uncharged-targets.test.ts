import { describe, expect, it } from "vitest";
import type { ShardrockConfig } from "../config/parse.ts";
import { parseConfig } from "../config/parse.ts";
import { exampleAccount, exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { buildFleet } from "./build-fleet.ts";
import { servedModel } from "./served-model.ts";
import type { Fleet } from "./served-model.ts";

const fleetOf = (change: Partial<ShardrockConfig> = {}): Fleet => buildFleet(parseConfig(exampleConfig(change)));
const sonnet = "anthropic.claude-sonnet-4-6";
const us = ["us-east-1", "us-east-2", "us-west-2"];

describe("where tokens are counted", () => {
  it("is every account and Region that serves the model, by its foundation model and charged to nothing", () => {
    const accounts = [exampleAccount(1, { regions: ["us-east-1"], weight: 3, drained: true }), exampleAccount(2)];
    const { countTargets } = servedModel(fleetOf({ accounts }), "sonnet");

    expect(countTargets.map(({ id }) => id)).toEqual([
      `111111111111/us-east-1/runtime/${sonnet}/count`,
      `222222222222/us-east-1/runtime/${sonnet}/count`,
      `222222222222/us-west-2/runtime/${sonnet}/count`,
    ]);
    expect(countTargets[0]).toEqual({
      id: `111111111111/us-east-1/runtime/${sonnet}/count`,
      accountId: "111111111111",
      region: "us-east-1",
      endpoint: "runtime",
      modelId: sonnet,
      profileType: "single",
      destinationRegions: ["us-east-1"],
      weight: 3,
      quotas: [],
    });
  });

  it("is one place however many ids serve the model there", () => {
    const accounts = [exampleAccount(1, { regions: ["us-east-1"] })];
    const servedBy = [
      { id: `us.${sonnet}`, destinations: us },
      { id: sonnet },
      { id: `global.${sonnet}`, destinations: us },
    ];

    expect(
      servedModel(fleetOf({ accounts, models: { m: exampleModel({ servedBy }) } }), "m").countTargets,
    ).toHaveLength(1);
  });

  it("is nowhere on mantle", () => {
    const servedBy = [{ id: sonnet, endpoint: "mantle" }] as const;
    const model = { servedBy, quotas: { inputTokensPerMinute: 5 } };

    expect(servedModel(fleetOf({ models: { model } }), "model").countTargets).toEqual([]);
  });

  it("is by the foundation model behind an ARN, not by the ARN", () => {
    const servedBy = [
      { id: "arn:aws:bedrock:us-east-1:111111111111:provisioned-model/abc", baseModel: `us.${sonnet}` },
    ];
    const { countTargets } = servedModel(fleetOf({ models: { m: exampleModel({ servedBy }) } }), "m");

    expect(countTargets.map(({ modelId }) => modelId)).toEqual([sonnet]);
  });
});

describe("the places of a fleet", () => {
  it("are every account and Region, for calls that name no model", () => {
    const accounts = [exampleAccount(1, { drained: true }), exampleAccount(2, { regions: ["us-east-2"], weight: 4 })];

    expect(fleetOf({ accounts }).places.map(({ id }) => id)).toEqual([
      "111111111111/us-east-1/runtime",
      "111111111111/us-west-2/runtime",
      "222222222222/us-east-2/runtime",
    ]);
    expect(fleetOf({ accounts }).places[2]).toMatchObject({
      modelId: "",
      endpoint: "runtime",
      destinationRegions: ["us-east-2"],
      weight: 4,
      quotas: [],
    });
  });

  it("leave out Regions that residency does not allow", () => {
    const accounts = [exampleAccount(1), exampleAccount(2, { regions: ["us-east-1", "eu-west-1"] })];

    expect(fleetOf({ accounts }).places.map(({ region }) => region)).toEqual(["us-east-1", "us-west-2", "us-east-1"]);
    expect(fleetOf({ accounts, residency: { allowedRegions: "anywhere" } }).places).toHaveLength(4);
  });
});
