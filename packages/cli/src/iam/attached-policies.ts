import type { AccountPlan } from "./access-plan.ts";
import type { PolicyDocument } from "./policy.ts";

/** A managed policy, and which of an account's two roles it is attached to. */
export interface AttachedPolicy {
  /** Such as `invoke-1` or `observe-1`, unique in its account. */
  readonly name: string;
  readonly document: PolicyDocument;
  readonly roles: readonly ("invoke" | "observe")[];
}

/** Every policy of an account's roles once, also where both have it. */
export function attachedPolicies({ invoke, observe }: AccountPlan): readonly AttachedPolicy[] {
  const textOf = (document: PolicyDocument): string => JSON.stringify(document);
  const looking = new Set(observe.policies.map(textOf));
  const calling = new Set(invoke.policies.map(textOf));
  const own = invoke.policies.filter((document) => !looking.has(textOf(document)));
  return [
    ...own.map((document, index) => ({ name: `invoke-${index + 1}`, document, roles: ["invoke"] as const })),
    ...observe.policies.map((document, index) => ({
      name: `observe-${index + 1}`,
      document,
      roles: calling.has(textOf(document)) ? (["invoke", "observe"] as const) : (["observe"] as const),
    })),
  ];
}
