import type { Target } from "../../budget/target.ts";
import type { AccountConfig } from "../config/account.ts";
import type { Config } from "../config/shardrock-config.ts";
import { residencyRefusal } from "../../routing/residency.ts";
import type { DraftTarget } from "./draft-targets.ts";

/**
 * Where a model's tokens can be counted: once for each account and Region that serves it on runtime, by the id of its
 * foundation model, because CountTokens takes no profile; in that Region and no other, and free of any quota.
 * Source: AWS, "Monitor your token usage by counting tokens" (read 2026-11-22).
 */
export function countTargets(drafts: readonly DraftTarget[]): readonly Target[] {
  const byId = new Map<string, Target>();
  for (const { endpoint, accountId, region, baseModelId, weight } of drafts) {
    const place = `${accountId}/${region}/`;
    if (endpoint !== "runtime" || byId.has(place)) continue;
    const id = `${place}runtime/${baseModelId}/count`;
    byId.set(place, uncharged({ id, accountId, region, modelId: baseModelId, weight }));
  }
  return [...byId.values()];
}

/**
 * Every account and Region that residency allows, for calls that name no model, such as ApplyGuardrail. `modelId` is
 * empty, and no quota is known. A guardrail with a profile of its own evaluates in other Regions of its geography,
 * which no config tells: who must stay in one Region gives it none.
 * Source: AWS, "Distribute guardrail inference across AWS Regions" (read 2026-11-22).
 */
export function placesOf({ accounts, residency: { allowedRegions } }: Config): readonly Target[] {
  const places = accounts.flatMap((account) => account.regions.map((region) => placeIn(account, region)));
  if (allowedRegions === "anywhere") return places;
  return places.filter((place) => residencyRefusal(place, allowedRegions) === undefined);
}

function placeIn({ id: accountId, weight }: AccountConfig, region: string): Target {
  return uncharged({
    id: `${accountId}/${region}/runtime`,
    accountId,
    region,
    modelId: "",
    weight,
  });
}

function uncharged(place: Pick<Target, "id" | "accountId" | "region" | "modelId" | "weight">): Target {
  return {
    ...place,
    endpoint: "runtime",
    profileType: "single",
    destinationRegions: [place.region],
    quotas: [],
  };
}
