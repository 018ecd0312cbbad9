import type { AccountGroup } from "../account-groups.ts";
import { type Part, withParameters } from "./template.ts";

export interface StackSetOptions {
  /** `ou-…` or `r-…`. */
  readonly unit: string;
  /** IAM is global, so one Region is enough. */
  readonly region: string;
  readonly hubRole?: string | undefined;
}

/** One group of accounts, with its roles template as text. */
export interface StackedGroup extends AccountGroup {
  readonly templateBody: string;
  /** Ids of accounts with the same ExternalId, group by group; empty where none is demanded. */
  readonly externalIds: readonly (readonly string[])[];
}

/**
 * Rolls the roles out to the accounts of an organizational unit, for the management account or a delegated administrator. Where one
 * template with one ExternalId serves all accounts, those that come to the unit later get it too.
 * Source: CloudFormation User Guide, "StackSets and AWS Organizations" and `AWS::CloudFormation::StackSet` (read 2026-11-23).
 */
export function stackSetTemplate(groups: readonly StackedGroup[], options: StackSetOptions): Part {
  const isOneForAll = groups.length === 1 && groups.every(({ externalIds }) => externalIds.length <= 1);
  const sets = groups.map((group, index): [string, Part] => [
    groups.length === 1 ? "Roles" : `Roles${index + 1}`,
    stackSet(group, isOneForAll, options),
  ]);
  const withIds = groups.flatMap(({ externalIds }) => externalIds);
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: "Rolls Shardrock's roles out to an organizational unit. Made by: shardrock iam",
    ...withParameters({
      ...(options.hubRole === undefined && {
        HubRoleArn: { Type: "String", Description: "Role of the service that may assume these roles" },
      }),
      ...Object.fromEntries(withIds.map((accounts) => [externalIdName(accounts), externalIdOf(accounts)])),
    }),
    Resources: Object.fromEntries(sets),
  };
}

function externalIdName([first = ""]: readonly string[]): string {
  return `ExternalId${first}`;
}

function externalIdOf(accounts: readonly string[]): Part {
  const Description = `As the router's config has it for ${accounts.slice(0, 50).join(", ")}`;
  return { Type: "String", Description, NoEcho: true, MinLength: 2, MaxLength: 1224 };
}

function stackSet(group: StackedGroup, isOneForAll: boolean, { unit, region, hubRole }: StackSetOptions): Part {
  const { name, accountIds, externalIds, templateBody } = group;
  const [shared] = externalIds;
  const targets = externalIds.length > 1 ? externalIds : [accountIds];
  const parameters = [
    ...(hubRole === undefined ? [parameter("HubRoleArn", { Ref: "HubRoleArn" })] : []),
    ...(shared === undefined ? [] : [parameter("ExternalId", { Ref: externalIdName(shared) })]),
  ];
  const instances = targets.map((accounts): Part => ({
    DeploymentTargets: {
      OrganizationalUnitIds: [unit],
      ...(!isOneForAll && { Accounts: accounts, AccountFilterType: "INTERSECTION" }),
    },
    Regions: [region],
    ...(externalIds.length > 1 && {
      ParameterOverrides: [parameter("ExternalId", { Ref: externalIdName(accounts) })],
    }),
  }));
  return {
    Type: "AWS::CloudFormation::StackSet",
    Properties: {
      StackSetName: `shardrock-${name}`,
      Description: "Roles by which Shardrock calls Amazon Bedrock",
      PermissionModel: "SERVICE_MANAGED",
      AutoDeployment: isOneForAll ? { Enabled: true, RetainStacksOnAccountRemoval: false } : { Enabled: false },
      Capabilities: ["CAPABILITY_NAMED_IAM"],
      ManagedExecution: { Active: true },
      ...(parameters.length > 0 && { Parameters: parameters }),
      StackInstancesGroup: instances,
      TemplateBody: templateBody,
    },
  };
}

function parameter(ParameterKey: string, ParameterValue: Part): Part {
  return { ParameterKey, ParameterValue };
}
