import { policyLimits, sorted, type PolicyDocument, type Statement } from "./policy.ts";
import { splitPolicy } from "./split-policy.ts";
import type { AccountConfig } from "./trust-policy.ts";

/** An account's roles, as their ARNs. */
export interface HubRoles {
  readonly account: AccountConfig;
  readonly roleArns: readonly string[];
}

/** What the hub's role may do: assume exactly these roles, and name and tag sessions where the config does. */
export function hubPolicies(roles: readonly HubRoles[]): readonly PolicyDocument[] {
  const arnsWhere = (does: (account: AccountConfig) => boolean): readonly string[] =>
    sorted(roles.flatMap(({ account, roleArns }) => (does(account) ? roleArns : [])));
  return splitPolicy(
    [
      ...allow(
        "AssumeRoles",
        "sts:AssumeRole",
        arnsWhere(() => true),
      ),
      ...allow(
        "NameSource",
        "sts:SetSourceIdentity",
        arnsWhere(({ sourceIdentity }) => sourceIdentity !== undefined),
      ),
      ...allow(
        "TagSessions",
        "sts:TagSession",
        arnsWhere(({ tags }) => Object.keys(tags).length > 0),
      ),
    ],
    policyLimits.managedPolicy,
  );
}

function allow(Sid: string, action: string, Resource: readonly string[]): readonly Statement[] {
  return Resource.length === 0 ? [] : [{ Sid, Effect: "Allow", Action: [action], Resource }];
}
