import { residencyRefusal } from "../../routing/residency.ts";
import type { DraftTarget } from "./draft-targets.ts";
import type { RefusedTarget } from "./served-model.ts";
import type { ResidencyConfig } from "../config/shardrock-config.ts";

/** What residency leaves of the targets, and why it took the others. */
export interface ResidentTargets {
  readonly kept: readonly DraftTarget[];
  readonly refused: readonly RefusedTarget[];
}

/** Takes out every target that might process a prompt outside the allowed Regions; fails closed. */
export function keepResident(drafts: readonly DraftTarget[], { allowedRegions }: ResidencyConfig): ResidentTargets {
  if (allowedRegions === "anywhere") return { kept: drafts, refused: [] };
  const kept: DraftTarget[] = [];
  const refused: RefusedTarget[] = [];
  for (const draft of drafts) {
    const reason = residencyRefusal(draft, allowedRegions);
    if (reason === undefined) kept.push(draft);
    else refused.push({ rule: "residency", model: draft.model, targetId: draft.id, reason });
  }
  return { kept, refused };
}
