import type { UnplacedId } from "./binding.ts";

/** A guardrail's id without its ARN: elsewhere it would be another guardrail, or none. */
export function unplacedGuardrail(id: string): UnplacedId {
  const remedy = "give its ARN, or a name that resources in the config maps to its id in each account";
  return { what: `guardrail ${JSON.stringify(id.slice(0, 256))}`, scope: "account and Region", remedy };
}
