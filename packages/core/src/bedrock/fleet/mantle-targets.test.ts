import { describe, expect, it } from "vitest";
import type { ShardrockConfig } from "../config/parse.ts";
import { parseConfig } from "../config/parse.ts";
import { exampleAccount, exampleConfig } from "../testing/example-config.test.kit.ts";
import { buildFleet } from "./build-fleet.ts";
import { mantleRegions } from "./mantle-regions.ts";
import { servedModel } from "./served-model.ts";
import type { Fleet } from "./served-model.ts";

const opus = "anthropic.claude-opus-4-8";
const us = ["us-east-1", "us-east-2", "us-west-2"];
const onMantle = { id: opus, endpoint: "mantle" } as const;
const onRuntime = { id: `us.${opus}`, destinations: us };
const accounts = [exampleAccount(1, { regions: ["us-east-1"] })];

const fleetOf = (change: Partial<ShardrockConfig> = {}): Fleet =>
  buildFleet(parseConfig(exampleConfig({ accounts, ...change })));
const limitsOf = (fleet: Fleet): Readonly<Record<string, number>> =>
  Object.fromEntries(fleet.limits.map(({ key, value }) => [key, value]));
const page = `111111111111/us-east-1/mantle/${opus}/on-demand`;

describe("a target on mantle", () => {
  it("runs in its own Region, under quotas of its own for input and output", () => {
    const quotas = { inputTokensPerMinute: 20, outputTokensPerMinute: 4 };
    const fleet = fleetOf({ models: { opus: { servedBy: [onMantle], quotas } } });

    expect(servedModel(fleet, "opus").targets).toEqual([
      {
        id: `111111111111/us-east-1/mantle/${opus}`,
        accountId: "111111111111",
        region: "us-east-1",
        endpoint: "mantle",
        modelId: opus,
        profileType: "single",
        destinationRegions: ["us-east-1"],
        weight: 1,
        quotas: [
          { key: `${page}/inputTokens/minute`, unit: "inputTokens", windowMs: 60_000 },
          { key: `${page}/outputTokens/minute`, unit: "outputTokens", windowMs: 60_000 },
          { key: "111111111111/us-east-1/mantle/day", unit: "inputTokens", windowMs: 86_400_000 },
        ],
      },
    ]);
    expect(limitsOf(fleet)).toEqual({ [`${page}/inputTokens/minute`]: 20, [`${page}/outputTokens/minute`]: 4 });
  });

  it("shares no quota with the same model on runtime, not even the day's", () => {
    const quotas = { tokensPerMinute: 9, requestsPerMinute: 3, inputTokensPerMinute: 20, outputTokensPerMinute: 4 };
    const { targets } = servedModel(fleetOf({ models: { opus: { servedBy: [onRuntime, onMantle], quotas } } }), "opus");
    const keysOf = (endpoint: string): readonly string[] =>
      targets.filter((target) => target.endpoint === endpoint).flatMap((target) => target.quotas.map(({ key }) => key));

    expect(keysOf("runtime")).toHaveLength(3);
    expect(keysOf("mantle")).toHaveLength(3);
    expect(keysOf("runtime").filter((key) => keysOf("mantle").includes(key))).toEqual([]);
  });

  it("takes its ceilings from the override that names most, and may be on hold in one account", () => {
    const quotas = {
      inputTokensPerMinute: 20,
      outputTokensPerMinute: 4,
      overrides: [
        { account: "111111111111", inputTokensPerMinute: 0 },
        { account: "111111111111", region: "us-east-1", outputTokensPerMinute: 7 },
      ],
    };

    expect(limitsOf(fleetOf({ models: { opus: { servedBy: [onMantle], quotas } } }))).toEqual({
      [`${page}/inputTokens/minute`]: 0,
      [`${page}/outputTokens/minute`]: 7,
    });
  });

  it("falls back to the fallback's mantle options, for what the model does not say", () => {
    const fallbackQuota = { tokensPerMinute: 1, inputTokensPerMinute: 20, outputTokensPerMinute: 4 };
    const untold = fleetOf({ models: { opus: { servedBy: [onMantle] } }, fallbackQuota });
    const halfTold = fleetOf({
      models: { opus: { servedBy: [onMantle], quotas: { outputTokensPerMinute: 5 } } },
      fallbackQuota,
    });

    expect(limitsOf(untold)).toEqual({ [`${page}/inputTokens/minute`]: 20, [`${page}/outputTokens/minute`]: 4 });
    expect(limitsOf(halfTold)).toEqual({ [`${page}/inputTokens/minute`]: 20, [`${page}/outputTokens/minute`]: 5 });
    expect(halfTold.limits.map(({ source }) => source)).toEqual(["config", "fallback"]);
  });

  it.each<[string, Partial<ShardrockConfig>]>([
    ["no quota at all", { models: { opus: { servedBy: [onMantle] } } }],
    ["only that of its output", { models: { opus: { servedBy: [onMantle], quotas: { outputTokensPerMinute: 5 } } } }],
    [
      "only those of runtime",
      { models: { opus: { servedBy: [onRuntime, onMantle], quotas: { tokensPerMinute: 5 } } } },
    ],
    [
      "a fallback for runtime only",
      { models: { opus: { servedBy: [onMantle] } }, fallbackQuota: { tokensPerMinute: 5 } },
    ],
  ])("is refused with %s, and told the option it needs", (_, change) => {
    expect(() => fleetOf(change)).toThrow(
      `models.opus.quotas: gives no limit for account 111111111111, us-east-1, ${opus} on mantle; set inputTokensPerMinute`,
    );
  });

  it("does not lend its quotas to runtime, which is told its own options", () => {
    const models = { opus: { servedBy: [onRuntime, onMantle], quotas: { inputTokensPerMinute: 5 } } };

    expect(() => fleetOf({ models })).toThrow(`us.${opus}; set tokensPerMinute or requestsPerMinute`);
  });

  it("is refused when two names give its quota two limits", () => {
    const models = {
      a: { servedBy: [onMantle], quotas: { inputTokensPerMinute: 5 } },
      b: { servedBy: [onMantle], quotas: { inputTokensPerMinute: 6 } },
    };

    expect(() => fleetOf({ models })).toThrow(
      `models.b.quotas: gives ${opus} (mantle) inputTokensPerMinute 6 in account 111111111111, us-east-1, but models.a gives it 5`,
    );
  });
});

describe("the Regions of mantle", () => {
  const quotas = { inputTokensPerMinute: 20 };
  const spread = [exampleAccount(1, { regions: ["us-east-1", "us-west-1"] })];
  const residency = { allowedRegions: "anywhere" } as const;
  const regionsOf = (fleet: Fleet): readonly string[] => servedModel(fleet, "opus").targets.map(({ region }) => region);

  it("are those known to have it, as long as nobody says otherwise", () => {
    const fleet = fleetOf({ accounts: spread, residency, models: { opus: { servedBy: [onMantle], quotas } } });

    expect(regionsOf(fleet)).toEqual(["us-east-1"]);
  });

  it("may be ones AWS opened since, when the config names them", () => {
    const servedBy = [{ ...onMantle, regions: ["us-east-1", "us-west-1"] }];

    expect(regionsOf(fleetOf({ accounts: spread, residency, models: { opus: { servedBy, quotas } } }))).toEqual([
      "us-east-1",
      "us-west-1",
    ]);
  });

  it("are told where none of an account's has it", () => {
    const accounts = [exampleAccount(1, { regions: ["us-west-1"] })];

    expect(() => fleetOf({ accounts, residency, models: { opus: { servedBy: [onMantle], quotas } } })).toThrow(
      /models\.opus: has no target.*; mantle was known in us-east-1, .* on 2026-11-22, and is used elsewhere where a served id names regions/,
    );
  });

  it("hold back nothing on runtime", () => {
    const servedBy = [{ id: opus }];

    expect(
      regionsOf(
        fleetOf({ accounts: spread, residency, models: { opus: { servedBy, quotas: { tokensPerMinute: 1 } } } }),
      ),
    ).toEqual(["us-east-1", "us-west-1"]);
  });

  it("are data with source and date", () => {
    expect(mantleRegions.readOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(mantleRegions.source).not.toBe("");
    expect(new Set(mantleRegions.regions).size).toBe(14);
  });

  it("are residency's to narrow: a target outside is refused", () => {
    const two = [exampleAccount(1, { regions: ["us-east-1", "eu-west-1"] })];
    const fleet = fleetOf({
      accounts: two,
      residency: { allowedRegions: ["us-east-1"] },
      models: { opus: { servedBy: [onMantle], quotas } },
    });

    expect(regionsOf(fleet)).toEqual(["us-east-1"]);
    expect(fleet.refused).toEqual([
      {
        rule: "residency",
        model: "opus",
        targetId: `111111111111/eu-west-1/mantle/${opus}`,
        reason: "its source Region eu-west-1 is not allowed",
      },
    ]);
  });
});
