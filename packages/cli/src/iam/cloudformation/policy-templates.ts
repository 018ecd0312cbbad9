import type { PolicyDocument } from "../policy.ts";
import { type Part, policyPart } from "./template.ts";

const nothing: ReadonlyMap<string, Part> = new Map();

/** What the hub's role is allowed, for the hub's account. */
export function hubTemplate(policies: readonly PolicyDocument[], hubRole: string | undefined): Part {
  const name = hubRole?.slice(hubRole.lastIndexOf("/") + 1);
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: "Lets the service that runs Shardrock assume its roles. Made by: shardrock iam",
    Parameters: {
      HubRoleName: {
        Type: "String",
        Description: "Name of the role the service runs under, without its path",
        ...(name !== undefined && { Default: name }),
      },
    },
    Resources: Object.fromEntries(
      policies.map((policy, index) => [
        policies.length === 1 ? "HubPolicy" : `HubPolicy${index + 1}`,
        {
          Type: "AWS::IAM::ManagedPolicy",
          Properties: {
            Description: "Shardrock assumes its roles with it",
            PolicyDocument: policyPart(policy, nothing),
            Roles: [{ Ref: "HubRoleName" }],
          },
        },
      ]),
    ),
  };
}

/** The service control policy, for the management account. */
export function residencyTemplate(policy: PolicyDocument, unit: string | undefined): Part {
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: "Keeps prompts in the Regions of the router's config. Made by: shardrock iam",
    ...(unit === undefined && {
      Parameters: {
        TargetId: { Type: "String", Description: "Organizational unit, account or root it is attached to" },
      },
    }),
    Resources: {
      Residency: {
        Type: "AWS::Organizations::Policy",
        Properties: {
          Name: "shardrock-residency",
          Type: "SERVICE_CONTROL_POLICY",
          Description: "Prompts are processed in allowed Regions only",
          TargetIds: [unit ?? { Ref: "TargetId" }],
          Content: policyPart(policy, nothing),
        },
      },
    },
  };
}
