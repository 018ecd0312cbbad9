import type { Principal } from "./principals.ts";

/** A role that can be assumed here, with the trust policy that decides by whom. */
export interface SimulatedRole {
  /** 12 digits; calls with the role's session are this account's. */
  readonly accountId: string;
  /** `arn:aws:iam::<accountId>:role/<name>` */
  readonly roleArn: string;
  /** When set, a caller must send exactly this. */
  readonly externalId?: string;
  /** Who may assume it; default: any caller of the account of the first of `callers`. */
  readonly trusts?: RoleTrust;
}

export type RoleTrust =
  | { readonly kind: "accounts"; readonly accountIds: readonly string[] }
  | { readonly kind: "access-keys"; readonly accessKeyIds: readonly string[] };

/** Whether the trust policy lets the caller in. A role without `trusts` trusts nobody. */
export function mayAssume(role: SimulatedRole, caller: Principal, externalId: string | undefined): boolean {
  if (role.externalId !== undefined && role.externalId !== externalId) return false;
  switch (role.trusts?.kind) {
    case "accounts":
      return role.trusts.accountIds.includes(caller.accountId);
    case "access-keys":
      return role.trusts.accessKeyIds.includes(caller.accessKeyId);
    case undefined:
      return false;
    default:
      return role.trusts satisfies never;
  }
}
