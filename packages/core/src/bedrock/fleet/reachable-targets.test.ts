import { describe, expect, it } from "vitest";
import { parseConfig, type ShardrockConfig } from "../config/parse.ts";
import { exampleAccount, exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { buildFleet } from "./build-fleet.ts";
import { reachableTargets } from "./reachable-targets.ts";

const sonnet = "anthropic.claude-sonnet-4-6";
const reached = (change: Partial<ShardrockConfig> = {}) =>
  reachableTargets(parseConfig(exampleConfig({ accounts: [exampleAccount(1)], ...change })));
const idsOf = (change: Partial<ShardrockConfig>) =>
  reached(change).map(({ region, endpoint, modelId }) => `${region} ${endpoint} ${modelId ?? "whatever AWS has"}`);
const served = (...servedBy: NonNullable<ShardrockConfig["models"][string]["servedBy"]>) => ({
  models: { sonnet: exampleModel({ servedBy }) },
});

describe("what a router may come to use", () => {
  it("is what its fleet has, where the config says everything", () => {
    const config = parseConfig(exampleConfig());
    const targets = buildFleet(config).models.get("sonnet")?.targets ?? [];

    const places = reachableTargets(config).map(({ accountId, region, modelId }) => [accountId, region, modelId]);

    expect(places).toEqual(targets.map(({ accountId, region, modelId }) => [accountId, region, modelId]));
  });

  it("is a profile too whose destinations only AWS can tell, and a target without a quota", () => {
    const models = { sonnet: { servedBy: [{ id: `us.${sonnet}` }] } };

    expect(reached({ models })).toMatchObject([
      { region: "us-east-1", destinationRegions: undefined, scope: "geo", baseModelId: sonnet },
      { region: "us-west-2", destinationRegions: undefined },
    ]);
  });

  it("is whatever AWS has on either endpoint for a model that names no ids", () => {
    const accounts = [exampleAccount(1, { regions: ["us-east-1"] })];

    expect(idsOf({ accounts, models: { sonnet: { model: sonnet } } })).toEqual([
      "us-east-1 runtime whatever AWS has",
      "us-east-1 mantle whatever AWS has",
    ]);
  });

  it("is nothing that residency surely refuses", () => {
    const residency = { allowedRegions: ["us-east-1"] };
    const outside = { id: `us.${sonnet}`, destinations: ["us-east-1", "us-west-2"] };

    expect(idsOf({ residency, ...served({ id: sonnet }, outside) })).toEqual([`us-east-1 runtime ${sonnet}`]);
  });

  it("is a global profile only where its destinations are told, or anything goes", () => {
    const unplaced = served({ id: sonnet }, { id: `global.${sonnet}` });
    const placed = served({ id: `global.${sonnet}`, destinations: ["us-east-1"] });
    const isGlobal = (id: string) => id.includes("global.");

    expect(idsOf(unplaced).filter(isGlobal)).toEqual([]);
    expect(idsOf(placed).filter(isGlobal)).toHaveLength(2);
    expect(idsOf({ ...unplaced, residency: { allowedRegions: "anywhere" } }).filter(isGlobal)).toHaveLength(2);
  });
});
