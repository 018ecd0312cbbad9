import type { Config } from "@shardrock/core";
import { placeholders } from "./placeholders.ts";
import { type PolicyDocument, policyOf, sorted, type Statement } from "./policy.ts";

/** An account as a checked config describes it. */
export type AccountConfig = Config["accounts"][number];

export interface TrustOptions {
  /** The one role that may assume it; a placeholder unless told. */
  readonly hubRole?: string | undefined;
  /** `o-…`: the only organization whose principals may. */
  readonly organization?: string | undefined;
}

/**
 * Who may assume an account's role, and how: the hub's role alone, with the ExternalId, the session name, the source identity
 * and the tag keys of the config. The ExternalId itself is not in it. Each action has a statement of its own, since
 * `sts:TagSession` and `sts:SetSourceIdentity` are permissions of their own that do not see all that AssumeRole sees.
 * Source: IAM User Guide, "Access to AWS accounts owned by third parties", "Pass session tags in AWS STS" and "Monitor and
 * control actions taken with assumed roles" (read 2026-11-23).
 */
export function trustPolicy(account: AccountConfig, { hubRole, organization }: TrustOptions): PolicyDocument {
  const { sessionName, sourceIdentity, tags } = account;
  const identity = sourceIdentity !== undefined && { "sts:SourceIdentity": sourceIdentity };
  const inOrganization = organization !== undefined && { "aws:PrincipalOrgID": organization };
  const keys = sorted(Object.keys(tags));
  const hub = hubRole ?? placeholders.hubRole;
  const letIn = (Sid: string, action: string, Condition: NonNullable<Statement["Condition"]>): Statement => ({
    Sid,
    Effect: "Allow",
    Principal: { AWS: hub },
    Action: [action],
    Condition,
  });
  const externalId = isExternal(account) && { "sts:ExternalId": placeholders.externalId };
  const asked = { ...inOrganization, ...externalId, "sts:RoleSessionName": sessionName, ...identity };
  const statements = [letIn("AssumeByHub", "sts:AssumeRole", { StringEquals: asked })];
  if (identity !== false) {
    statements.push(letIn("NameSource", "sts:SetSourceIdentity", { StringEquals: { ...inOrganization, ...identity } }));
  }
  if (keys.length > 0) {
    const known = { "ForAllValues:StringEquals": { "aws:TagKeys": keys } };
    const also = inOrganization !== false && { StringEquals: inOrganization };
    statements.push(letIn("TagSessions", "sts:TagSession", { ...known, ...also }));
  }
  return policyOf(statements);
}

/** Whether the role demands an ExternalId. */
export function isExternal({ trust, externalId }: Pick<AccountConfig, "trust" | "externalId">): boolean {
  return trust === "external-id" || externalId !== undefined;
}
