import { type Config, ShardrockError } from "@shardrock/core";
import type { AccessPlan } from "../access-plan.ts";
import { type AccountGroup, accountGroups } from "../account-groups.ts";
import type { Artefact } from "../artefact.ts";
import { grouped } from "../../grouped.ts";
import { hubTemplate, residencyTemplate } from "./policy-templates.ts";
import { rolesTemplate } from "./roles-template.ts";
import { type StackedGroup, stackSetTemplate } from "./stack-set-template.ts";
import { type Part, templateText } from "./template.ts";

export interface CloudFormationOptions {
  readonly config: Config;
  readonly hubRole?: string | undefined;
  /** `ou-…` or `r-…`: for a StackSet, and for what the service control policy is attached to. */
  readonly unit?: string | undefined;
}

/** Longest template in a request, in bytes. Source: CloudFormation User Guide, "Understand CloudFormation quotas" (read 2026-11-23). */
const longestTemplate = 51_200;
/** Of one template; one is the hub's role. Source: as above. */
const mostParameters = 200;

/** A plan as CloudFormation templates. */
export function cloudFormationArtefacts(plan: AccessPlan, options: CloudFormationOptions): readonly Artefact[] {
  const { config, hubRole, unit } = options;
  const groups = accountGroups(plan);
  const roles = groups.map(({ name, plan, accountIds }): Artefact => ({
    path: `${name}.yaml`,
    text: templateText(rolesTemplate(plan, { hubRole })),
    use: `deploy in one Region of ${accountIds.join(", ")}, with CAPABILITY_NAMED_IAM`,
  }));
  const { hub, residency } = plan;
  return [
    ...roles,
    ...(unit === undefined ? [] : [stackSet(groups, { config, hubRole, unit })]),
    { path: "hub.yaml", text: templateText(hubTemplate(hub, hubRole)), use: "deploy in the account of the hub's role" },
    ...(residency === undefined ? [] : [organizationPolicy(residencyTemplate(residency, unit))]),
  ];
}

function organizationPolicy(template: Part): Artefact {
  return {
    path: "residency.yaml",
    text: templateText(template),
    use: "deploy in the organization's management account",
  };
}

function stackSet(
  groups: readonly AccountGroup[],
  { config, hubRole, unit }: CloudFormationOptions & { readonly unit: string },
): Artefact {
  const stacked = groups.map((group): StackedGroup => ({
    ...group,
    templateBody: JSON.stringify(rolesTemplate(group.plan, { hubRole })),
    externalIds: group.plan.needsExternalId ? alike(group.accountIds, config) : [],
  }));
  const long = stacked.find(({ templateBody }) => templateBody.length > longestTemplate);
  if (long !== undefined) {
    throw new ShardrockError(
      "config-invalid",
      `${long.name} takes ${long.templateBody.length} characters as a template, a StackSet takes ${longestTemplate}: serve fewer models, or deploy ${long.name}.yaml from S3`,
    );
  }
  const externalIds = stacked.reduce((sum, group) => sum + group.externalIds.length, 0);
  if (externalIds >= mostParameters) {
    throw new ShardrockError(
      "config-invalid",
      `a StackSet would need ${externalIds} ExternalIds as parameters, a template takes ${mostParameters}: give accounts one with role: { externalId }, or leave --ou out`,
    );
  }
  const region = config.stsRegion ?? config.accounts[0]?.regions[0] ?? "us-east-1";
  const text = templateText(stackSetTemplate(stacked, { unit, region, hubRole }));
  return {
    path: "stack-set.yaml",
    text,
    use: "or deploy this in the organization's management account, in place of the roles",
  };
}

/** Accounts with one ExternalId, which is not shown. */
function alike(accountIds: readonly string[], { accounts }: Config): readonly (readonly string[])[] {
  const idOf = (accountId: string): string => accounts.find(({ id }) => id === accountId)?.externalId ?? "";
  return [...grouped(accountIds, idOf).values()];
}
