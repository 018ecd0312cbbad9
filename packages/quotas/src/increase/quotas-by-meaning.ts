import type { MinuteUnit } from "@shardrock/core";
import { mapRows } from "../mapping/map-rows.ts";
import { meaningKey } from "../mapping/meaning.ts";
import type { ModelMeaning } from "../mapping/meaning.ts";
import { modelName } from "../mapping/model-name.ts";
import { placeKey } from "../reader/place-key.ts";
import type { IncreaseQuota, IncreaseWish } from "./increase-plan.ts";

/** Quotas by account, Region and what they mean; those of which two contradict each other are in it not at all. */
export class QuotasByMeaning {
  readonly #byMeaning = new Map<string, IncreaseQuota>();

  constructor(quotas: readonly IncreaseQuota[]) {
    for (const [place, inPlace] of groupedByPlace(quotas)) {
      const rows = inPlace.map((quota) => ({ ...quota, value: quota.applied ?? quota.default ?? -1 }));
      for (const { row, meaning } of mapRows(rows).mapped) this.#byMeaning.set(`${place}/${meaningKey(meaning)}`, row);
    }
  }

  /** The quota that gives a wish's model its ceiling of a unit, in the scope that is given. */
  find(wish: IncreaseWish, unit: MinuteUnit, scope: IncreaseWish["scope"]): IncreaseQuota | undefined {
    const model = modelName(wish.modelId);
    if (model === undefined) return undefined;
    const { endpoint = "runtime", variant = "standard" } = wish;
    const meaning: ModelMeaning = { kind: "model", unit, window: "minute", scope, endpoint, model, variant };
    return this.#byMeaning.get(`${placeKey(wish)}/${meaningKey(meaning)}`);
  }
}

function groupedByPlace(quotas: readonly IncreaseQuota[]): ReadonlyMap<string, readonly IncreaseQuota[]> {
  const groups = new Map<string, IncreaseQuota[]>();
  for (const quota of quotas) {
    const key = placeKey(quota);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [quota]);
    else group.push(quota);
  }
  return groups;
}
