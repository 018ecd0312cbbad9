import { describe, expect, it } from "vitest";
import type { ShardrockConfig } from "../config/parse.ts";
import { parseConfig } from "../config/parse.ts";
import { exampleAccount, exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { servedModel } from "./served-model.ts";
import type { Fleet } from "./served-model.ts";
import { buildFleet } from "./build-fleet.ts";

const fleetOf = (change: Partial<ShardrockConfig> = {}): Fleet => buildFleet(parseConfig(exampleConfig(change)));
const targetIds = (fleet: Fleet, name: string): readonly string[] =>
  servedModel(fleet, name).targets.map(({ id }) => id);
const limitsOf = (fleet: Fleet): Readonly<Record<string, number>> =>
  Object.fromEntries(fleet.limits.map(({ key, value }) => [key, value]));

const sonnet = "anthropic.claude-sonnet-4-6";
const us = ["us-east-1", "us-east-2", "us-west-2"];

describe("a fleet", () => {
  it("has one target for every account, source Region and id", () => {
    expect(targetIds(fleetOf(), "sonnet")).toEqual([
      `111111111111/us-east-1/runtime/us.${sonnet}`,
      `111111111111/us-west-2/runtime/us.${sonnet}`,
      `222222222222/us-east-1/runtime/us.${sonnet}`,
      `222222222222/us-west-2/runtime/us.${sonnet}`,
    ]);
  });

  it("gives each target what the router must know of it", () => {
    const accounts = [exampleAccount(1, { regions: ["us-east-1"], weight: 3, drained: true })];

    expect(servedModel(fleetOf({ accounts }), "sonnet").targets).toEqual([
      {
        id: `111111111111/us-east-1/runtime/us.${sonnet}`,
        accountId: "111111111111",
        region: "us-east-1",
        endpoint: "runtime",
        modelId: `us.${sonnet}`,
        profileType: "geo",
        destinationRegions: us,
        weight: 3,
        quotas: [
          { key: `111111111111/us-east-1/runtime/${sonnet}/geo/tokens/minute`, unit: "tokens", windowMs: 60_000 },
          { key: "111111111111/us-east-1/runtime/day", unit: "tokens", windowMs: 86_400_000 },
        ],
      },
    ]);
  });

  it("takes the facts of a model from the catalogue, and the config's word over it", () => {
    const models = { known: exampleModel(), told: exampleModel({ burndown: 7, maxOutputTokens: 99 }) };
    const fleet = fleetOf({ models });

    expect(servedModel(fleet, "known")).toMatchObject({ family: "anthropic", burndown: 5, maxOutputTokens: 64_000 });
    expect(servedModel(fleet, "told")).toMatchObject({ family: "anthropic", burndown: 7, maxOutputTokens: 99 });
  });

  it("counts the dearer facts where ids of one model differ, in whatever order they are named", () => {
    const servedBy = [{ id: sonnet }, { id: "anthropic.claude-opus-4-8" }];
    const fleet = fleetOf({
      models: { a: exampleModel({ servedBy }), b: exampleModel({ servedBy: servedBy.toReversed() }) },
    });

    expect(servedModel(fleet, "a")).toMatchObject({ burndown: 15, maxOutputTokens: 128_000 });
    expect(servedModel(fleet, "b")).toMatchObject({ burndown: 15, maxOutputTokens: 128_000 });
  });

  it("uses an ARN in its own account and Region only", () => {
    const id = `arn:aws:bedrock:us-west-2:222222222222:application-inference-profile/abc`;
    const servedBy = [{ id, baseModel: `us.${sonnet}`, destinations: us }];
    const fleet = fleetOf({ models: { sonnet: exampleModel({ servedBy }) } });

    expect(targetIds(fleet, "sonnet")).toEqual([`222222222222/us-west-2/runtime/${id}`]);
    expect(Object.keys(limitsOf(fleet))).toEqual([`222222222222/us-west-2/runtime/${sonnet}/geo/tokens/minute`]);
  });

  it("serves an id from the accounts and Regions it is told", () => {
    const servedBy = [{ id: sonnet, accounts: ["222222222222"], regions: ["us-west-2"] }];

    expect(targetIds(fleetOf({ models: { sonnet: exampleModel({ servedBy }) } }), "sonnet")).toEqual([
      `222222222222/us-west-2/runtime/${sonnet}`,
    ]);
  });

  it("charges a dedicated model to quotas of its own, told by its scope, and to no other model's day", () => {
    const id = "arn:aws:bedrock:us-west-2:222222222222:provisioned-model/abc";
    const servedBy = [{ id, baseModel: sonnet }, { id: sonnet }];
    const quotas = { tokensPerMinute: 5, overrides: [{ scope: "dedicated", tokensPerMinute: 7 }] } as const;
    const accounts = [exampleAccount(2, { regions: ["us-west-2"] })];
    const fleet = fleetOf({ accounts, models: { m: { servedBy, quotas } } });
    const page = "222222222222/us-west-2/runtime";

    expect(servedModel(fleet, "m").targets.map((target) => target.quotas.map(({ key }) => key))).toEqual([
      [`${page}/${id}/dedicated/tokens/minute`, `${page}/${id}/day`],
      [`${page}/${sonnet}/on-demand/tokens/minute`, `${page}/day`],
    ]);
    expect(Object.values(limitsOf(fleet))).toEqual([7, 5]);
    expect(servedModel(fleet, "m").targets[0]).toMatchObject({
      destinationRegions: ["us-west-2"],
      profileType: "single",
    });
  });

  it("takes a shorter minute when a simulator says so", () => {
    const [target] = servedModel(fleetOf({ windows: { minuteMs: 6000 } }), "sonnet").targets;

    expect(target?.quotas.map(({ windowMs }) => windowMs)).toEqual([6000, 86_400_000]);
  });
});

describe("the quotas of a fleet", () => {
  it("are shared by two names that one id serves, and counted once", () => {
    const fleet = fleetOf({ models: { a: exampleModel(), b: exampleModel() } });
    const keysOf = (name: string): readonly string[] =>
      servedModel(fleet, name).targets.flatMap((t) => t.quotas.map((q) => q.key));

    expect(keysOf("a")).toEqual(keysOf("b"));
    expect(fleet.limits).toHaveLength(4);
  });

  it("are separate for one model in its Region, by its geography's profile and by the global one", () => {
    const servedBy = [sonnet, `us.${sonnet}`, `global.${sonnet}`].map((id) =>
      id === sonnet ? { id } : { id, destinations: us },
    );
    const accounts = [exampleAccount(1, { regions: ["us-east-1"] })];
    const quotas = {
      tokensPerMinute: 3,
      overrides: [
        { scope: "geo", tokensPerMinute: 2 },
        { scope: "global", tokensPerMinute: 1 },
      ],
    } as const;

    expect(limitsOf(fleetOf({ accounts, models: { sonnet: { servedBy, quotas } } }))).toEqual({
      [`111111111111/us-east-1/runtime/${sonnet}/on-demand/tokens/minute`]: 3,
      [`111111111111/us-east-1/runtime/${sonnet}/geo/tokens/minute`]: 2,
      [`111111111111/us-east-1/runtime/${sonnet}/global/tokens/minute`]: 1,
    });
  });

  it("hold requests only where AWS counts them", () => {
    const quotas = { tokensPerMinute: 5, overrides: [{ account: "222222222222", requestsPerMinute: 7 }] };
    const fleet = fleetOf({ models: { sonnet: exampleModel({ quotas }) } });
    const units = servedModel(fleet, "sonnet").targets.map((target) =>
      target.quotas.map(({ unit, windowMs }) => `${unit} ${windowMs}`),
    );

    expect(units[0]).toEqual(["tokens 60000", "tokens 86400000"]);
    expect(units[3]).toEqual(["tokens 60000", "requests 60000", "tokens 86400000"]);
  });

  it("have one day for all models of an account and Region, without a limit", () => {
    const models = {
      a: exampleModel(),
      b: exampleModel({ servedBy: [{ id: "amazon.nova-pro-v1:0" }], maxOutputTokens: 5000 }),
    };
    const fleet = fleetOf({ models });
    const days = [...fleet.models.values()].flatMap(({ targets }) =>
      targets.flatMap(({ quotas }) => quotas.at(-1)?.key ?? []),
    );

    expect(new Set(days).size).toBe(4);
    expect(days).toHaveLength(8);
    expect(fleet.limits.some(({ key }) => key.endsWith("/day"))).toBe(false);
  });

  it("give each of three instances a third, not rounded up", () => {
    const quotas = { tokensPerMinute: 100 };
    const fleet = fleetOf({ instances: 3, models: { sonnet: exampleModel({ quotas }) } });

    expect(fleet.limits[0]?.value).toBeCloseTo(100 / 3, 10);
  });

  it("keep an account on hold at 0", () => {
    const quotas = { tokensPerMinute: 100, overrides: [{ account: "111111111111", tokensPerMinute: 0 }] };

    expect(fleetOf({ models: { sonnet: exampleModel({ quotas }) } }).limits.map(({ value }) => value)).toEqual([
      0, 0, 100, 100,
    ]);
  });

  it("fall back to the fallback where the config gives none, and say so", () => {
    const models = { told: exampleModel(), untold: exampleModel({ servedBy: [{ id: sonnet }], quotas: undefined }) };
    const fleet = fleetOf({ models, fallbackQuota: { tokensPerMinute: 100, requestsPerMinute: 10 }, instances: 2 });

    expect(fleet.limits.filter(({ source }) => source === "config")).toHaveLength(4);
    expect(fleet.limits.filter(({ source }) => source === "fallback").slice(0, 2)).toEqual([
      { key: `111111111111/us-east-1/runtime/${sonnet}/on-demand/tokens/minute`, value: 50, source: "fallback" },
      { key: `111111111111/us-east-1/runtime/${sonnet}/on-demand/requests/minute`, value: 5, source: "fallback" },
    ]);
  });

  it("need to be given by only one of the names that share them", () => {
    const fleet = fleetOf({ models: { silent: exampleModel({ quotas: undefined }), told: exampleModel() } });

    expect(fleet.limits.map(({ source }) => source)).toEqual(["config", "config", "config", "config"]);
  });
});

describe("a fleet is refused when", () => {
  it.each<[string, Partial<ShardrockConfig>, string]>([
    [
      "a target has no limit",
      { models: { sonnet: exampleModel({ quotas: undefined }) } },
      `models.sonnet.quotas: gives no limit for account 111111111111, us-east-1, us.${sonnet}`,
    ],
    [
      "one of many targets has no limit",
      {
        models: { sonnet: exampleModel({ quotas: { overrides: [{ account: "111111111111", tokensPerMinute: 1 }] } }) },
      },
      "gives no limit for account 222222222222, us-west-2",
    ],
    [
      "two names give one quota two limits",
      { models: { a: exampleModel(), b: exampleModel({ quotas: { tokensPerMinute: 7 } }) } },
      `models.b.quotas: gives ${sonnet} (geo) tokensPerMinute 7 in account 111111111111, us-east-1, but models.a gives it 2000000`,
    ],
    [
      "nobody knows how long its answers get",
      { models: { nova: exampleModel({ servedBy: [{ id: "amazon.nova-pro-v1:0" }] }) } },
      "models.nova.maxOutputTokens: is missing, and the catalogue does not know amazon.nova-pro-v1:0",
    ],
    [
      "one name means two models",
      {
        models: {
          mix: exampleModel({ servedBy: [{ id: sonnet }, { id: "amazon.nova-pro-v1:0" }], maxOutputTokens: 9 }),
        },
      },
      "models.mix.servedBy: must be one model: a call goes to whichever has room, got anthropic and nova",
    ],
    [
      "one id is named twice for one place",
      { models: { twice: exampleModel({ servedBy: [{ id: sonnet }, { id: sonnet, regions: ["us-west-2"] }] }) } },
      `models.twice.servedBy: names ${sonnet} twice for account 111111111111, us-west-2`,
    ],
    [
      "two names disagree about where a profile runs",
      {
        models: {
          a: exampleModel(),
          b: exampleModel({ servedBy: [{ id: `us.${sonnet}`, destinations: ["us-east-1"] }] }),
        },
      },
      `models.b.servedBy: says that us.${sonnet} called in us-east-1 may run in us-east-1, but models.a says us-east-1, us-east-2, us-west-2`,
    ],
    [
      "the only account of an ARN lacks its Region",
      {
        accounts: [exampleAccount(1, { regions: ["us-west-2"] }), exampleAccount(2, { regions: ["us-east-1"] })],
        models: {
          m: exampleModel({
            servedBy: [
              { id: `arn:aws:bedrock:us-east-1:111111111111:inference-profile/us.${sonnet}`, destinations: us },
            ],
          }),
        },
      },
      "models.m: has no target: no account it may use has one of its Regions",
    ],
  ])("%s", (_, change, problem) => {
    expect(() => fleetOf(change)).toThrow(problem);
  });

  it("anything is wrong, with everything that is wrong", () => {
    const models = {
      a: exampleModel({ quotas: undefined }),
      b: exampleModel({ servedBy: [{ id: "amazon.nova-pro-v1:0" }] }),
    };

    expect(() => fleetOf({ models })).toThrow(
      /The config has 5 problems:[^]*models\.b\.maxOutputTokens[^]*models\.a\.quotas/,
    );
  });
});

describe("residency at load", () => {
  const servedBy = [
    {
      id: `us.${sonnet}`,
      destinations: { "us-east-1": ["us-east-1", "us-east-2"], "us-west-2": ["us-west-2", "ca-central-1"] },
    },
  ];

  it("takes out what may run outside, keeps the rest, and says why", () => {
    const fleet = fleetOf({ models: { sonnet: exampleModel({ servedBy }) } });

    expect(targetIds(fleet, "sonnet")).toEqual([
      `111111111111/us-east-1/runtime/us.${sonnet}`,
      `222222222222/us-east-1/runtime/us.${sonnet}`,
    ]);
    expect(fleet.refused[0]).toEqual({
      rule: "residency",
      model: "sonnet",
      targetId: `111111111111/us-west-2/runtime/us.${sonnet}`,
      reason: "it may run in ca-central-1, which is not allowed",
    });
    expect(Object.keys(limitsOf(fleet)).some((key) => key.includes("us-west-2"))).toBe(false);
  });

  it.each([
    ["a geography's profile", `us.${sonnet}`],
    ["a global profile", `global.${sonnet}`],
    ["a profile's ARN", `arn:aws:bedrock:us-east-1:111111111111:inference-profile/us.${sonnet}`],
    ["a geography nobody has heard of", `uk.${sonnet}`],
    ["a provider nobody has heard of", "newcomer.model-v1:0"],
    ["an application profile", "arn:aws:bedrock:us-east-1:111111111111:application-inference-profile/abc", sonnet],
    ["a prompt router", "arn:aws:bedrock:us-east-1:111111111111:prompt-router/abc", sonnet],
    ["a prompt", "arn:aws:bedrock:us-east-1:111111111111:prompt/abc:1", sonnet],
  ])("refuses %s without destinations", (_, id, baseModel?: string) => {
    const models = { m: exampleModel({ servedBy: [{ id, baseModel }], maxOutputTokens: 9 }) };

    expect(() => fleetOf({ models })).toThrow(
      /where it may run is unknown. Say where each profile runs in destinations/,
    );
  });

  it("refuses a source Region whose destinations are not in the map", () => {
    const models = {
      m: exampleModel({ servedBy: [{ id: `us.${sonnet}`, destinations: { "us-east-1": ["us-east-1"] } }] }),
    };

    expect(fleetOf({ models }).refused.map(({ reason }) => reason)).toEqual([
      "where it may run is unknown",
      "where it may run is unknown",
    ]);
  });

  it("refuses a source Region that is not allowed, though its destinations are", () => {
    const models = { m: exampleModel({ servedBy: [{ id: `us.${sonnet}`, destinations: ["us-east-1"] }] }) };
    const fleet = fleetOf({ models, residency: { allowedRegions: ["us-east-1"] } });

    expect(fleet.refused.map(({ reason }) => reason)).toEqual(
      Array(2).fill("its source Region us-west-2 is not allowed"),
    );
  });

  it("refuses a model of which nothing is left, naming the Regions outside", () => {
    const models = { m: exampleModel({ servedBy: [{ id: `us.${sonnet}`, destinations: [...us, "ca-central-1"] }] }) };

    expect(() => fleetOf({ models })).toThrow(
      `models.m: has no target that residency.allowedRegions lets run; 111111111111/us-east-1/runtime/us.${sonnet} and 3 more: it may run in ca-central-1, which is not allowed`,
    );
  });

  it("lets anything run anywhere when the config says so", () => {
    const models = { m: exampleModel({ servedBy: [{ id: `global.${sonnet}` }] }) };
    const fleet = fleetOf({ models, residency: { allowedRegions: "anywhere" } });

    expect(fleet.refused).toEqual([]);
    expect(servedModel(fleet, "m").targets[0]?.destinationRegions).toBeUndefined();
  });
});

describe("looking up a model", () => {
  it("finds it by the name callers use", () => {
    expect(servedModel(fleetOf(), "sonnet").name).toBe("sonnet");
  });

  it.each(["sonet", "constructor", "__proto__", "toString"])("refuses %s and lists the names there are", (name) => {
    expect(() => servedModel(fleetOf(), name)).toThrow(
      expect.objectContaining({ code: "model-unknown", message: expect.stringContaining("it has sonnet") }),
    );
  });

  it("suggests the name that was meant", () => {
    expect(() => servedModel(fleetOf(), "sonet")).toThrow('(did you mean "sonnet"?)');
  });
});
