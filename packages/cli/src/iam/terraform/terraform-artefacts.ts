import type { AccessPlan } from "../access-plan.ts";
import { accountGroups } from "../account-groups.ts";
import type { Artefact } from "../artefact.ts";
import type { PolicyDocument } from "../policy.ts";
import { attribute, block, document, type Entry, quoted, terraformText } from "./blocks.ts";
import { rolesModule } from "./roles-module.ts";

export interface TerraformOptions {
  readonly hubRole?: string | undefined;
  /** What the service control policy is attached to. */
  readonly unit?: string | undefined;
}

/** A plan as Terraform modules, each for accounts of its own. */
export function terraformArtefacts(plan: AccessPlan, { hubRole, unit }: TerraformOptions): readonly Artefact[] {
  const roles = accountGroups(plan).map((group): Artefact => ({
    path: `${group.name}/main.tf`,
    text: terraformText([providers(), ...rolesModule(group, hubRole)]),
    use: `apply once in each of ${group.accountIds.join(", ")}: one workspace or provider for each`,
  }));
  const { hub, residency } = plan;
  return [
    ...roles,
    {
      path: "hub/main.tf",
      text: terraformText([providers(), ...hubModule(hub, hubRole)]),
      use: "apply in the account of the hub's role",
    },
    ...(residency === undefined
      ? []
      : [
          {
            path: "residency/main.tf",
            text: terraformText([providers(), ...residencyModule(residency, unit)]),
            use: "apply in the organization's management account",
          },
        ]),
  ];
}

function providers(): Entry {
  return block("terraform", [
    attribute("required_version", quoted(">= 1.3")),
    block("required_providers", [attribute("aws", `{ source = "hashicorp/aws", version = ">= 5.0" }`)]),
  ]);
}

function hubModule(policies: readonly PolicyDocument[], hubRole: string | undefined): readonly Entry[] {
  const name = hubRole?.slice(hubRole.lastIndexOf("/") + 1);
  return [
    block(`variable "hub_role_name"`, [
      attribute("type", "string"),
      attribute("description", quoted("Name of the role the service runs under, without its path")),
      ...(name === undefined ? [] : [attribute("default", quoted(name))]),
    ]),
    ...policies.flatMap((policy, index) => [
      block(`resource "aws_iam_policy" "hub_${index + 1}"`, [
        attribute("name_prefix", quoted("shardrock-hub-")),
        attribute("description", quoted("Shardrock assumes its roles with it")),
        document("policy", policy),
      ]),
      block(`resource "aws_iam_role_policy_attachment" "hub_${index + 1}"`, [
        attribute("role", "var.hub_role_name"),
        attribute("policy_arn", `aws_iam_policy.hub_${index + 1}.arn`),
      ]),
    ]),
  ];
}

function residencyModule(policy: PolicyDocument, unit: string | undefined): readonly Entry[] {
  return [
    block(`variable "target_id"`, [
      attribute("type", "string"),
      attribute("description", quoted("Organizational unit, account or root the policy is attached to")),
      ...(unit === undefined ? [] : [attribute("default", quoted(unit))]),
    ]),
    block(`resource "aws_organizations_policy" "residency"`, [
      attribute("name", quoted("shardrock-residency")),
      attribute("type", quoted("SERVICE_CONTROL_POLICY")),
      attribute("description", quoted("Prompts are processed in allowed Regions only")),
      attribute("content", "jsonencode(jsondecode(local.residency))"),
    ]),
    block(`resource "aws_organizations_policy_attachment" "residency"`, [
      attribute("policy_id", "aws_organizations_policy.residency.id"),
      attribute("target_id", "var.target_id"),
    ]),
    // Organizations counts white space, so it is taken out above.
    block("locals", [document("residency", policy)]),
  ];
}
