import type { AccessPlan, AccountPlan, RolePlan } from "./access-plan.ts";
import { grouped } from "../grouped.ts";
import type { PolicyDocument } from "./policy.ts";

/** Accounts whose roles differ in nothing but the account's id: one template serves them all. */
export interface AccountGroup {
  /** `roles`, or `roles-2` and on where accounts differ. */
  readonly name: string;
  readonly accountIds: readonly string[];
  /** Of each of them; in its policies {@link ownAccount} stands for the account. */
  readonly plan: AccountPlan;
}

/** Stands for the account a template is deployed to. */
export const ownAccount = "${AWS::AccountId}";

/** The fewest templates for the accounts of a plan, in the config's order. */
export function accountGroups({ accounts }: Pick<AccessPlan, "accounts">): readonly AccountGroup[] {
  const alike = grouped(accounts, (account) => JSON.stringify(withoutAccount(account)));
  return [...alike.values()].flatMap(([first, ...others], index) => {
    if (first === undefined) return [];
    const accountIds = [first, ...others].map(({ accountId }) => accountId);
    return [{ name: index === 0 ? "roles" : `roles-${index + 1}`, accountIds, plan: withoutAccount(first) }];
  });
}

/** The trust policies stay as they are: a hub may be in one of the accounts, and is there for all of them. */
function withoutAccount(account: AccountPlan): AccountPlan {
  const { accountId, invoke, observe } = account;
  const of = (role: RolePlan): RolePlan => ({
    ...role,
    arn: role.arn.replace(accountId, ownAccount),
    policies: role.policies.map((policy) => policyElsewhere(policy, accountId)),
  });
  return { ...account, accountId: ownAccount, trustSize: 0, invoke: of(invoke), observe: of(observe) };
}

function policyElsewhere({ Version, Statement }: PolicyDocument, accountId: string): PolicyDocument {
  const moved = (texts: readonly string[]): readonly string[] =>
    texts.map((text) => text.replaceAll(`:${accountId}:`, `:${ownAccount}:`));
  return {
    Version,
    Statement: Statement.map((statement) => ({
      ...statement,
      ...(statement.Resource !== undefined && { Resource: moved(statement.Resource) }),
      ...(statement.Condition !== undefined && { Condition: conditionsElsewhere(statement.Condition, moved) }),
    })),
  };
}

type Condition = NonNullable<PolicyDocument["Statement"][number]["Condition"]>;

function conditionsElsewhere(conditions: Condition, moved: (texts: readonly string[]) => readonly string[]): Condition {
  const entries = Object.entries(conditions).map(([operator, keys]): [string, Condition[string]] => [
    operator,
    Object.fromEntries(
      Object.entries(keys).map(([key, value]) => [key, typeof value === "string" ? value : moved(value)]),
    ),
  ]);
  return Object.fromEntries(entries);
}
