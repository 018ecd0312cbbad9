import type { Config } from "@shardrock/core";

/** What the name of a role ends in that only looks. */
export const observeSuffix = "-observe";

/** The config with the roles that only look in place of those that call models, as `shardrock iam` makes both. */
export function withObserveRoles(config: Config): Config {
  const accounts = config.accounts.map((account) => ({ ...account, roleArn: `${account.roleArn}${observeSuffix}` }));
  return { ...config, accounts };
}
