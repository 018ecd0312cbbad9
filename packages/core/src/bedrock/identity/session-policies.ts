import type { Fleet } from "../fleet/served-model.ts";
import { modelSessionPolicy } from "./model-session-policy.ts";
import type { AssumedRole } from "./session-request.ts";

/**
 * What narrows the session of each role: the text its account gives, or for `models` one made from all the account serves.
 * @throws {ShardrockError} `config-invalid` when one cannot be made.
 */
export function sessionPolicies(
  fleet: Pick<Fleet, "models"> & { readonly accounts: ReadonlyMap<string, AssumedRole> },
): (role: AssumedRole) => string | undefined {
  const targets = [...fleet.models.values()].flatMap((model) => model.targets);
  const made = [...fleet.accounts.values()]
    .filter(({ sessionPolicy }) => sessionPolicy === "models")
    .map(({ id }): [string, string] => [id, modelSessionPolicy(targets.filter(({ accountId }) => accountId === id))]);
  const policyOfAccount = new Map(made);
  return ({ id, sessionPolicy }) => (sessionPolicy === "models" ? policyOfAccount.get(id) : sessionPolicy);
}
