import type { Target } from "../../budget/target.ts";
import { NoEligibleTargetError, ShardrockError } from "../../errors.ts";
import { isRecord } from "../config/plain-data.ts";
import type { Fleet } from "../fleet/served-model.ts";
import { type BoundIds, nothingBound } from "./binding.ts";
import { placeOfArn } from "./resource-arn.ts";
import type { ResourceIds } from "./resource-ids.ts";

/** Where ApplyGuardrail may go. A target's `modelId` is the guardrail's id there. */
export interface GuardrailTargets {
  readonly targets: readonly Target[];
  readonly bound: BoundIds;
}

/**
 * The accounts and Regions where the guardrail of an ApplyGuardrail may exist, on no quota we keep a book of. Where its
 * own cross-Region profile may run is the guardrail's setting and cannot be seen from here.
 * @throws {ShardrockError} `request-invalid` when the input names no guardrail.
 * @throws {NoEligibleTargetError} when the guardrail's account is not used in its Region.
 */
export function guardrailTargets(
  input: unknown,
  { fleet, resources }: { readonly fleet: Fleet; readonly resources: ResourceIds },
): GuardrailTargets {
  const id = identifierIn(input);
  if (resources.has(id)) {
    const targets = placesOf(fleet, (place) => resources.idAt(id, place) ?? id);
    return { targets, bound: { ...nothingBound, bindings: [resources.binding(id, "guardrail")] } };
  }
  const place = placeOfArn(id);
  if (place === undefined) {
    const remedy = "give its ARN, or a name that resources in the config maps to its id in each account";
    const unplaced = [{ what: `guardrail ${id}`, scope: "account and Region", remedy } as const];
    return { targets: placesOf(fleet, () => id), bound: { ...nothingBound, unplaced } };
  }
  const targets = placesOf(fleet, () => id).filter(({ accountId }) => accountId === place.accountId);
  if (targets.length > 0 && !targets.some(({ region }) => region === place.region)) {
    const message = `guardrail ${id} is in ${place.region}, where account ${place.accountId} is not used`;
    throw new NoEligibleTargetError(message, []);
  }
  return { targets, bound: { ...nothingBound, bindings: [{ by: `guardrail ${id}`, places: [place] }] } };
}

function identifierIn(input: unknown): string {
  const id = isRecord(input) ? input["guardrailIdentifier"] : undefined;
  if (typeof id === "string" && id !== "" && id.length <= 2048) return id;
  throw new ShardrockError(
    "request-invalid",
    "guardrailIdentifier is missing; give the guardrail's ARN or a name of resources",
  );
}

function placesOf(
  fleet: Fleet,
  idAt: (place: { readonly accountId: string; readonly region: string }) => string,
): readonly Target[] {
  return [...fleet.accounts.values()].flatMap(({ id: accountId, regions, weight, drained }) =>
    regions.map((region): Target => {
      const modelId = idAt({ accountId, region });
      return {
        id: `${accountId}/${region}/runtime/${modelId}`,
        accountId,
        region,
        endpoint: "runtime",
        modelId,
        destinationRegions: [region],
        weight,
        isDrained: drained,
        quotas: [],
      };
    }),
  );
}
