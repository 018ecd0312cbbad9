import { counted } from "./counted.ts";
import type { IncreaseQuota, IncreaseWish } from "./increase-plan.ts";
import type { WantedCeiling } from "./wanted-ceilings.ts";

/** Why something cannot be asked of AWS through its API, and what to do in its place. */
export interface Obstacle {
  readonly kind: "obstacle";
  readonly why: string;
  readonly instead: string;
  /** See `RefusedIncrease`. */
  readonly comesWith?: string;
  /** True: AWS raises it, but only when it is asked for another quota of the model. */
  readonly isRaisedWithOthers?: boolean;
}

/** A quota that AWS's API raises to what is wanted, as far as the quota itself says. */
export interface Raisable {
  readonly kind: "raisable";
  readonly quota: IncreaseQuota;
  readonly from: number;
  readonly default: number;
}

const supportCase = "open a support case for a service limit increase of Amazon Bedrock";

/**
 * Whether a quota can be raised as wanted. Source: AWS, "Quotas for the bedrock-mantle endpoint": increases through
 * Support alone; "Request an increase for Amazon Bedrock quotas"; and reports of accounts on hold, whose requests the API
 * refused because they did not exceed the default (read 2026-11-22).
 */
export function findObstacle(
  wish: IncreaseWish,
  { unit, to }: WantedCeiling,
  quota: IncreaseQuota | undefined,
): Obstacle | Raisable {
  if (wish.endpoint === "mantle") return obstacle("AWS raises quotas of the mantle endpoint through Support alone");
  if (quota === undefined) {
    return obstacle("no such quota is known in this account and Region, or two contradict each other", readFirst);
  }
  const { applied, default: standard } = quota;
  if (standard === undefined) return obstacle("its default is not known, and a request must exceed it", readFirst);
  const from = applied ?? standard;
  if (to <= from) return obstacle(`the account has ${counted(unit, from)} already`, "ask for more than it has");
  if (to <= standard) {
    return obstacle(
      `AWS's API takes only what is above the default of ${counted(unit, standard)}, though the account has ${counted(unit, from)}`,
      `${supportCase}, to have the default restored`,
    );
  }
  if (quota.isAdjustable) return { kind: "raisable", quota, from, default: standard };
  return { ...obstacle("AWS takes no requests for this quota: it is not adjustable"), isRaisedWithOthers: true };
}

const readFirst = `read the quotas there first, and where AWS lists none, ${supportCase}`;

function obstacle(why: string, instead: string = supportCase): Obstacle {
  return { kind: "obstacle", why, instead };
}
