import { describe, expect, it } from "vitest";
import type { ModelInput } from "../config/model.ts";
import { parseConfig } from "../config/parse.ts";
import type { ShardrockConfig } from "../config/shardrock-config.ts";
import { exampleAccount, exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { buildFleet } from "./build-fleet.ts";
import { type Findings, noFindings } from "./findings.ts";
import { type Fleet, servedModel } from "./served-model.ts";

const sonnet = "anthropic.claude-sonnet-4-6";
const us = ["us-east-1", "us-east-2", "us-west-2"];
const accounts = [exampleAccount(1, { regions: ["us-east-1"] })];

/** Three ways to sonnet from us-east-1: 100 tokens a minute in the Region, 200 by its geography, 300 by the global profile. */
const found: Findings = {
  ceiling: (unit, { scope, baseModelId }) =>
    unit === "tokens" && baseModelId === sonnet
      ? { "on-demand": 100, geo: 200, global: 300, dedicated: undefined }[scope]
      : undefined,
  destinations: (id) => ({ [`us.${sonnet}`]: us, [`global.${sonnet}`]: ["eu-west-1"] })[id],
  idsOf: (model) =>
    model === sonnet ? ["", "us.", "global."].map((prefix) => ({ id: `${prefix}${model}`, endpoint: "runtime" })) : [],
};

function fleetOf(model: ModelInput, findings: Findings, change: Partial<ShardrockConfig> = {}): Fleet {
  return buildFleet(parseConfig(exampleConfig({ accounts, models: { m: model }, ...change })), findings);
}
const idsIn = (fleet: Fleet): readonly string[] => servedModel(fleet, "m").targets.map(({ modelId }) => modelId);
const limitsIn = (fleet: Fleet): readonly unknown[] => fleet.limits.map(({ value, source }) => [value, source]);

describe("a model that names itself", () => {
  it("is served by every id that is found, but for those that may leave the allowed Regions", () => {
    const fleet = fleetOf({ model: sonnet }, found);

    expect(idsIn(fleet)).toEqual([sonnet, `us.${sonnet}`]);
    expect(servedModel(fleet, "m").targets.map(({ destinationRegions }) => destinationRegions)).toEqual([
      ["us-east-1"],
      us,
    ]);
    expect(limitsIn(fleet)).toEqual([
      [100, "service-quotas"],
      [200, "service-quotas"],
    ]);
    expect(fleet.refused).toEqual([
      {
        rule: "residency",
        model: "m",
        targetId: `111111111111/us-east-1/runtime/global.${sonnet}`,
        reason: "it may run in eu-west-1, which is not allowed",
      },
    ]);
  });

  it("has its facts from the catalogue before anything is found, and no target", () => {
    expect(servedModel(fleetOf({ model: sonnet }, noFindings), "m")).toMatchObject({
      family: "anthropic",
      burndown: 5,
      targets: [],
    });
  });

  it("is refused where AWS is not asked, and says who asks", () => {
    const config = parseConfig(exampleConfig({ accounts, models: { m: { model: sonnet } } }));

    expect(() => buildFleet(config)).toThrow(
      "models.m.model: needs a client that finds its ids, with quotas: serviceQuotas()",
    );
  });
});

describe("a limit that is found", () => {
  it("holds where the config gives none, and where it gives one that is the most which is used of it", () => {
    const limitOf = (quotas: ModelInput["quotas"]) =>
      fleetOf(exampleModel({ quotas }), found).limits.map(({ value, most, source }) => [value, most, source]);

    expect(limitOf(undefined)).toEqual([[200, undefined, "service-quotas"]]);
    expect(limitOf({ tokensPerMinute: 150 })).toEqual([[200, 150, "service-quotas"]]);
    expect(limitOf({ tokensPerMinute: 5_000 })).toEqual([[200, 5_000, "service-quotas"]]);
  });

  it("must be that of tokens: requests alone could not be all there is", () => {
    const onlyRequests: Findings = { ...found, ceiling: (unit) => (unit === "requests" ? 60 : undefined) };
    const fleet = fleetOf(exampleModel({ quotas: undefined }), onlyRequests);
    const fallbackQuota = { tokensPerMinute: 70 };

    expect(idsIn(fleet)).toEqual([]);
    expect(limitsIn(fleetOf(exampleModel({ quotas: undefined }), onlyRequests, { fallbackQuota }))).toEqual([
      [60, "service-quotas"],
      [70, "fallback"],
    ]);
  });

  it("may be 0: the account is on hold", () => {
    expect(limitsIn(fleetOf(exampleModel({ quotas: undefined }), { ...found, ceiling: () => 0 }))).toContainEqual([
      0,
      "service-quotas",
    ]);
  });

  it("is shared by the processes", () => {
    expect(limitsIn(fleetOf(exampleModel({ quotas: undefined }), found, { instances: 4 }))).toEqual([
      [50, "service-quotas"],
    ]);
  });

  it("takes the target out where it leaves no process a whole call a minute: one poor account does not stop the others", () => {
    const both = [...accounts, exampleAccount(2, { regions: ["us-east-1"] })];
    const poor: Findings = {
      ...found,
      ceiling: (unit, { accountId }) => (unit === "tokens" ? 100 : accountId.startsWith("1") ? 3 : 400),
    };
    const fleet = fleetOf({ model: sonnet }, poor, {
      accounts: both,
      instances: 4,
      residency: { allowedRegions: ["us-east-1"] },
    });

    expect(servedModel(fleet, "m").targets.map(({ accountId }) => accountId)).toEqual(["222222222222"]);
    expect(fleet.refused.at(-1)).toEqual({
      rule: "quota",
      model: "m",
      targetId: `111111111111/us-east-1/runtime/${sonnet}`,
      reason: "its requests per minute, shared by 4 processes, leave each less than 1",
    });
  });

  it("that is missing leaves the fallback, or else takes the target out and says so", () => {
    const unknown = { ...found, ceiling: () => undefined };
    const without = fleetOf(exampleModel({ quotas: undefined }), unknown);
    const fallbackQuota = { tokensPerMinute: 70 };

    expect(limitsIn(fleetOf(exampleModel({ quotas: undefined }), unknown, { fallbackQuota }))).toEqual([
      [70, "fallback"],
    ]);
    expect(idsIn(without)).toEqual([]);
    expect(without.refused).toEqual([
      {
        rule: "quota",
        model: "m",
        targetId: `111111111111/us-east-1/runtime/us.${sonnet}`,
        reason: "nobody knows its quota: AWS has not told, and no fallbackQuota is set",
      },
    ]);
  });
});

describe("destinations that are found", () => {
  const servedBy = [{ id: `us.${sonnet}` }];

  it("tell where a profile runs, and join what the config says", () => {
    const destinationsOf = (model: ModelInput) =>
      servedModel(fleetOf(model, found), "m").targets[0]?.destinationRegions;

    expect(destinationsOf(exampleModel({ servedBy }))).toEqual(us);
    expect(destinationsOf(exampleModel({ servedBy: [{ id: `us.${sonnet}`, destinations: ["us-east-1"] }] }))).toEqual(
      us,
    );
  });

  it("take a target out that the config says stays within what is allowed", () => {
    const servedBy = [{ id: `us.${sonnet}`, destinations: ["us-east-1"] }];
    const wider = { ...found, destinations: () => ["ca-central-1"] };

    expect(fleetOf(exampleModel({ servedBy }), wider).refused[0]?.reason).toBe(
      "it may run in ca-central-1, which is not allowed",
    );
  });

  it("may differ from what the config says of the same profile for another model: that is no mistake of the config's", () => {
    const models = {
      told: exampleModel({ servedBy: [{ id: `us.${sonnet}`, destinations: ["us-east-1"] }] }),
      found: { model: sonnet },
    };
    const fleet = buildFleet(parseConfig(exampleConfig({ accounts, models })), found);

    expect(servedModel(fleet, "told").targets.map(({ destinationRegions }) => destinationRegions)).toEqual([us]);
    expect(servedModel(fleet, "found").targets.map(({ destinationRegions }) => destinationRegions)).toContainEqual(us);
  });

  it("take the target out when they are more than is allowed", () => {
    const wider = { ...found, destinations: () => [...us, "ca-central-1"] };

    expect(fleetOf(exampleModel({ servedBy }), wider).refused[0]?.reason).toBe(
      "it may run in ca-central-1, which is not allowed",
    );
  });
});
