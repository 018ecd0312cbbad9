import type { Target } from "../../budget/target.ts";
import { ShardrockError } from "../../errors.ts";
import { ConfigError, type ConfigProblem } from "../config/error.ts";
import type { Fleet } from "../fleet/served-model.ts";
import { modelSessionPolicy } from "./model-session-policy.ts";
import type { AssumedRole } from "./session-request.ts";

/** The part of a fleet that session policies are made of. */
export type PolicyFleet = Pick<Fleet, "models" | "places"> & { readonly accounts: ReadonlyMap<string, AssumedRole> };

/**
 * What narrows the session of each role: the text its account gives, or for `models` one made from all the account serves.
 * @throws {ConfigError} `config-invalid`, naming every account for which none can be made.
 */
export function sessionPolicies(fleet: PolicyFleet): (role: AssumedRole) => string | undefined {
  const made = new Map<string, string>();
  const problems: ConfigProblem[] = [];
  for (const [index, { id, sessionPolicy }] of [...fleet.accounts.values()].entries()) {
    if (sessionPolicy !== "models") continue;
    try {
      made.set(id, policyFor(id, fleet));
    } catch (error) {
      if (!(error instanceof ShardrockError)) throw error;
      problems.push({ path: ["accounts", index, "sessionPolicy"], message: error.message });
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return ({ id, sessionPolicy }) => (sessionPolicy === "models" ? made.get(id) : sessionPolicy);
}

function policyFor(id: string, { models, places }: PolicyFleet): string {
  const ofAccount = (targets: readonly Target[]): readonly Target[] =>
    targets.filter(({ accountId }) => accountId === id);
  const all = [...models.values()];
  return modelSessionPolicy(ofAccount(all.flatMap(({ targets }) => targets)), {
    countTargets: ofAccount(all.flatMap(({ countTargets }) => countTargets)),
    places: ofAccount(places),
  });
}
