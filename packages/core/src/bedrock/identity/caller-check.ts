import { ShardrockError } from "../../errors.ts";
import type { SessionRequest } from "./session-request.ts";

/** What GetCallerIdentity says of whoever signed it. */
export interface Caller {
  readonly Account?: string | undefined;
  readonly Arn?: string | undefined;
}

/**
 * Makes sure that a session is of the account and the role that were asked for: calls signed by another would be
 * another's bill and another's data.
 * Source: AWS IAM User Guide, "IAM identifiers": a session's ARN is `assumed-role/<role name>/<session name>`, without the
 * role's path, and role names differ in more than case (read 2026-11-22).
 * @throws {ShardrockError} `account-mismatch` when it is not.
 */
export function checkCaller(asked: Pick<SessionRequest, "accountId" | "roleArn">, { Account, Arn }: Caller): void {
  if (!Account || !Arn) throw new Error("STS did not say whose session it gave");
  const { accountId, roleArn } = asked;
  const [, arnAccount, roleName] = /^arn:aws[a-z-]*:sts::(\d{12}):assumed-role\/([^/]+)\/[^/]+$/.exec(Arn) ?? [];
  const askedName = roleArn.slice(roleArn.lastIndexOf("/") + 1);
  const isSameRole = roleName?.toLowerCase() === askedName.toLowerCase();
  if (Account === accountId && arnAccount === accountId && isSameRole) return;
  const got = `${Arn.slice(0, 256)} of account ${Account.slice(0, 12)}`;
  throw new ShardrockError(
    "account-mismatch",
    `account ${accountId}: asked for ${roleArn}, STS gave a session of ${got}; the account is not used until it is mended and the client is made anew`,
  );
}
