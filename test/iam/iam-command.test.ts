import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ShardrockConfig } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { type CliFolder, cliFolder } from "./cli-run.ts";
import { allows, checksOf, denies, type JudgedPolicy } from "./policy-judge.ts";

const [one, two, three] = ["111111111111", "222222222222", "333333333333"] as const;
const hubRole = "arn:aws:iam::999999999999:role/app";
const sonnet = "anthropic.claude-sonnet-4-6";
const us = ["us-east-1", "us-east-2", "us-west-2"];

function config(change: Partial<ShardrockConfig> = {}): ShardrockConfig {
  return {
    role: { name: "platform/shardrock", externalId: "an-external-id" },
    accounts: [{ id: one }, { id: two }],
    models: {
      sonnet: { servedBy: [{ id: `us.${sonnet}`, destinations: us }], quotas: { tokensPerMinute: 1_000_000 } },
    },
    residency: { allowedRegions: us },
    ...change,
  };
}

function served(...servedBy: NonNullable<ShardrockConfig["models"][string]["servedBy"]>): Partial<ShardrockConfig> {
  return { models: { sonnet: { servedBy, quotas: { tokensPerMinute: 1_000_000 } } } };
}

interface Role {
  readonly arn: string;
  readonly trust: { readonly Statement: readonly Record<string, unknown>[] };
  readonly policies: readonly JudgedPolicy[];
}
interface Policies {
  readonly accounts: Readonly<Record<string, { readonly invoke: Role; readonly observe: Role }>>;
  readonly hub: readonly JudgedPolicy[];
  readonly residency?: JudgedPolicy;
}

async function policies(input: ShardrockConfig, ...options: readonly string[]): Promise<Policies> {
  using folder = cliFolder();
  const argv = ["iam", "-c", "router.json", "-f", "json", "--hub-role", hubRole, ...options];
  const { exitCode, stdout, stderr } = await folder.run(argv, input);
  expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
  return JSON.parse(stdout) as Policies;
}

const invoke = (all: Policies, account: string = one) => all.accounts[account]?.invoke.policies ?? [];
const sids = (all: readonly JudgedPolicy[]) => all.flatMap(({ Statement }) => Statement.map(({ Sid }) => Sid));

describe("the role that calls models", () => {
  it("allows a model behind a profile through that profile only", async () => {
    const all = await policies(config());
    const call = { accountId: one, region: "us-east-1", baseModelId: sonnet };

    const through = checksOf({ ...call, modelId: `us.${sonnet}`, runsIn: "us-west-2" });
    const directly = checksOf({ ...call, modelId: sonnet });

    expect(through.map((check) => allows(invoke(all), check))).toEqual([true, true, true]);
    expect(directly.map((check) => allows(invoke(all), check))).toEqual([false]);
  });

  it("allows an application profile, and its model through it in its destinations", async () => {
    const arn = `arn:aws:bedrock:us-east-1:${one}:application-inference-profile/abc123`;
    const entry = { id: arn, baseModel: `us.${sonnet}`, destinations: ["us-east-1", "us-east-2"] };
    const all = await policies(config(served(entry, { id: sonnet, accounts: [two] })));
    const call = { accountId: one, region: "us-east-1", modelId: arn, baseModelId: sonnet };

    const results = ["us-east-2", "us-west-2"].map((runsIn) =>
      checksOf({ ...call, runsIn }).every((check) => allows(invoke(all), check)),
    );

    expect(results).toEqual([true, false]);
    expect(JSON.stringify(invoke(all, two))).not.toContain("abc123");
  });

  it("allows a model of one's own by its ARN", async () => {
    const arn = `arn:aws:bedrock:us-east-1:${one}:provisioned-model/xyz`;
    const all = await policies(config(served({ id: arn, baseModel: sonnet }, { id: sonnet, accounts: [two] })));
    const check = { action: "bedrock:InvokeModel", resource: arn, context: { "aws:RequestedRegion": "us-east-1" } };

    expect(allows(invoke(all), check)).toBe(true);
  });

  it("applies the guardrails that the config names, and has no such permission when it names none", async () => {
    const guard = `arn:aws:bedrock:us-east-1:${one}:guardrail/abcdef123456`;
    const named = await policies(
      config({ resources: { guard: [{ account: one, region: "us-east-1", id: "abcdef123456" }] } }),
    );
    const check = { action: "bedrock:ApplyGuardrail", resource: guard, context: {} };

    expect(allows(invoke(named), check)).toBe(true);
    expect(allows(invoke(named), { ...check, resource: guard.replace("us-east-1", "us-west-2") })).toBe(false);
    expect(sids(invoke(named, two))).not.toContain("ApplyGuardrails");
  });

  it("counts tokens where it calls, and makes no API keys", async () => {
    const all = await policies(config());
    const at = (region: string) => `arn:aws:bedrock:${region}::foundation-model/${sonnet}`;
    const count = { action: "bedrock:CountTokens", resource: at("us-east-1"), context: {} };

    expect(allows(invoke(all), count)).toBe(true);
    expect(allows(invoke(all), { ...count, resource: at("eu-west-1") })).toBe(false);
    expect(sids(invoke(all))).toContain("RefuseApiKeys");
  });

  it("reads quotas as serviceQuotas() does with it, unless the router goes without", async () => {
    expect(sids(invoke(await policies(config())))).toContain("ReadQuotasAndUse");
    expect(sids(invoke(await policies(config(), "--invoke-only")))).not.toContain("ReadQuotasAndUse");
  });

  it("is parted into policies no longer than AWS takes", async () => {
    const models = Array.from({ length: 30 }, (_, number) => `anthropic.claude-made-up-${number}-20260101-v1:0`);
    const all = await policies(
      config({
        models: Object.fromEntries(
          models.map((id, number) => [
            `m${number}`,
            { servedBy: [{ id: `us.${id}`, destinations: us }], quotas: { tokensPerMinute: 1 }, maxOutputTokens: 9 },
          ]),
        ),
      }),
    );

    expect(invoke(all).length).toBeGreaterThan(3);
    expect(invoke(all).filter((policy) => JSON.stringify(policy).length > 6_144)).toEqual([]);
    for (const baseModelId of models) {
      const checks = checksOf({
        accountId: one,
        region: "us-west-2",
        modelId: `us.${baseModelId}`,
        baseModelId,
        runsIn: "us-east-2",
      });
      expect(checks.every((check) => allows(invoke(all), check))).toBe(true);
    }
  });
});

describe("the role that only looks", () => {
  it("can call nothing, and change nothing", async () => {
    const { accounts } = await policies(config());
    const actions =
      accounts[one]?.observe.policies.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action)) ?? [];

    expect(actions.length).toBeGreaterThan(4);
    expect(actions.filter((action) => !/:(Get|List)[A-Z]/.test(action))).toEqual([]);
  });
});

describe("the role that only looks, told to ask for more", () => {
  it("may request quotas, and the role that calls models may not", async () => {
    const { accounts } = await policies(config(), "--request-increases");

    expect(sids(accounts[one]?.observe.policies ?? [])).toContain("AskForQuotas");
    expect(sids(accounts[one]?.invoke.policies ?? [])).not.toContain("AskForQuotas");
  });
});

describe("the trust of a role", () => {
  const trustOf = async (change: Partial<ShardrockConfig["accounts"][number]>, ...options: string[]) => {
    const { accounts } = await policies(config({ accounts: [{ id: one, ...change }, { id: two }] }), ...options);
    return accounts[one]?.invoke.trust.Statement ?? [];
  };

  it("lets the hub's role in alone, with the ExternalId, of the organization, under the session's name", async () => {
    expect(await trustOf({ sessionName: "gateway" }, "--organization", "o-a1b2c3d4e5")).toEqual([
      {
        Sid: "AssumeByHub",
        Effect: "Allow",
        Principal: { AWS: hubRole },
        Action: ["sts:AssumeRole"],
        Condition: {
          StringEquals: {
            "aws:PrincipalOrgID": "o-a1b2c3d4e5",
            "sts:ExternalId": "${ExternalId}",
            "sts:RoleSessionName": "gateway",
          },
        },
      },
    ]);
  });

  it("asks for no ExternalId where the config has none", async () => {
    expect(JSON.stringify(await trustOf({ trust: "same-org" }))).not.toContain("ExternalId");
  });

  it("lets sources be named and sessions be tagged only where the config does, and only so", async () => {
    const [, source, tags] = await trustOf({ sourceIdentity: "gateway", tags: { team: "a", cost: "b" } });

    expect(source).toMatchObject({
      Action: ["sts:SetSourceIdentity"],
      Condition: { StringEquals: { "sts:SourceIdentity": "gateway" } },
    });
    expect(tags).toMatchObject({
      Action: ["sts:TagSession"],
      Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": ["cost", "team"] } },
    });
  });
});

describe("the policy of the hub", () => {
  it("is exactly the roles that were made", async () => {
    const { hub } = await policies(config({ accounts: [{ id: one, tags: { team: "a" } }, { id: two }] }));

    const roles = (id: string) => ["", "-observe"].map((end) => `arn:aws:iam::${id}:role/platform/shardrock${end}`);
    expect(hub.flatMap(({ Statement }) => Statement)).toMatchObject([
      { Action: ["sts:AssumeRole"], Resource: [...roles(one), ...roles(two)] },
      { Action: ["sts:TagSession"], Resource: roles(one) },
    ]);
  });

  it("is as many policies as AWS demands for hundreds of accounts", async () => {
    const accounts = Array.from({ length: 150 }, (_, number) => ({ id: String(100_000_000_000 + number) }));
    const { hub } = await policies(config({ accounts }));

    expect(hub.filter((policy) => JSON.stringify(policy).length > 6_144)).toEqual([]);
    expect(new Set(hub.flatMap(({ Statement }) => Statement.flatMap(({ Resource }) => Resource))).size).toBe(300);
  });
});

describe("the organization's policy", () => {
  const global = `global.${sonnet}`;
  const inNoRegion = (profile: string) => ({
    action: "bedrock:InvokeModel",
    resource: `arn:aws:bedrock:::foundation-model/${sonnet}`,
    context: {
      "aws:RequestedRegion": "unspecified",
      "bedrock:InferenceProfileArn": `arn:aws:bedrock:us-east-1:${one}:inference-profile/${profile}`,
    },
  });

  it("denies global profiles, which ask in no Region, where the config serves none", async () => {
    const { residency } = await policies(config());

    expect(residency && denies(residency, inNoRegion(global))).toBe(true);
  });

  it("lets a global profile pass whose destinations the config names, and no other one", async () => {
    const { residency } = await policies(config(served({ id: global, destinations: us })));

    expect(residency && denies(residency, inNoRegion(global))).toBe(false);
    expect(residency && denies(residency, inNoRegion("global.anthropic.claude-opus-4-8"))).toBe(true);
  });

  it("denies a Region outside for everything that processes a prompt, and nothing else", async () => {
    const { residency } = await policies(config());
    const inRegion = (action: string, region: string) => ({
      action,
      resource: "*",
      context: { "aws:RequestedRegion": region },
    });
    const denied = (action: string, region: string) => residency && denies(residency, inRegion(action, region));

    expect(
      ["bedrock:InvokeModelWithResponseStream", "bedrock:CountTokens", "bedrock-mantle:CreateInference"].map((action) =>
        denied(action, "eu-west-1"),
      ),
    ).toEqual([true, true, true]);
    expect([denied("bedrock:InvokeModel", "us-east-2"), denied("bedrock:ListInferenceProfiles", "eu-west-1")]).toEqual([
      false,
      false,
    ]);
  });

  it("is not there where residency is anywhere, which is said", async () => {
    using folder = cliFolder();
    const anywhere = config({ residency: { allowedRegions: "anywhere" }, accounts: [{ id: one, regions: us }] });
    const { stdout, stderr } = await folder.run(["iam", "-c", "router.json", "-f", "json"], anywhere);

    expect(JSON.parse(stdout)).not.toHaveProperty("residency");
    expect(stderr).toContain("residency is anywhere, so there is no service control policy");
  });
});

describe("a model that names no ids", () => {
  it("may be called by any system profile of its own in the Regions of residency, and is told of", async () => {
    const found = { models: { sonnet: { model: sonnet } } };
    const all = await policies(config(found));
    const call = { accountId: one, region: "us-east-1", baseModelId: sonnet };
    const passes = (modelId: string, runsIn?: string) =>
      checksOf({ ...call, modelId, runsIn }).every((check) => allows(invoke(all), check));

    expect([passes(sonnet), passes(`us.${sonnet}`, "us-west-2")]).toEqual([true, true]);
    expect([passes(`us.${sonnet}`, "us-west-1"), passes(`global.${sonnet}`)]).toEqual([false, false]);

    using folder = cliFolder();
    const { stderr } = await folder.run(["iam", "-c", "router.json", "-f", "json"], config(found));
    expect(stderr).toContain("note: models.sonnet names no ids");
  });
});

describe("what is written", () => {
  const secrets = ["an-external-id", "another-external-id"];
  const apart = config({
    accounts: [{ id: one }, { id: two }, { id: three, externalId: "another-external-id", regions: ["us-east-1"] }],
  });
  const argv = (format: string, out: string) =>
    ["iam", "-c", "router.json", "-f", format, "--organization", "o-a1b2c3d4e5", "--ou", "ou-ab12-cdefgh34"].concat([
      "--permissions-boundary",
      "platform/limit",
      "--out",
      out,
    ]);
  async function written(folder: CliFolder, format: string): Promise<ReadonlyMap<string, string>> {
    const { stdout, exitCode } = await folder.run([...argv(format, "made"), "--json"], apart);
    expect(exitCode).toBe(0);
    const { files } = JSON.parse(stdout) as { files: readonly { path: string }[] };
    return new Map(files.map(({ path }) => [path, readFileSync(join(folder.path, "made", path), "utf8")]));
  }

  it.each(["cloudformation", "terraform", "json"])(
    "as %s is the same bytes each time, and holds no ExternalId",
    async (format) => {
      using folder = cliFolder();
      using again = cliFolder();

      const files = await written(folder, format);

      expect(await written(again, format)).toEqual(files);
      const texts = [...files.values()].join();
      expect(secrets.filter((secret) => texts.includes(secret))).toEqual([]);
    },
  );

  it("is one template for the accounts that differ in nothing but their id", async () => {
    using folder = cliFolder();

    const files = await written(folder, "cloudformation");

    expect([...files.keys()]).toEqual(["roles.yaml", "roles-2.yaml", "stack-set.yaml", "hub.yaml", "residency.yaml"]);
    expect(files.get("roles.yaml")).toMatchSnapshot("roles.yaml");
    expect(files.get("hub.yaml")).toMatchSnapshot("hub.yaml");
    expect(files.get("residency.yaml")).toMatchSnapshot("residency.yaml");
  });

  it("is a module for each kind of account in Terraform", async () => {
    using folder = cliFolder();

    const files = await written(folder, "terraform");

    expect([...files.keys()]).toEqual(["roles/main.tf", "roles-2/main.tf", "hub/main.tf", "residency/main.tf"]);
    expect(files.get("roles-2/main.tf")).toMatchSnapshot("roles-2/main.tf");
  });

  it("rolls each kind of account out with its own ExternalId, and follows the unit only where one template fits all", async () => {
    using folder = cliFolder();
    const mixed = (await written(folder, "cloudformation")).get("stack-set.yaml") ?? "";
    await folder.run(argv("cloudformation", "one"), config());
    const single = readFileSync(join(folder.path, "one", "stack-set.yaml"), "utf8");

    expect(mixed).toContain("AccountFilterType: INTERSECTION");
    expect(mixed).toContain("Ref: ExternalId333333333333");
    expect(mixed).not.toContain("RetainStacksOnAccountRemoval");
    expect(single).not.toContain("INTERSECTION");
    expect(single).toContain("RetainStacksOnAccountRemoval: false");
  });

  it("goes to stdout, each file under its name, unless told where", async () => {
    using folder = cliFolder();

    const { stdout } = await folder.run(["iam", "-c", "router.json"], config());

    expect(stdout).toMatch(/^# roles\.yaml: deploy in one Region of 111111111111, 222222222222/);
    expect(stdout).toContain("\n---\n# hub.yaml: ");
  });

  it("is nothing at all when it is broken off", async () => {
    using folder = cliFolder();
    const aborted = AbortSignal.abort();

    const { exitCode } = await folder.run(argv("json", "policies.json"), apart, aborted);

    expect(exitCode).toBe(130);
    expect(() => readFileSync(join(folder.path, "policies.json"))).toThrow("ENOENT");
  });
});

describe("a mistyped option", () => {
  it.each([
    ["--hub-role", "arn:aws:iam::999999999999:user/me", "--hub-role must be the ARN of a role"],
    ["--organization", "acme", "--organization must be an organization such as o-a1b2c3d4e5"],
    ["--ou", "acme", "--ou must be an organizational unit such as ou-ab12-cdefgh34"],
    ["--permissions-boundary", "arn:aws:iam::1:policy/x", "--permissions-boundary must be the name of a policy"],
    ["--format", "yaml", "Allowed choices are cloudformation, terraform, json"],
  ])("%s %s is told with its rule, and ends with 2", async (option, value, told) => {
    using folder = cliFolder();

    const { exitCode, stderr } = await folder.run(["iam", "-c", "router.json", option, value], config());

    expect(exitCode).toBe(2);
    expect(stderr).toContain(told);
  });
});
