import { describe, expect, it } from "vitest";
import { ShardrockError } from "../../errors.ts";
import { parseConfig } from "./parse.ts";
import { buildFleet } from "../fleet/build-fleet.ts";
import { exampleAccount, exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { broken, brokenAccount, problemsOf } from "../testing/config-problems.test.kit.ts";

const brokenServedBy = (...servedBy: unknown[]): unknown => broken({ models: { m: { ...exampleModel(), servedBy } } });
const brokenQuotas = (quotas: unknown): unknown => broken({ models: { m: { ...exampleModel(), quotas } } });

describe("a config", () => {
  it("needs no more than accounts, models and residency; the rest has defaults", () => {
    const config = parseConfig(exampleConfig());

    expect(config.accounts[0]).toMatchObject({
      sessionName: "shardrock",
      durationSeconds: 3600,
      weight: 1,
      drained: false,
    });
    expect(config.waiting).toEqual({
      maxWaitMs: 30_000,
      maxQueued: 10_000,
      maxQueuedBytes: 268_435_456,
      maxInFlight: 1000,
      ageingMs: 10_000,
    });
    expect(config.timeouts).toEqual({
      connectMs: 5000,
      credentialsMs: 10_000,
      firstEventMs: 120_000,
      idleMs: 60_000,
      totalMs: 900_000,
    });
    expect(config).toMatchObject({ instances: 1, maxAccountShare: 1, windows: { minuteMs: 60_000 }, endpoints: {} });
    expect(config).toMatchObject({
      resources: new Map(),
      errors: { includeProviderMessage: false },
      affinity: { ttlMs: 300_000, maxKeys: 10_000 },
      maxTokens: { unset: "model-maximum", risk: 0.001 },
      tenants: new Map(),
      waiting: { ageingMs: 10_000 },
    });
    expect(config.models.get("sonnet")?.servedBy[0]?.endpoint).toBe("runtime");
  });

  it("may leave an option undefined, as code that builds configs does", () => {
    expect(problemsOf(exampleConfig({ stsRegion: undefined, instances: undefined }))).toEqual([]);
  });

  it("is not changed by being parsed", () => {
    const input = exampleConfig();

    parseConfig(input);

    expect(input).toEqual(exampleConfig());
  });

  it("shows every problem at once, one a line, with path, rule and value", () => {
    const input = broken({
      accounts: [{ ...exampleAccount(1), weight: 0, regoins: [] }],
      instances: 1.5,
      models: { m: exampleModel({ burndown: 0 }) },
    });

    expect(problemsOf(input)).toEqual([
      "accounts[0].weight: must be a number above 0 up to 1000, got 0",
      'accounts[0].regoins: is not an option (did you mean "regions"?)',
      "models.m.burndown: must be a number from 1 up to 100, got 0",
      "instances: must be a whole number from 1 up to 10000, got 1.5",
    ]);
  });

  it("is refused with a code callers can switch on, and problems a program can read", () => {
    const refused = (): unknown => parseConfig(broken({ instances: 0 }));

    expect(refused).toThrow(ShardrockError);
    expect(refused).toThrow(
      expect.objectContaining({ code: "config-invalid", problems: [expect.objectContaining({ path: ["instances"] })] }),
    );
  });

  it.each([
    ["nothing", undefined, "is missing"],
    ["a list", [], "must be a group of options, got a list"],
    ["no account", broken({ accounts: [] }), "accounts: must name at least one account, got a list"],
    ["no model", broken({ models: {} }), "models: must name at least one model"],
    [
      "no residency",
      broken({ residency: undefined }),
      "residency: is missing; it must say where prompts may be processed",
    ],
    [
      "a geography as residency",
      broken({ residency: { allowedRegions: ["eu"] } }),
      'must be a Region such as us-east-1, not the name of a geography, got "eu"',
    ],
    ["a geography without a list", broken({ residency: { allowedRegions: "eu" } }), 'or the word "anywhere", got "eu"'],
    ["an empty list of Regions", broken({ residency: { allowedRegions: [] } }), "at least one"],
    [
      "infinitely many instances",
      broken({ instances: Infinity }),
      "instances: must be a whole number from 1 up to 10000, got Infinity",
    ],
    [
      "no number of instances",
      broken({ instances: NaN }),
      "instances: must be a whole number from 1 up to 10000, got NaN",
    ],
    [
      "affinity for two days",
      broken({ affinity: { ttlMs: 1.8e8 } }),
      "affinity.ttlMs: must be a whole number from 1 up to 86400000, got 180000000",
    ],
    [
      "a tenant that weighs nothing",
      broken({ tenants: { alice: { weight: 0 } } }),
      "tenants.alice.weight: must be a number above 0 up to 1000000, got 0",
    ],
    [
      "more guaranteed than there is",
      broken({ tenants: { alice: { guaranteed: 0.6 }, bob: { guaranteed: 0.6 } } }),
      "tenants: must be guaranteed at most 1 together",
    ],
    [
      "no room for an affinity key",
      broken({ affinity: { maxKeys: 0 } }),
      "affinity.maxKeys: must be a whole number from 1 up to 1000000, got 0",
    ],
    [
      "a risk of cutting that nobody could learn",
      broken({ maxTokens: { unset: "learned", risk: 0.000_1 } }),
      "maxTokens.risk: must be a number from 0.001 up to 0.5, got 0.0001",
    ],
    [
      "a max_tokens for all calls",
      broken({ maxTokens: { unset: 4096 } }),
      'maxTokens.unset: must be "model-maximum" or "learned", got 4096',
    ],
    [
      "a word for a yes",
      broken({ errors: { includeProviderMessage: "yes" } }),
      'errors.includeProviderMessage: must be true or false, got "yes"',
    ],
    [
      "an option of errors nobody knows",
      broken({ errors: { includeProviderMesage: true } }),
      'errors.includeProviderMesage: is not an option (did you mean "includeProviderMessage"?)',
    ],
    [
      "two days of waiting",
      broken({ waiting: { maxWaitMs: 1.8e8 } }),
      "waiting.maxWaitMs: must be a whole number from 0 up to 3600000, got 180000000",
    ],
    [
      "a section without content",
      broken({ timeouts: null }),
      "timeouts: must be a group of options, got nothing (null)",
    ],
    [
      "a model name with a line break",
      broken({ models: { "a\nb": exampleModel() } }),
      'models["a\\nb"]: must be a name',
    ],
    [
      "one account twice",
      broken({ accounts: [exampleAccount(1), exampleAccount(1)] }),
      "accounts[1].id: names account 111111111111 twice",
    ],
    [
      "one Region twice",
      brokenAccount({ regions: ["us-east-1", "us-east-1"] }),
      'accounts[0].regions[1]: names "us-east-1" twice',
    ],
  ])("with %s is refused", (_, input, problem) => {
    expect(problemsOf(input).join("\n")).toContain(problem);
  });

  it.each([
    "us-east-1",
    "us-gov-west-1",
    "ap-southeast-7",
    "mx-central-1",
    "eusc-de-east-1",
    "us-isob-east-1",
    "cn-northwest-1",
  ])("knows %s for a Region without a list of Regions", (region) => {
    expect(problemsOf(broken({ stsRegion: region }))).toEqual([]);
  });

  it.each([
    "us-east",
    "us-east-1a",
    "US-EAST-1",
    "useast1",
    "us_east_1",
    "global",
    "apac",
    "",
    "us-east-1\n",
    "a".repeat(99),
  ])("takes %j for no Region", (region) => {
    expect(problemsOf(broken({ stsRegion: region }))).toHaveLength(1);
  });
});

describe("an account", () => {
  it.each([
    [
      { id: 111111111111 },
      'accounts[0].id: must be 12 digits in quotes; unquoted it is a number, so quote it: "111111111111"',
    ],
    [{ id: 12345678901 }, 'so quote it: "012345678901"'],
    [{ id: "1111" }, 'accounts[0].id: must be 12 digits in quotes, got "1111"'],
    [
      { roleArn: "arn:aws:iam::222222222222:role/x" },
      "accounts[0].roleArn: must be a role in account 111111111111, got one in 222222222222",
    ],
    [{ roleArn: "arn:aws:iam::111111111111:user/x" }, "accounts[0].roleArn: must be a role ARN"],
    [
      { externalId: undefined },
      "accounts[0].externalId: is missing; give the one the role's trust policy demands, or set trust: same-org",
    ],
    [{ trust: "everybody" }, 'accounts[0].trust: must be external-id or same-org, got "everybody"'],
    [{ sessionName: "a b" }, "accounts[0].sessionName: must be 2 to 64 letters"],
    [{ sourceIdentity: "x\r\ny" }, "accounts[0].sourceIdentity: must be 2 to 64 letters"],
    [{ durationSeconds: 899 }, "accounts[0].durationSeconds: must be a whole number from 900 up to 43200, got 899"],
    [{ durationSeconds: 43201 }, "accounts[0].durationSeconds: must be a whole number from 900 up to 43200, got 43201"],
    [{ weight: -1 }, "accounts[0].weight: must be a number above 0 up to 1000, got -1"],
    [{ drained: "yes" }, 'accounts[0].drained: must be true or false, got "yes"'],
    [{ regions: [] }, "accounts[0].regions: must be a list of Regions, at least one, got a list"],
    [{ regions: undefined }, "accounts[0].regions: is missing; it must be a list of Regions"],
    [{ tags: { "aws:x": "y" } }, 'accounts[0].tags["aws:x"]: is not a session tag key'],
    [
      { tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, ""])) },
      "accounts[0].tags: must be at most 50 session tags",
    ],
  ])("with %j is refused", (change, problem) => {
    expect(problemsOf(brokenAccount(change)).join("\n")).toContain(problem);
  });

  it("of the same organization needs no ExternalId", () => {
    expect(problemsOf(brokenAccount({ trust: "same-org", externalId: undefined }))).toEqual([]);
  });
});

describe("what serves a model", () => {
  const arn = (kind: string, account = "111111111111", region = "us-east-1"): string =>
    `arn:aws:bedrock:${region}:${account}:${kind}`;

  it.each([
    [[], "models.m.servedBy: must name at least one id"],
    [[{ id: "claude-sonnet" }], "models.m.servedBy[0].id: must be a model id such as"],
    [
      [{ id: "us.amazon.nova-pro-v1:0", regions: ["us-esat-1"] }],
      'models.m.servedBy[0].regions[0]: speaks of us-esat-1, which is not among us-east-1, us-west-2 (did you mean "us-east-1"?)',
    ],
    [
      [{ id: "us.amazon.nova-pro-v1:0", accounts: ["333333333333"] }],
      "models.m.servedBy[0].accounts[0]: speaks of 333333333333",
    ],
    [
      [{ id: "us.amazon.nova-pro-v1:0", destinations: { "eu-west-1": ["eu-west-1"] } }],
      "models.m.servedBy[0].destinations.eu-west-1: speaks of eu-west-1",
    ],
    [
      [{ id: "us.amazon.nova-pro-v1:0", destinations: { "us-east-1": ["us"] } }],
      "models.m.servedBy[0].destinations.us-east-1[0]: must be a Region",
    ],
    [
      [{ id: "us.amazon.nova-pro-v1:0", destinations: 7 }],
      "models.m.servedBy[0].destinations: must be a list of Regions, or a list for each source Region, got 7",
    ],
    [
      [{ id: "amazon.nova-pro-v1:0", destinations: ["us-east-1"] }],
      "models.m.servedBy[0].destinations: must be left out: a plain model id runs in its source Region",
    ],
    [
      [{ id: "amazon.nova-pro-v1:0", baseModel: "amazon.nova-pro-v1:0" }],
      "models.m.servedBy[0].baseModel: is for ARNs that do not name their model only",
    ],
    [[{ id: arn("application-inference-profile/abc") }], "models.m.servedBy[0].baseModel: is missing"],
    [
      [{ id: arn("application-inference-profile/abc"), baseModel: "abc" }],
      "models.m.servedBy[0].baseModel: must be a model id",
    ],
    [
      [{ id: arn("inference-profile/us.amazon.nova-pro-v1:0", "333333333333") }],
      "models.m.servedBy[0].id: speaks of 333333333333",
    ],
    [
      [{ id: arn("inference-profile/us.amazon.nova-pro-v1:0"), accounts: ["222222222222"] }],
      "models.m.servedBy[0].id: speaks of 111111111111",
    ],
    [
      [{ id: arn("inference-profile/us.amazon.nova-pro-v1:0", "111111111111", "eu-west-1") }],
      "models.m.servedBy[0].id: speaks of eu-west-1",
    ],
    [
      [{ id: arn("guardrail/abc") }],
      "models.m.servedBy[0].id: must be a Bedrock ARN, with its Region, of a foundation model",
    ],
    [
      [{ id: arn("prompt/abc:1") }],
      "models.m.servedBy[0].baseModel: is missing; name the model or profile behind this prompt",
    ],
    [
      [{ id: arn("provisioned-model/abc") }],
      "baseModel: is missing; name the model or profile behind this provisioned model",
    ],
    [
      [{ id: arn("imported-model/abc"), baseModel: "amazon.nova-pro-v1:0", destinations: ["us-east-1"] }],
      "models.m.servedBy[0].destinations: must be left out: this ARN runs in its source Region",
    ],
    [[{ id: "amazon.nova-pro", endpoint: "mantel" }], 'servedBy[0].endpoint: must be runtime or mantle, got "mantel"'],
    [
      [{ id: "us.anthropic.claude-opus-4-8", endpoint: "mantle" }],
      "models.m.servedBy[0].id: must be a plain model id such as anthropic.claude-opus-4-8: mantle has no inference profiles",
    ],
    [
      [{ id: "uk.anthropic.claude-opus-4-8", endpoint: "mantle" }],
      "must be a plain model id such as anthropic.claude-opus-4-8: mantle has no inference profiles",
    ],
    [
      [{ id: "global.openai.gpt-5.6-sol", endpoint: "mantle" }],
      "such as openai.gpt-5.6-sol: mantle has no inference profiles",
    ],
    [
      [{ id: "openai.gpt-oss-120b-1:0", endpoint: "mantle" }],
      "models.m.servedBy[0].id: must be a model id without a version, such as anthropic.claude-opus-4-8: mantle's have none",
    ],
    [
      [{ id: arn("inference-profile/us.amazon.nova-pro-v1:0"), endpoint: "mantle" }],
      "models.m.servedBy[0].id: must be a plain model id such as anthropic.claude-opus-4-8: mantle takes no ARNs",
    ],
    [
      [{ id: "openai.gpt-5.5", endpoint: "mantle", destinations: ["us-east-1"] }],
      "models.m.servedBy[0].destinations: must be left out: mantle runs everything in its source Region",
    ],
    [
      [{ id: "openai.gpt-5.5", endpoint: "mantle", baseModel: "openai.gpt-5.5" }],
      "models.m.servedBy[0].baseModel: must be left out: mantle's ids name their model themselves",
    ],
    [[{ id: "arn:aws:sagemaker:us-east-1:111111111111:endpoint/x" }], "models.m.servedBy[0].id: must be a Bedrock ARN"],
  ])("refuses %j", (servedBy, problem) => {
    expect(problemsOf(brokenServedBy(...servedBy)).join("\n")).toContain(problem);
  });

  it.each([
    [{}, "models.m.quotas: must give tokensPerMinute, requestsPerMinute or both"],
    [{ tokensPerMinute: -1 }, "models.m.quotas.tokensPerMinute: must be a number from 0 up to 1000000000000, got -1"],
    [
      { tokensPerMinute: "2M" },
      'models.m.quotas.tokensPerMinute: must be a number from 0 up to 1000000000000, got "2M"',
    ],
    [
      { tokensPerMinute: 1, overrides: [{ account: "111111111111" }] },
      "models.m.quotas.overrides[0]: must give tokensPerMinute",
    ],
    [
      { tokensPerMinute: 1, inputTokensPerMinute: 1 },
      "models.m.quotas.inputTokensPerMinute: is a quota of mantle, but every id of this model has endpoint: runtime, which counts tokensPerMinute and requestsPerMinute",
    ],
    [
      { tokensPerMinute: 1, overrides: [{ account: "111111111111", outputTokensPerMinute: 1 }] },
      "models.m.quotas.overrides[0].outputTokensPerMinute: is a quota of mantle",
    ],
    [
      { inputTokensPerMinute: 1, overrides: [{ scope: "geo", inputTokensPerMinute: 2 }] },
      'models.m.quotas.overrides[0].scope: must be left out for quotas of mantle, which has no profiles, got "geo"',
    ],
    [
      { outputTokensPerMinute: -1 },
      "models.m.quotas.outputTokensPerMinute: must be a number from 0 up to 1000000000000, got -1",
    ],
    [
      { tokensPerMinute: 1, overrides: [{ tokensPerMinute: 2 }] },
      "models.m.quotas.overrides[0]: must name an account, a region or a scope",
    ],
    [
      { tokensPerMinute: 1, overrides: [{ account: "333333333333", tokensPerMinute: 2 }] },
      "models.m.quotas.overrides[0].account: speaks of 333333333333",
    ],
    [
      { tokensPerMinute: 1, overrides: [{ region: "eu-west-1", tokensPerMinute: 2 }] },
      "models.m.quotas.overrides[0].region: speaks of eu-west-1",
    ],
    [
      {
        tokensPerMinute: 1,
        overrides: [
          { scope: "geo", tokensPerMinute: 2 },
          { scope: "geo", tokensPerMinute: 3 },
        ],
      },
      "models.m.quotas.overrides[1]: repeats the override for every account, every Region, geo",
    ],
  ])("refuses quotas %j", (quotas, problem) => {
    expect(problemsOf(brokenQuotas(quotas)).join("\n")).toContain(problem);
  });
});

describe("problems of every kind", () => {
  it("are told together: shape, references and fleet", () => {
    const problems = problemsOf(
      broken({
        instances: 0,
        residency: { allowedRegions: [] },
        models: { m: exampleModel({ quotas: { overrides: [{ account: "999999999999", tokensPerMinute: 1 }] } }) },
      }),
    );

    expect(problems.slice(0, 4)).toEqual([
      expect.stringContaining("allowedRegions"),
      expect.stringContaining("instances"),
      expect.stringContaining("999999999999"),
      expect.stringContaining("gives no limit"),
    ]);
  });

  it("include a share of requests that is less than one call a minute", () => {
    const models = { m: exampleModel({ quotas: { tokensPerMinute: 1_000_000, requestsPerMinute: 10 } }) };

    expect(() => buildFleet(parseConfig(broken({ models, instances: 20 })))).toThrow(/instances.*at least 1 request/);
  });
});
