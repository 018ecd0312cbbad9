import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ShardrockConfig } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { type CliFolder, cliFolder } from "../iam/cli-run.ts";
import { allows, checksOf, type JudgedPolicy } from "../iam/policy-judge.ts";
import { hasPythonModule, here, run } from "./foreign-program.ts";
import { startMoto } from "./moto-server.ts";

const hubRole = "arn:aws:iam::999999999999:role/app";
const sonnet = "anthropic.claude-sonnet-4-6";
const us = ["us-east-1", "us-east-2", "us-west-2"];
/** moto takes every caller for this account. */
const accountId = "123456789012";

const config: ShardrockConfig = {
  role: { name: "shardrock", externalId: "an-external-id" },
  accounts: [
    { id: accountId, tags: { team: "a" }, sourceIdentity: "gateway" },
    { id: "222222222222", trust: "same-org" },
    { id: "333333333333", externalId: "another-external-id", regions: ["us-east-1"] },
  ],
  models: {
    sonnet: {
      servedBy: [
        { id: `us.${sonnet}`, destinations: us },
        { id: `global.${sonnet}`, destinations: us },
      ],
      quotas: { tokensPerMinute: 1_000_000 },
    },
    opus: { model: "anthropic.claude-opus-4-8", maxOutputTokens: 64_000 },
  },
  resources: { guard: [{ account: accountId, id: "abcdef123456" }] },
  residency: { allowedRegions: us },
};

async function made(folder: CliFolder, format: string): Promise<readonly string[]> {
  const argv = [
    "--request-increases",
    "--hub-role",
    hubRole,
    "--organization",
    "o-a1b2c3d4e5",
    "--ou",
    "ou-ab12-cdefgh34",
    "--out",
    "made",
  ];
  const { exitCode, stdout } = await folder.run(["iam", "-c", "router.json", "-f", format, ...argv, "--json"], config);
  expect(exitCode).toBe(0);
  const { paths } = JSON.parse(stdout) as { paths: readonly string[] };
  return paths;
}

/** Whether a program is installed; tests that need it are skipped, and named, where it is not. */
const has = (program: string): boolean => spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;

describe.skipIf(!has("cfn-lint"))("cfn-lint, AWS's judge of templates", () => {
  it("finds nothing wrong with any template", async () => {
    using folder = cliFolder();

    const paths = await made(folder, "cloudformation");

    expect(paths.length).toBe(6);
    expect(await run("cfn-lint", ["--", ...paths])).toBe("");
  }, 120_000);
});

describe.skipIf(!hasPythonModule("moto.server") || !hasPythonModule("boto3"))(
  "moto, somebody else's CloudFormation and IAM",
  () => {
    it("makes of the templates roles that let the hub in and call what the config serves", async () => {
      using folder = cliFolder();
      using moto = await startMoto();
      await made(folder, "cloudformation");

      const [roles, hub] = ["roles.yaml", "hub.yaml"].map((name) => join(folder.path, "made", name));
      const printed = await run("python3", [join(here, "deploy_stacks.py"), moto.url, roles ?? "", hub ?? ""]);

      const deployed = JSON.parse(printed) as Record<"invoke" | "observe" | "hub", readonly JudgedPolicy[]> & {
        readonly outputs: object;
        readonly trust: object;
      };
      const call = { accountId, region: "us-east-1", modelId: `us.${sonnet}`, baseModelId: sonnet };
      const passes = (runsIn: string): boolean =>
        checksOf({ ...call, runsIn }).every((check) => allows(deployed.invoke, check));
      expect([passes("us-west-2"), passes("eu-west-1")]).toEqual([true, false]);
      expect(deployed.outputs).toEqual({
        InvokeRoleArn: `arn:aws:iam::${accountId}:role/shardrock`,
        ObserveRoleArn: `arn:aws:iam::${accountId}:role/shardrock-observe`,
      });
      expect(JSON.stringify(deployed.trust)).toContain('"sts:ExternalId": "an-external-id"'.replace(": ", ":"));
      expect(deployed.hub[0]?.Statement[0]?.Resource).toContain(`arn:aws:iam::${accountId}:role/shardrock`);
      expect(deployed.observe).toHaveLength(2);
    }, 120_000);
  },
);

/** Where a provider may lie that needs no registry. */
const pluginFolders = [process.env["TF_PLUGIN_CACHE_DIR"], "/usr/local/share/terraform/plugins", "/opt/tf-plugins"];
const plugins = pluginFolders.find(
  (folder) => folder !== undefined && existsSync(join(folder, "registry.terraform.io/hashicorp/aws")),
);

describe.skipIf(!has("terraform"))("terraform", () => {
  const quiet = { CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", TF_CLI_CONFIG_FILE: "/dev/null" };

  it("lays the modules out in no other way", async () => {
    using folder = cliFolder();
    await made(folder, "terraform");

    expect(await run("terraform", ["fmt", "-check", "-recursive", join(folder.path, "made")], quiet)).toBe("");
  }, 60_000);

  it.skipIf(plugins === undefined)(
    "finds every module valid, by AWS's provider",
    async () => {
      using folder = cliFolder();
      await made(folder, "terraform");

      // One root for all of them: AWS's provider takes its time to start.
      const calls = readdirSync(join(folder.path, "made")).map((name) => {
        const text = readFileSync(join(folder.path, "made", name, "main.tf"), "utf8");
        const externalId = text.includes('variable "external_id"') ? '  external_id = "an-external-id"\n' : "";
        return `module "${name}" {\n  source = "./made/${name}"\n${externalId}}\n`;
      });
      folder.write("main.tf", calls.join("\n"));
      const at = `-chdir=${folder.path}`;

      await run("terraform", [at, "init", "-backend=false", `-plugin-dir=${plugins ?? ""}`], quiet);

      expect(calls).toHaveLength(5);
      expect(await run("terraform", [at, "validate", "-no-color"], quiet)).toContain("The configuration is valid");
    },
    180_000,
  );
});
