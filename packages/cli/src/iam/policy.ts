/** Condition operators, each with its keys and what they are held against. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** One statement of an IAM policy. Lists are sorted, so that the same config gives the same bytes. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Action: readonly string[];
  /** Of a trust policy there is none. */
  readonly Resource?: readonly string[];
  readonly Condition?: Conditions;
}

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/** How long AWS lets a policy be, in characters; of IAM's without white space. */
export interface PolicyLimits {
  readonly managedPolicy: number;
  readonly trustPolicy: number;
  /** What a quota increase gives at most. */
  readonly largestTrustPolicy: number;
  readonly serviceControlPolicy: number;
  /** Managed policies of one role, by default and at most. */
  readonly policiesPerRole: number;
  readonly mostPoliciesPerRole: number;
}

/** Source: AWS, "IAM and AWS STS quotas" and "Quotas and service limits for AWS Organizations" (read 2026-11-23). */
export const policyLimits: PolicyLimits = {
  managedPolicy: 6_144,
  trustPolicy: 2_048,
  largestTrustPolicy: 4_096,
  serviceControlPolicy: 5_120,
  policiesPerRole: 10,
  mostPoliciesPerRole: 20,
};

/** A document of statements, each with an identifier of its own, as AWS demands. */
export function policyOf(statements: readonly Statement[]): PolicyDocument {
  const seen = new Map<string, number>();
  const Statement = statements.map((statement) => {
    const count = (seen.get(statement.Sid) ?? 0) + 1;
    seen.set(statement.Sid, count);
    return count === 1 ? statement : { ...statement, Sid: `${statement.Sid}${count}` };
  });
  return { Version: "2012-10-17", Statement };
}

/** Characters of a document as AWS counts them. */
export function policySize(document: PolicyDocument): number {
  return JSON.stringify(document).length;
}

/** Each once, in one order. */
export function sorted(texts: Iterable<string>): readonly string[] {
  return [...new Set(texts)].toSorted();
}
