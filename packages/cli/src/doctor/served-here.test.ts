import type { ReachableTarget } from "@shardrock/core";
import { mapRows, type ProfileRow } from "@shardrock/quotas";
import { describe, expect, it } from "vitest";
import { servedHere } from "./served-here.ts";

const place = { accountId: "111111111111", region: "us-east-1" };
const nova = "amazon.nova-lite-v1:0";
const target = (change: Partial<ReachableTarget> = {}): ReachableTarget => ({
  ...place,
  endpoint: "runtime",
  model: "nova",
  modelId: undefined,
  baseModelId: nova,
  scope: undefined,
  destinationRegions: undefined,
  ...change,
});
const profile = (id: string, ...models: readonly string[]): ProfileRow => ({
  id,
  type: "system",
  isActive: true,
  modelArns: models.map((model) => `arn:aws:bedrock:us-east-1::foundation-model/${model}`),
});
const row = (name: string) => ({ code: "L-X", name, value: 5, isAdjustable: true, isGlobal: false });
const onDemand = mapRows([row("On-demand model inference tokens per minute for Amazon Nova Lite")]);
const none: typeof onDemand = mapRows([]);

describe("what is called in a place", () => {
  it("is of a model without ids every profile that runs nothing else, and its own id where that has a quota", () => {
    const profiles = [profile(`us.${nova}`, nova), profile("us.mixed", nova, "other"), profile(`global.${nova}`, nova)];

    const idsWith = (rows: typeof onDemand) =>
      servedHere([target()], place, { profiles, rows }).map(({ modelId, scope }) => `${scope} ${modelId}`);

    expect(idsWith(onDemand)).toEqual([`on-demand ${nova}`, `geo us.${nova}`, `global global.${nova}`]);
    expect(idsWith(none)).toEqual([`geo us.${nova}`, `global global.${nova}`]);
  });

  it("is the id the config names, with its profile when AWS lists that, by id or ARN", () => {
    const profiles = [profile(`us.${nova}`, nova)];
    const arn = `arn:aws:bedrock:us-east-1:111111111111:inference-profile/us.${nova}`;
    const named = (modelId: string) => servedHere([target({ modelId, scope: "geo" })], place, { profiles, rows: none });

    expect([`us.${nova}`, arn, `eu.${nova}`].map((id) => named(id)[0]?.profile?.id)).toEqual([
      `us.${nova}`,
      `us.${nova}`,
      undefined,
    ]);
  });

  it("is nothing of other accounts and Regions", () => {
    const targets = [
      target({ region: "us-west-2", modelId: nova }),
      target({ accountId: "222222222222", modelId: nova }),
    ];

    expect(servedHere(targets, place, { profiles: [], rows: onDemand })).toEqual([]);
  });
});
