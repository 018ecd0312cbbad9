import type { FairShare } from "./fair-share.ts";
import type { LaneLine } from "./lane-line.ts";

/** The calls of one class of one pool: all its lanes share one virtual time. */
export interface ClassLine {
  readonly pool: string;
  readonly priority: number;
  readonly fair: FairShare;
  readonly lanes: Map<string, LaneLine>;
}

/** Who asks how long it would wait. */
export interface Asker {
  readonly tenant: string;
  readonly weight: number;
  /** Share of what its pool serves that it is guaranteed, 0 to 1. */
  readonly guaranteed: number;
}

/** Tenants up to which each one's work ahead is counted on its own. */
const countedTenants = 64;

/**
 * Milliseconds of work in a lane that starts before a new call of a tenant would: its own, and of each other's as much
 * as its weight brings in meanwhile. A flood of one tenant is not ahead of another's call.
 */
export function aheadMs({ fair }: ClassLine, lane: LaneLine, { tenant, weight, guaranteed }: Asker): number {
  if (lane.tokens === 0) return 0;
  const share = lane.forecast.settledShare;
  const own = lane.flows.get(tenant);
  const known = own?.fair ?? fair.find(tenant);
  const lifted = Math.max(known?.tag ?? Number.NEGATIVE_INFINITY, Math.min(fair.now, lane.lowestTag));
  const ownTokens = own?.tokens ?? 0;
  const startTag = own === undefined ? lifted : own.fair.tag + (ownTokens * share) / weight;
  const tokens = Math.max(ownTokens, othersAhead(lane, tenant, startTag) + ownTokens);
  const most = guaranteed > 0 ? Math.min(tokens, ownTokens / guaranteed) : tokens;
  return (Math.min(most, lane.tokens) / lane.tokens) * lane.workMs * share;
}

/** Tokens of other tenants, as holds, that start before a tag. */
function othersAhead(lane: LaneLine, tenant: string, startTag: number): number {
  const share = Math.max(lane.forecast.settledShare, 1e-9);
  if (lane.flows.size > countedTenants) {
    const sinceLowest = Math.max(0, startTag - lane.lowestTag) * lane.weights;
    return sinceLowest / share + lane.tokens / Math.max(1, lane.calls / lane.flows.size);
  }
  let tokens = 0;
  for (const { fair, tokens: waiting, places } of lane.flows.values()) {
    if (fair.tenant === tenant || fair.tag > startTag) continue;
    const first = places.first?.value.tokens ?? 0;
    tokens += Math.min(waiting, first + ((startTag - fair.tag) * fair.weight) / share);
  }
  return tokens;
}
