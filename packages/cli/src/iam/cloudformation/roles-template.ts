import type { AccountPlan, RolePlan } from "../access-plan.ts";
import { placeholders } from "../placeholders.ts";
import type { PolicyDocument } from "../policy.ts";
import { type Part, policyPart } from "./template.ts";

export interface RolesOptions {
  /** The default of the parameter; none unless told. */
  readonly hubRole?: string | undefined;
}

/** The roles of an account, as a template for each account of its group. It deploys with `CAPABILITY_NAMED_IAM`. */
export function rolesTemplate(plan: AccountPlan, options: RolesOptions = {}): Part {
  const { invoke, observe } = plan;
  const observing = observe.policies;
  const own = invoke.policies.filter((policy) => !isAmong(policy, observing));
  const ownNames = own.map((_, index) => `InvokePolicy${own.length === 1 ? "" : index + 1}`);
  const isObserving = own.length < invoke.policies.length;
  const invokeNames = isObserving ? [...ownNames, "ObservePolicy"] : ownNames;
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: "Roles by which Shardrock calls Amazon Bedrock in this account. Made by: shardrock iam",
    Parameters: parametersOf(plan, options),
    Resources: {
      ...Object.fromEntries(own.map((policy, index) => [ownNames[index] ?? "", managedPolicy(policy, invokeUse)])),
      ...Object.fromEntries(observing.map((policy) => ["ObservePolicy", managedPolicy(policy, observeUse)])),
      InvokeRole: role(invoke, { policies: invokeNames, plan, use: invokeUse }),
      ObserveRole: role(observe, { policies: ["ObservePolicy"], plan, use: observeUse }),
    },
    Outputs: {
      InvokeRoleArn: { Value: { "Fn::GetAtt": ["InvokeRole", "Arn"] } },
      ObserveRoleArn: { Value: { "Fn::GetAtt": ["ObserveRole", "Arn"] } },
    },
  };
}

const invokeUse = "Shardrock calls models with it";
const observeUse = "Shardrock reads quotas, use and settings with it";

function isAmong(policy: PolicyDocument, others: readonly PolicyDocument[]): boolean {
  const text = JSON.stringify(policy);
  return others.some((other) => JSON.stringify(other) === text);
}

/** The parameters of a roles template; the ExternalId is never shown by CloudFormation. */
function parametersOf({ needsExternalId }: AccountPlan, { hubRole }: RolesOptions): Part {
  return {
    ...(isPlaceholder(hubRole) && {
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

function isPlaceholder(hubRole: string | undefined): boolean {
  return hubRole === undefined;
}

const references: ReadonlyMap<string, Part> = new Map([
  [placeholders.hubRole, { Ref: "HubRoleArn" }],
  [placeholders.externalId, { Ref: "ExternalId" }],
]);

function managedPolicy(policy: PolicyDocument, use: string): Part {
  return {
    Type: "AWS::IAM::ManagedPolicy",
    Properties: { Description: use, PolicyDocument: policyPart(policy, references) },
  };
}

interface RoleUse {
  /** Names of managed policies in the template. */
  readonly policies: readonly string[];
  readonly plan: AccountPlan;
  readonly use: string;
}

function role({ name, path, trust, maxSessionSeconds }: RolePlan, { policies, plan, use }: RoleUse): Part {
  const { permissionsBoundary: boundary } = plan;
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: name,
      Path: path,
      Description: use,
      MaxSessionDuration: maxSessionSeconds,
      AssumeRolePolicyDocument: policyPart(trust, references),
      ManagedPolicyArns: policies.map((each) => ({ Ref: each })),
      ...(boundary !== undefined && {
        PermissionsBoundary: { "Fn::Sub": `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/${boundary}` },
      }),
    },
  };
}
