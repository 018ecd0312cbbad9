import type { RolePlan } from "../access-plan.ts";
import { type AccountGroup, ownAccount } from "../account-groups.ts";
import { type AttachedPolicy, attachedPolicies } from "../attached-policies.ts";
import { placeholders } from "../placeholders.ts";
import type { PolicyDocument } from "../policy.ts";
import { attribute, block, document, type Entry, quoted } from "./blocks.ts";

/** The roles of an account, for each account of a group. The ExternalId is a variable Terraform does not show. */
export function rolesModule(group: AccountGroup, hubRole: string | undefined): readonly Entry[] {
  const { plan } = group;
  const policies = attachedPolicies(plan);
  return [
    ...variables(plan.needsExternalId, hubRole),
    block(`data "aws_caller_identity" "current"`, []),
    block("locals", [attribute("account_id", "data.aws_caller_identity.current.account_id")]),
    ...policies.map(managedPolicy),
    role("invoke", { role: plan.invoke, group }),
    role("observe", { role: plan.observe, group }),
    ...policies.flatMap(({ name, roles }) => roles.map((role) => attachment(role, name))),
    block(`output "invoke_role_arn"`, [attribute("value", "aws_iam_role.invoke.arn")]),
    block(`output "observe_role_arn"`, [attribute("value", "aws_iam_role.observe.arn")]),
  ];
}

function variables(needsExternalId: boolean, hubRole: string | undefined): readonly Entry[] {
  const hub = block(`variable "hub_role_arn"`, [
    attribute("type", "string"),
    attribute("description", quoted("Role of the service that may assume these roles")),
  ]);
  const externalId = block(`variable "external_id"`, [
    attribute("type", "string"),
    attribute("description", quoted("As the router's config has it for this account")),
    attribute("sensitive", "true"),
  ]);
  return [...(hubRole === undefined ? [hub] : []), ...(needsExternalId ? [externalId] : [])];
}

function managedPolicy({ name, document: policy }: AttachedPolicy): Entry {
  return block(`resource "aws_iam_policy" "${name.replace("-", "_")}"`, [
    attribute("name_prefix", quoted(`shardrock-${name}-`)),
    document("policy", deployed(policy)),
  ]);
}

/** A copy in which what only the place of deployment knows is a reference. */
function deployed(policy: PolicyDocument): unknown {
  const text = JSON.stringify(policy)
    .replaceAll(ownAccount, "${local.account_id}")
    .replaceAll(placeholders.hubRole, "${var.hub_role_arn}")
    .replaceAll(placeholders.externalId, "${var.external_id}");
  return JSON.parse(text);
}

function role(name: string, { role, group }: { readonly role: RolePlan; readonly group: AccountGroup }): Entry {
  const { permissionsBoundary: boundary } = group.plan;
  const accounts = `[${group.accountIds.map(quoted).join(", ")}]`;
  return block(`resource "aws_iam_role" "${name}"`, [
    attribute("name", quoted(role.name)),
    attribute("path", quoted(role.path)),
    attribute("max_session_duration", String(role.maxSessionSeconds)),
    ...(boundary === undefined
      ? []
      : [
          attribute(
            "permissions_boundary",
            quoted(`arn:${partitionOf(role.arn)}:iam::\${local.account_id}:policy/${boundary}`),
          ),
        ]),
    document("assume_role_policy", deployed(role.trust)),
    block("lifecycle", [
      block("precondition", [
        attribute("condition", `contains(${accounts}, local.account_id)`),
        attribute("error_message", quoted("This module was made for other accounts of the router's config.")),
      ]),
    ]),
  ]);
}

function partitionOf(arn: string): string {
  return arn.split(":", 2)[1] ?? "aws";
}

function attachment(role: string, policy: string): Entry {
  const name = policy.replace("-", "_");
  return block(`resource "aws_iam_role_policy_attachment" "${role}_${name}"`, [
    attribute("role", `aws_iam_role.${role}.name`),
    attribute("policy_arn", `aws_iam_policy.${name}.arn`),
  ]);
}
