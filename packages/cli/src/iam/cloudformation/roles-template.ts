import type { AccountPlan, RolePlan } from "../access-plan.ts";
import { type AttachedPolicy, attachedPolicies } from "../attached-policies.ts";
import { placeholders } from "../placeholders.ts";
import { type Part, policyPart, withParameters } from "./template.ts";

export interface RolesOptions {
  /** A parameter unless told. */
  readonly hubRole?: string | undefined;
}

/** The roles of an account, as a template for each account of its group. It deploys with `CAPABILITY_NAMED_IAM`. */
export function rolesTemplate(plan: AccountPlan, options: RolesOptions = {}): Part {
  const { invoke, observe } = plan;
  const policies = attachedPolicies(plan).map((each): [string, Part] => [
    `${each.name[0]?.toUpperCase()}${each.name.slice(1).replace("-", "Policy")}`,
    managedPolicy(each),
  ]);
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: "Roles by which Shardrock calls Amazon Bedrock in this account. Made by: shardrock iam",
    ...withParameters(parametersOf(plan, options)),
    Resources: {
      ...Object.fromEntries(policies),
      InvokeRole: role(invoke, plan, invokeUse),
      ObserveRole: role(observe, plan, observeUse),
    },
    Outputs: {
      InvokeRoleArn: { Value: { "Fn::GetAtt": ["InvokeRole", "Arn"] } },
      ObserveRoleArn: { Value: { "Fn::GetAtt": ["ObserveRole", "Arn"] } },
    },
  };
}

const invokeUse = "Shardrock calls models with it";
const observeUse = "Shardrock reads quotas, use and settings with it";

/** The parameters of a roles template; the ExternalId is never shown by CloudFormation. */
function parametersOf({ needsExternalId }: AccountPlan, { hubRole }: RolesOptions): Readonly<Record<string, Part>> {
  return {
    ...(hubRole === undefined && {
      HubRoleArn: {
        Type: "String",
        Description: "Role of the service that may assume these roles",
        AllowedPattern: "^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$",
      },
    }),
    ...(needsExternalId && {
      ExternalId: {
        Type: "String",
        Description: "As the router's config has it for this account",
        NoEcho: true,
        MinLength: 2,
        MaxLength: 1224,
      },
    }),
  };
}

const references: ReadonlyMap<string, Part> = new Map([
  [placeholders.hubRole, { Ref: "HubRoleArn" }],
  [placeholders.externalId, { Ref: "ExternalId" }],
]);

function managedPolicy({ document, roles }: AttachedPolicy): Part {
  return {
    Type: "AWS::IAM::ManagedPolicy",
    Properties: {
      Description: roles.includes("observe") ? observeUse : invokeUse,
      PolicyDocument: policyPart(document, references),
      Roles: roles.map((role) => ({ Ref: role === "invoke" ? "InvokeRole" : "ObserveRole" })),
    },
  };
}

function role({ name, path, trust, maxSessionSeconds }: RolePlan, plan: AccountPlan, use: string): Part {
  const { permissionsBoundary: boundary } = plan;
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: name,
      Path: path,
      Description: use,
      MaxSessionDuration: maxSessionSeconds,
      AssumeRolePolicyDocument: policyPart(trust, references),
      ...(boundary !== undefined && {
        PermissionsBoundary: { "Fn::Sub": `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/${boundary}` },
      }),
    },
  };
}
