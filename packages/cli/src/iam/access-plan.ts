import { type Config, type ReachableTarget, reachableTargets, ShardrockError } from "@shardrock/core";
import { observeSuffix } from "../doctor/observe-roles.ts";
import { calledResources } from "./called-resource.ts";
import { hubPolicies } from "./hub-policies.ts";
import { invokeStatements } from "./invoke-statements.ts";
import { increaseStatements, observeStatements } from "./observe-statements.ts";
import { type PolicyDocument, policyLimits, policyOf, policySize, sorted } from "./policy.ts";
import { placeholders } from "./placeholders.ts";
import { residencyPolicy } from "./residency-policy.ts";
import { splitPolicy } from "./split-policy.ts";
import { type AccountConfig, isExternal, trustPolicy, type TrustOptions } from "./trust-policy.ts";

export interface AccessOptions extends TrustOptions {
  /** Name of the policy in each account that bounds what the roles may ever be allowed. */
  readonly permissionsBoundary?: string | undefined;
  /** False: the role that calls models may not read quotas, since the router is made without `serviceQuotas()`. */
  readonly invokeObserves?: boolean | undefined;
  /** True: the role that looks may also ask for higher quotas, for `shardrock quotas --submit`. False unless told. */
  readonly mayRequestIncreases?: boolean | undefined;
}

/** One role of an account. */
export interface RolePlan {
  /** Without its path. */
  readonly name: string;
  /** Begins and ends with `/`. */
  readonly path: string;
  readonly arn: string;
  readonly trust: PolicyDocument;
  /** Managed policies that are attached to it. */
  readonly policies: readonly PolicyDocument[];
  readonly maxSessionSeconds: number;
}

export interface AccountPlan {
  /** 12 digits. */
  readonly accountId: string;
  readonly invoke: RolePlan;
  /** Reads quotas, use and settings, and can call nothing. */
  readonly observe: RolePlan;
  readonly needsExternalId: boolean;
  /** Characters of the trust policies, the ExternalId included. */
  readonly trustSize: number;
  readonly permissionsBoundary: string | undefined;
}

/** Every policy a config needs, in no format yet. */
export interface AccessPlan {
  readonly accounts: readonly AccountPlan[];
  /** For the hub's role. */
  readonly hub: readonly PolicyDocument[];
  /** For the organization; undefined where residency forbids nothing. */
  readonly residency: PolicyDocument | undefined;
  /** For people: what is left to them. */
  readonly notes: readonly string[];
}

/**
 * The roles and policies that a router of this config runs under, made of the very targets it may use.
 * @throws {ShardrockError} `config-invalid` when a policy cannot be made as short as AWS takes it.
 */
export function accessPlan(config: Config, options: AccessOptions = {}): AccessPlan {
  const targets = reachableTargets(config);
  const accounts = config.accounts.map((account) => accountPlan(account, { targets, config, options }));
  const roles = config.accounts.map((account, index) => ({ account, roleArns: arnsOf(accounts[index]) }));
  const hub = hubPolicies(roles);
  const residency = residencyPolicy(config, targets);
  return { accounts, hub, residency, notes: notesOf({ config, targets, accounts, hub, residency }) };
}

interface Making {
  readonly targets: readonly ReachableTarget[];
  readonly config: Config;
  readonly options: AccessOptions;
}

function accountPlan(account: AccountConfig, { targets, config, options }: Making): AccountPlan {
  const accountId = account.id;
  const ofAccount = targets.filter((target) => target.accountId === accountId);
  const invoking = splitPolicy(invokeStatements({ accountId, targets: ofAccount, config }), policyLimits.managedPolicy);
  const observing = policyOf(observeStatements());
  const asking = options.mayRequestIncreases === true ? [policyOf(increaseStatements())] : [];
  const trust = trustPolicy(account, options);
  const policies = options.invokeObserves === false ? invoking : [...invoking, observing];
  const trustSize = trustSizeOf(account, trust);
  demandRoom(account, { trustSize, policies });
  const shared = { trust, maxSessionSeconds: Math.max(3_600, account.durationSeconds) };
  return {
    accountId,
    invoke: { ...rolePlan(account.roleArn), ...shared, policies },
    observe: { ...rolePlan(`${account.roleArn}${observeSuffix}`), ...shared, policies: [observing, ...asking] },
    needsExternalId: isExternal(account),
    trustSize,
    permissionsBoundary: options.permissionsBoundary,
  };
}

function rolePlan(arn: string): Pick<RolePlan, "name" | "path" | "arn"> {
  const whole = arn.slice(arn.indexOf(":role/") + ":role".length);
  const cut = whole.lastIndexOf("/") + 1;
  return { arn, path: whole.slice(0, cut), name: whole.slice(cut) };
}

/** Source: IAM User Guide, "IAM and AWS STS quotas" (read 2026-11-23). */
const longestRoleName = 64;

function trustSizeOf({ externalId }: AccountConfig, trust: PolicyDocument): number {
  const placeholder = placeholders.externalId.length;
  return policySize(trust) + (externalId === undefined ? 0 : externalId.length - placeholder);
}

function demandRoom(
  { id, roleArn }: AccountConfig,
  { trustSize, policies }: { readonly trustSize: number; readonly policies: readonly PolicyDocument[] },
): void {
  if (trustSize > policyLimits.largestTrustPolicy) {
    fail(
      `account ${id}: its trust policy would take ${trustSize} characters, AWS takes ${policyLimits.largestTrustPolicy} at most: use fewer tags`,
    );
  }
  if (policies.length > policyLimits.mostPoliciesPerRole) {
    fail(
      `account ${id}: what it serves needs ${policies.length} managed policies, AWS attaches ${policyLimits.mostPoliciesPerRole} at most: serve fewer models there`,
    );
  }
  const { name } = rolePlan(`${roleArn}${observeSuffix}`);
  if (name.length > longestRoleName) fail(`account ${id}: the role name ${name} is longer than ${longestRoleName}`);
}

function fail(message: string): never {
  throw new ShardrockError("config-invalid", message);
}

function arnsOf(plan: AccountPlan | undefined): readonly string[] {
  return plan === undefined ? [] : [plan.invoke.arn, plan.observe.arn];
}

interface Made extends Omit<AccessPlan, "notes"> {
  readonly config: Config;
  readonly targets: readonly ReachableTarget[];
}

function notesOf({ config, targets, accounts, hub, residency }: Made): readonly string[] {
  return [
    ...opaque(targets),
    ...undecided(targets, config),
    ...accounts.flatMap(tight),
    ...(hub.length > policyLimits.policiesPerRole
      ? [
          `the hub's role needs ${hub.length} managed policies; AWS attaches ${policyLimits.policiesPerRole} unless its quota is raised`,
        ]
      : []),
    ...(residency === undefined
      ? ["residency is anywhere, so there is no service control policy: it would forbid nothing"]
      : []),
  ];
}

function opaque(targets: readonly ReachableTarget[]): readonly string[] {
  const ids = targets.flatMap((target) => (calledResources(target) === undefined ? [target.modelId ?? ""] : []));
  return sorted(ids).map(
    (id) => `${id} does not say what it calls: give the invoke role the permissions for it yourself`,
  );
}

/** What is wider than it needs to be, because the config leaves it to AWS. */
function undecided(targets: readonly ReachableTarget[], { residency }: Config): readonly string[] {
  const where = residency.allowedRegions === "anywhere" ? "in any Region" : "in all Regions of residency";
  const open = targets.filter(
    ({ endpoint, scope, destinationRegions }) =>
      endpoint === "runtime" && destinationRegions === undefined && scope !== "global",
  );
  const named = sorted(open.flatMap(({ modelId }) => (modelId === undefined ? [] : [modelId])));
  const found = sorted(open.flatMap(({ modelId, model }) => (modelId === undefined ? [model] : [])));
  return [
    ...named.map(
      (id) =>
        `where ${id} may run is not in the config: its model is allowed ${where} through it; destinations would narrow that`,
    ),
    ...found.map(
      (model) =>
        `models.${model} names no ids: every system profile of its model is allowed ${where}; servedBy would narrow that`,
    ),
  ];
}

function tight({ accountId, invoke, trustSize }: AccountPlan): readonly string[] {
  const { policies } = invoke;
  return [
    ...(policies.length > policyLimits.policiesPerRole
      ? [
          `account ${accountId}: ${invoke.name} needs ${policies.length} managed policies; AWS attaches ${policyLimits.policiesPerRole} unless its quota is raised`,
        ]
      : []),
    ...(trustSize > policyLimits.trustPolicy
      ? [
          `account ${accountId}: the trust policy takes ${trustSize} characters; AWS takes ${policyLimits.trustPolicy} unless its quota is raised`,
        ]
      : []),
  ];
}
