import { describe, expect, it } from "vitest";
import { parseConfig, type ShardrockConfig } from "../config/parse.ts";
import { buildFleet } from "../fleet/build-fleet.ts";
import { exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { ModelIndex } from "./model-index.ts";

const one = "111111111111";
const us = "us.anthropic.claude-sonnet-4-6";
const plain = "anthropic.claude-sonnet-4-6";
const profile = `arn:aws:bedrock:us-east-1:${one}:application-inference-profile/abc`;
const destinations = ["us-east-1", "us-east-2", "us-west-2"];

function open(change: Partial<ShardrockConfig> = {}): ModelIndex {
  return new ModelIndex(buildFleet(parseConfig(exampleConfig(change))));
}

const sonnet = exampleModel({
  servedBy: [{ id: us, destinations }, { id: plain }, { id: profile, baseModel: us, destinations }],
});

describe("a model", () => {
  it("is found by its name, with all its targets", () => {
    const asked = open({ models: { sonnet } }).toServe("sonnet");

    expect(asked).toMatchObject({ model: { name: "sonnet" }, lane: "", bindings: [] });
    expect(asked.targets).toHaveLength(9);
  });

  it.each([
    [us, 4],
    [plain, 4],
    [profile, 1],
  ])("is found by %s, an id that serves it, with the targets of that very id", (id, count) => {
    const { model, targets, lane } = open({ models: { sonnet } }).toServe(id);

    expect(model.name).toBe("sonnet");
    expect(new Set(targets.map(({ modelId }) => modelId))).toEqual(new Set([id]));
    expect(targets).toHaveLength(count);
    expect(lane).toBe(id);
  });

  it("is bound to the place of an ARN it is asked for by", () => {
    expect(open({ models: { sonnet } }).toServe(profile).bindings).toEqual([
      { by: `modelId ${profile}`, places: [{ accountId: one, region: "us-east-1" }] },
    ]);
  });

  it.each([
    "provisioned-model/abc123",
    "imported-model/abc123",
    "custom-model-deployment/abc123",
    "application-inference-profile/abc123",
    "prompt-router/abc123",
    "default-prompt-router/anthropic.claude:1",
    "prompt/ABCDEF1234:1",
  ])("that is %s is found by its ARN and bound to its account and Region", (resource) => {
    const arn = `arn:aws:bedrock:us-west-2:${one}:${resource}`;
    const stays = /^(provisioned|imported|custom)-/.test(resource);
    const served = { id: arn, baseModel: plain, ...(!stays && { destinations: ["us-west-2"] }) };
    const index = open({ models: { sonnet: exampleModel({ servedBy: [{ id: us, destinations }, served] }) } });

    const { model, targets, bindings } = index.toServe(arn);

    expect(model.name).toBe("sonnet");
    expect(targets.map(({ accountId, region, modelId }) => [accountId, region, modelId])).toEqual([
      [one, "us-west-2", arn],
    ]);
    expect(bindings).toEqual([{ by: `modelId ${arn}`, places: [{ accountId: one, region: "us-west-2" }] }]);
  });

  it("goes by its name, when another's id is that name", () => {
    const models = { [us]: exampleModel({ servedBy: [{ id: plain }] }), sonnet: exampleModel() };

    expect(open({ models }).toServe(us).targets[0]?.modelId).toBe(plain);
  });

  it("whose id serves another too must be asked for by name", () => {
    const index = open({ models: { sonnet: exampleModel(), cheap: exampleModel() } });

    expect(() => index.toServe(us)).toThrow(
      expect.objectContaining({
        code: "request-invalid",
        message: `modelId ${us} serves several models; name one of them: sonnet, cheap`,
      }),
    );
  });

  it.each([
    ["sonet", "model-unknown", /did you mean "sonnet"/],
    ["eu.anthropic.claude-sonnet-4-6", "model-unknown", /sonnet/],
    [`arn:aws:bedrock:us-east-1:${one}:prompt/ABC:1`, "model-unknown", /prompt\/ABC/],
    [
      "arn:aws:bedrock:us-east-1:999999999999:provisioned-model/abc",
      "request-invalid",
      /account 999999999999, which is not in the config/,
    ],
  ])("that nobody has is refused: %s", (asked, code, message) => {
    expect(() => open().toServe(asked)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it("whose targets residency took is not unknown, but may go nowhere", () => {
    const servedBy = [{ id: us, destinations: ["us-east-1", "eu-west-1"] }, { id: plain }];
    const index = open({ models: { sonnet: exampleModel({ servedBy }) } });

    expect(() => index.toServe(us)).toThrow(
      expect.objectContaining({ code: "no-eligible-target", message: expect.stringMatching(/eu-west-1/) }),
    );
  });

  it("that mantle alone serves is refused with what to use", () => {
    const quotas = { inputTokensPerMinute: 100_000 };
    const mantle = { servedBy: [{ id: plain, endpoint: "mantle" as const }], quotas };

    expect(() => open({ models: { sonnet: mantle } }).toServe("sonnet")).toThrow(
      expect.objectContaining({ code: "request-invalid", message: expect.stringMatching(/createRoutedFetch/) }),
    );
  });

  it("is called on bedrock-runtime only when mantle serves it too", () => {
    const quotas = { tokensPerMinute: 1_000_000, inputTokensPerMinute: 100_000 };
    const both = { servedBy: [{ id: plain }, { id: plain, endpoint: "mantle" as const }], quotas };

    const { targets } = open({ models: { sonnet: both } }).toServe("sonnet");

    expect(new Set(targets.map(({ endpoint }) => endpoint))).toEqual(new Set(["runtime"]));
  });
});

describe("a model to count tokens with", () => {
  it.each(["sonnet", us, plain, profile])(
    "is found by %s, and counts by its foundation model in every place",
    (asked) => {
      const { model, targets } = open({ models: { sonnet } }).toCount(asked);

      expect(model.name).toBe("sonnet");
      expect(targets).toHaveLength(4);
      expect(targets.every(({ modelId, quotas }) => modelId === plain && quotas.length === 0)).toBe(true);
    },
  );

  it("is found by its foundation model also when only a profile serves it", () => {
    expect(open().toCount(plain).model.name).toBe("sonnet");
    expect(() => open().toServe(plain)).toThrow(expect.objectContaining({ code: "model-unknown" }));
  });
});
