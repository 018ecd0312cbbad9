import { modelName } from "../mapping/model-name.ts";
import type { IncreasePlan, IncreaseRequest, IncreaseWish, RefusedIncrease } from "./increase-plan.ts";
import { QuotasByMeaning } from "./quotas-by-meaning.ts";
import { findObstacle } from "./obstacle.ts";
import type { Obstacle, Raisable } from "./obstacle.ts";
import { RequestRoom } from "./request-room.ts";
import { wantedOf } from "./wanted-ceilings.ts";
import type { WantedCeiling } from "./wanted-ceilings.ts";

/** What becomes of one ceiling of a wish. */
export type Decision =
  | { readonly kind: "request"; readonly wish: IncreaseWish; readonly request: IncreaseRequest }
  | { readonly kind: "refused"; readonly wish: IncreaseWish; readonly refused: RefusedIncrease };

/**
 * Decides on every ceiling that is wished for, in the order of the wishes. Where a model's cross-Region tokens are asked,
 * nothing else of that model is: AWS wants one request for them, and Support then offers the others with it.
 * Source: AWS, "Request an increase for Amazon Bedrock quotas" (read 2026-11-22).
 */
export function decideWishes({ wishes, quotas, open }: IncreasePlan): readonly Decision[] {
  const known = new QuotasByMeaning(quotas);
  const room = new RequestRoom(open);
  const asks = wishes.flatMap((wish) =>
    wantedOf(wish).map((wanted): Ask => {
      return { wish, wanted, found: findObstacle(wish, wanted, known.find(wish, wanted.unit, wish.scope)) };
    }),
  );
  const leads = new Map(asks.filter(isLead).flatMap(codeByFamily));
  return asks.map((ask) => decide(ask, leads.get(familyOf(ask.wish)), room));
}

interface Ask {
  readonly wish: IncreaseWish;
  readonly wanted: WantedCeiling;
  readonly found: Obstacle | Raisable;
}

function decide(ask: Ask, lead: string | undefined, room: RequestRoom): Decision {
  const found = isLead(ask) || lead === undefined ? ask.found : ledBy(lead, ask.found);
  if (found.kind === "obstacle") return refusal(ask, found);
  const obstacle = obstacleOfRoom(room, found);
  if (obstacle !== undefined) return refusal(ask, obstacle);
  room.add(found.quota);
  return { kind: "request", wish: ask.wish, request: requestOf(ask, found) };
}

function isLead({ wish, wanted }: Ask): boolean {
  return wish.scope === "geo" && wanted.unit === "tokens";
}

function codeByFamily({ wish, found }: Ask): readonly (readonly [family: string, code: string])[] {
  return found.kind === "raisable" ? [[familyOf(wish), found.quota.code]] : [];
}

/** The model whose quotas Support raises together; the global ones, and mantle's, are not among them. */
function familyOf({ accountId, region, modelId, scope, variant = "standard", endpoint }: IncreaseWish): string {
  const pool = endpoint === "mantle" ? "mantle" : scope === "global" ? "global" : "regional";
  return [accountId, region, modelName(modelId), variant, pool].join("/");
}

function ledBy(lead: string, found: Obstacle | Raisable): Obstacle | Raisable {
  if (found.kind === "obstacle" && found.isRaisedWithOthers !== true) return found;
  return {
    kind: "obstacle",
    why: "AWS wants one request for a model's cross-Region tokens, and Support then offers its other quotas with it",
    instead: `name it when Support answers to the request for ${lead}`,
    comesWith: lead,
  };
}

function obstacleOfRoom(room: RequestRoom, { quota }: Raisable): Obstacle | undefined {
  if (room.isOpen(quota)) {
    const why = "a request for this quota is open, and AWS takes one at a time";
    return { kind: "obstacle", why, instead: "wait until it is decided" };
  }
  const why = room.refusal(quota);
  return why === undefined ? undefined : { kind: "obstacle", why, instead: "plan again when some are decided" };
}

function requestOf({ wish, wanted }: Ask, { quota, from, default: standard }: Raisable): IncreaseRequest {
  const { accountId, region, modelId } = wish;
  const { unit, to } = wanted;
  return { accountId, region, code: quota.code, name: quota.name, unit, modelId, from, default: standard, to };
}

function refusal({ wish, wanted }: Ask, { why, instead, comesWith }: Obstacle): Decision {
  const { accountId, region, modelId, scope } = wish;
  const { unit, to } = wanted;
  return { kind: "refused", wish, refused: { accountId, region, unit, modelId, scope, to, why, instead, comesWith } };
}
