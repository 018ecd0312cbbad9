import type { ConfigProblem } from "../config/error.ts";
import type { ServedByConfig } from "../config/served-by.ts";
import type { Config } from "../config/shardrock-config.ts";
import type { DraftTarget } from "./draft-targets.ts";
import { mantleRegions } from "./mantle-regions.ts";
import type { RefusedTarget } from "./served-model.ts";

/** A model with many targets would drown its own message. */
const mostReasons = 5;

/** Targets a config names twice: in one model, or in two that disagree about where a profile may run. */
export function contradictingTargets(drafts: readonly DraftTarget[]): readonly ConfigProblem[] {
  const first = new Map<string, DraftTarget>();
  return drafts.flatMap((draft) => {
    const earlier = first.get(draft.id);
    if (earlier === undefined) first.set(draft.id, draft);
    const message = earlier && contradiction(draft, earlier);
    return message === undefined ? [] : [{ path: ["models", draft.model, "servedBy"], message }];
  });
}

/** A model none of whose targets is left. */
export interface ModelWithoutTarget {
  readonly name: string;
  readonly refused: readonly RefusedTarget[];
}

/** Why a model has no target at all. */
export function withoutTarget({ name, refused }: ModelWithoutTarget, { models }: Config): ConfigProblem {
  const path = ["models", name];
  if (refused.length === 0 && models.get(name)?.model !== undefined) {
    const message =
      "needs a client that finds its ids, with quotas: serviceQuotas() of @shardrock/quotas; or name them in servedBy";
    return { path: [...path, "model"], message };
  }
  if (refused.length === 0) {
    const hint = models.get(name)?.servedBy.some(isHeldToMantleRegions) ? mantleHint : "";
    return { path, message: `has no target: no account it may use has one of its Regions${hint}` };
  }
  const reasons = [...new Set(refused.map(({ reason }) => reason))].map((reason) => {
    const ids = refused.filter((target) => target.reason === reason).map(({ targetId }) => targetId);
    return `${ids[0]}${ids.length > 1 ? ` and ${ids.length - 1} more` : ""}: ${reason}`;
  });
  const message =
    `has no target that residency.allowedRegions lets run; ${reasons.slice(0, mostReasons).join("; ")}. ` +
    "Say where each profile runs in destinations, or allow more Regions";
  return { path, message };
}

const mantleHint =
  `; mantle was known in ${mantleRegions.regions.join(", ")} on ${mantleRegions.readOn}, ` +
  "and is used elsewhere where a served id names regions";

function isHeldToMantleRegions({ endpoint, regions }: ServedByConfig): boolean {
  return endpoint === "mantle" && regions === undefined;
}

function contradiction(draft: DraftTarget, earlier: DraftTarget): string | undefined {
  if (draft.model === earlier.model)
    return `names ${draft.modelId} twice for account ${draft.accountId}, ${draft.region}`;
  const [here, there] = [draft.destinationRegions, earlier.destinationRegions];
  if (here === undefined || there === undefined || sameRegions(here, there)) return undefined;
  // What AWS tells may change at any time; it is no mistake of the config's, and each model goes by what it was told.
  if (!draft.isPlacedByConfig || !earlier.isPlacedByConfig) return undefined;
  return (
    `says that ${draft.modelId} called in ${draft.region} may run in ${here.join(", ")}, ` +
    `but models.${earlier.model} says ${there.join(", ")}`
  );
}

function sameRegions(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((region) => right.includes(region));
}
