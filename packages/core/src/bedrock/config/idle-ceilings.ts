import type { Target } from "../../budget/target.ts";
import type { ConfigPath, ConfigProblem } from "./error.ts";
import type { QuotaInput } from "./quotas.ts";
import type { Config } from "./shardrock-config.ts";
import { ceilingIn, minuteUnits, optionOf } from "../fleet/quota-ceiling.ts";

const endpoints = ["runtime", "mantle"] as const;

/** Ceilings of an endpoint that no id of their model uses: somebody forgot `endpoint`, or took one option for the other. */
export function idleCeilings({ models }: Config): readonly ConfigProblem[] {
  return [...models].flatMap(([name, { servedBy, quotas }]) => {
    if (quotas === undefined || servedBy.length === 0) return [];
    const idle = endpoints.filter((endpoint) => !servedBy.some((served) => served.endpoint === endpoint));
    const path = ["models", name, "quotas"];
    return idle.flatMap((endpoint) => [
      ...idleIn(quotas, endpoint, path),
      ...quotas.overrides.flatMap((override, index) => idleIn(override, endpoint, [...path, "overrides", index])),
    ]);
  });
}

function idleIn(quota: QuotaInput, endpoint: Target["endpoint"], path: ConfigPath): readonly ConfigProblem[] {
  const used = endpoint === "mantle" ? "runtime" : "mantle";
  const instead = minuteUnits[used].map((unit) => optionOf[unit]).join(" and ");
  const message = `is a quota of ${endpoint}, but every id of this model has endpoint: ${used}, which counts ${instead}`;
  return minuteUnits[endpoint]
    .filter((unit) => ceilingIn(quota, unit) !== undefined)
    .map((unit) => ({ path: [...path, optionOf[unit]], message }));
}
