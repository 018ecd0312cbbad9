import type { Target } from "../../budget/target.ts";
import { NoEligibleTargetError, ShardrockError } from "../../errors.ts";
import { isRecord } from "../config/plain-data.ts";
import type { Fleet } from "../fleet/served-model.ts";
import { type BoundIds, nothingBound } from "./binding.ts";
import { unplacedGuardrail } from "./guardrail-id.ts";
import { placeOfArn } from "./resource-arn.ts";
import type { ResourceIds } from "./resource-ids.ts";

/** Where ApplyGuardrail may go. A target's `modelId` is the guardrail's id there. */
export interface GuardrailTargets {
  readonly targets: readonly Target[];
  readonly bound: BoundIds;
}

const longestId = 2048;

/**
 * The accounts and Regions where the guardrail of an ApplyGuardrail may exist.
 * @throws {ShardrockError} `request-invalid` when the input names no guardrail.
 * @throws {NoEligibleTargetError} when the guardrail's account is not used in its Region.
 */
export function guardrailTargets(
  input: unknown,
  { fleet, resources }: { readonly fleet: Fleet; readonly resources: ResourceIds },
): GuardrailTargets {
  const id = identifierIn(input);
  if (resources.has(id)) {
    const targets = fleet.places.map((place) => targetAt(place, resources.idAt(id, place) ?? id));
    return { targets, bound: { ...nothingBound, bindings: [resources.binding(id, "guardrail")] } };
  }
  const place = placeOfArn(id);
  if (place === undefined) {
    const targets = fleet.places.map((each) => targetAt(each, id));
    return { targets, bound: { ...nothingBound, unplaced: [unplacedGuardrail(id)] } };
  }
  const targets = fleet.places.filter(({ accountId }) => accountId === place.accountId);
  if (fleet.accounts.has(place.accountId) && !targets.some(({ region }) => region === place.region)) {
    const message = `guardrail ${id} is in ${place.region}, where account ${place.accountId} is not used`;
    throw new NoEligibleTargetError(message, []);
  }
  const bindings = [{ by: `guardrail ${id}`, places: [place] }];
  return { targets: targets.map((each) => targetAt(each, id)), bound: { ...nothingBound, bindings } };
}

function identifierIn(input: unknown): string {
  const id = isRecord(input) ? input["guardrailIdentifier"] : undefined;
  if (typeof id === "string" && id !== "" && id.length <= longestId) return id;
  const message = "guardrailIdentifier is missing; give the guardrail's ARN or a name of resources";
  throw new ShardrockError("request-invalid", message);
}

function targetAt(place: Target, modelId: string): Target {
  return { ...place, id: `${place.id}/${modelId}`, modelId };
}
