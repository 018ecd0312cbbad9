import type { Config } from "@shardrock/core";
import type { CommandContext } from "../command-line/command-context.ts";
import type { CommandInput } from "../command-line/command-input.ts";
import { type ExitCode, exitCodes } from "../command-line/exit-code.ts";
import { UsageError } from "../command-line/usage-error.ts";
import { readConfig } from "../command-line/read-config.ts";
import { accessPlan, type AccessPlan } from "./access-plan.ts";
import type { Artefact } from "./artefact.ts";
import { cloudFormationArtefacts } from "./cloudformation/cloudformation-artefacts.ts";
import { jsonArtefact } from "./json-artefact.ts";
import { terraformArtefacts } from "./terraform/terraform-artefacts.ts";
import { togetherText, writeArtefacts } from "./write-artefacts.ts";

const formats = ["cloudformation", "terraform", "json"] as const;
type Format = (typeof formats)[number];

/** What the command makes, in one format. */
export interface IamOptions {
  readonly format: Format;
  readonly hubRole?: string | undefined;
  readonly unit?: string | undefined;
}

/** `shardrock iam`. */
export async function run(input: CommandInput, context: CommandContext): Promise<ExitCode> {
  const config = await readConfig(input.demanded("config"), context, { asksAws: true });
  const hubRole = checked(input, "hub-role", { rule: hubRoleRule, pattern: hubRolePattern });
  const organization = checked(input, "organization", {
    rule: "an organization such as o-a1b2c3d4e5",
    pattern: /^o-[a-z0-9]{10,32}$/,
  });
  const unit = checked(input, "ou", {
    rule: "an organizational unit such as ou-ab12-cdefgh34, or a root such as r-ab12",
    pattern: unitPattern,
  });
  const permissionsBoundary = checked(input, "permissions-boundary", { rule: boundaryRule, pattern: boundaryPattern });
  const format = input.choice("format", formats) ?? "cloudformation";
  const choices = {
    invokeObserves: !input.flag("invoke-only"),
    mayRequestIncreases: input.flag("request-increases"),
  };
  const plan = accessPlan(config, { hubRole, organization, permissionsBoundary, ...choices });
  const artefacts = artefactsOf(plan, { format, hubRole, unit, config });
  for (const note of plan.notes) await context.note(`note: ${note}`);
  const out = input.text("out");
  if (out === undefined) return print(artefacts, context);
  const paths = await writeArtefacts(artefacts, context.pathOf(out), context.signal);
  const files = artefacts.map(({ path, use }) => ({ path, use }));
  const lines = files.map(({ path, use }) => `${path}: ${use}`);
  await context.print({ json: { files, paths }, text: () => lines.join("\n") });
  return exitCodes.ok;
}

async function print(artefacts: readonly Artefact[], context: CommandContext): Promise<ExitCode> {
  const json = { files: artefacts.map(({ path, use, text }) => ({ path, use, text })) };
  await context.print({ json, text: () => togetherText(artefacts).trimEnd() });
  return exitCodes.ok;
}

function artefactsOf(
  plan: AccessPlan,
  { format, config, hubRole, unit }: IamOptions & { readonly config: Config },
): readonly Artefact[] {
  switch (format) {
    case "cloudformation":
      return cloudFormationArtefacts(plan, { config, hubRole, unit });
    case "terraform":
      return terraformArtefacts(plan, { hubRole, unit });
    case "json":
      return [{ path: "policies.json", text: jsonArtefact(plan), use: "for tools of your own" }];
    default:
      return format satisfies never;
  }
}

const hubRoleRule = "the ARN of a role, such as arn:aws:iam::999999999999:role/app";
const hubRolePattern = /^arn:aws[a-z-]{0,16}:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;
const unitPattern = /^(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$/;
const boundaryRule = "the name of a policy, with its path and without an ARN";
const boundaryPattern = /^[\w+=,.@/-]{1,512}$/;

function checked(
  input: CommandInput,
  name: string,
  { rule, pattern }: { readonly rule: string; readonly pattern: RegExp },
): string | undefined {
  const text = input.text(name);
  if (text === undefined || pattern.test(text)) return text;
  throw new UsageError(`--${name} must be ${rule}, got ${JSON.stringify(text.slice(0, 80))}`);
}
