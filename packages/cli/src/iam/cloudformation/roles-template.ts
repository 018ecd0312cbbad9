import type { AccountPlan, RolePlan } from "../access-plan.ts";
import { placeholders } from "../placeholders.ts";
import type { PolicyDocument } from "../policy.ts";
import { type Part, policyPart } from "./template.ts";

export interface RolesOptions {
  /** A parameter unless told. */
  readonly hubRole?: string | undefined;
}

/** The roles of an account, as a template for each account of its group. It deploys with `CAPABILITY_NAMED_IAM`. */
export function rolesTemplate(plan: AccountPlan, options: RolesOptions = {}): Part {
  const { invoke, observe } = plan;
  const observing = observe.policies;
  const own = invoke.policies.filter((policy) => !isAmong(policy, observing));
  const ownNames = own.map((_, index) => `InvokePolicy${own.length === 1 ? "" : index + 1}`);
  const observers = own.length < invoke.policies.length ? ["InvokeRole", "ObserveRole"] : ["ObserveRole"];
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: "Roles by which Shardrock calls Amazon Bedrock in this account. Made by: shardrock iam",
    Parameters: parametersOf(plan, options),
    Resources: {
      ...Object.fromEntries(
        own.map((policy, index) => [
          ownNames[index] ?? "",
          managedPolicy(policy, { use: invokeUse, roles: ["InvokeRole"] }),
        ]),
      ),
      ...Object.fromEntries(
        observing.map((policy) => ["ObservePolicy", managedPolicy(policy, { use: observeUse, roles: observers })]),
      ),
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

function isAmong(policy: PolicyDocument, others: readonly PolicyDocument[]): boolean {
  const text = JSON.stringify(policy);
  return others.some((other) => JSON.stringify(other) === text);
}

/** The parameters of a roles template; the ExternalId is never shown by CloudFormation. */
function parametersOf({ needsExternalId }: AccountPlan, { hubRole }: RolesOptions): Part {
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

/** Attached to roles of the template. */
function managedPolicy(
  policy: PolicyDocument,
  { use, roles }: { readonly use: string; readonly roles: readonly string[] },
): Part {
  const Roles = roles.map((each) => ({ Ref: each }));
  return {
    Type: "AWS::IAM::ManagedPolicy",
    Properties: { Description: use, PolicyDocument: policyPart(policy, references), Roles },
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
