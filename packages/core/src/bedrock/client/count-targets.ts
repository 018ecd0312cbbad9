import type { Target } from "../../budget/target.ts";
import { readModelId } from "../fleet/model-id.ts";
import type { ServedModel } from "../fleet/served-model.ts";

/** Where CountTokens of a model may go: the foundation model behind each of its ids, free of quota. */
export function countTargetsOf(model: ServedModel): readonly Target[] {
  const targets = new Map<string, Target>();
  for (const target of model.targets) {
    const read = readModelId(target.modelId);
    if (read.kind === "problem") continue;
    const id = `${target.accountId}/${target.region}/runtime/count-tokens/${read.baseModelId}`;
    const there = { modelId: read.baseModelId, destinationRegions: [target.region], quotas: [] };
    targets.set(id, { ...target, ...there, id });
  }
  return [...targets.values()];
}
