import type { AccessPlan, RolePlan } from "./access-plan.ts";

/**
 * All policies as one JSON text, for tools of one's own. What is not in it is `${ExternalId}`, and `${HubRoleArn}` unless the
 * hub was named: put them in where the roles are made.
 */
export function jsonArtefact({ accounts, hub, residency }: AccessPlan): string {
  const byAccount = accounts.map(({ accountId, invoke, observe, permissionsBoundary }) => [
    accountId,
    {
      invoke: roleOf(invoke),
      observe: roleOf(observe),
      ...(permissionsBoundary !== undefined && { permissionsBoundary }),
    },
  ]);
  const all = { accounts: Object.fromEntries(byAccount), hub, ...(residency !== undefined && { residency }) };
  return `${JSON.stringify(all, undefined, 2)}\n`;
}

function roleOf({ arn, trust, policies, maxSessionSeconds }: RolePlan): object {
  return { arn, maxSessionSeconds, trust, policies };
}
