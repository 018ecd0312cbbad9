import type { PlannedCall } from "./plan.ts";

/** A small call that anything may carry: whether a target works again. */
export const probeCall: PlannedCall = {
  atMs: 0,
  inputTokens: 50,
  outputTokens: 10,
  maxTokens: 50,
  isStream: false,
  priority: 0,
  tenant: "default",
  maxWaitMs: 60_000,
  affinityKey: undefined,
  allowedRegions: undefined,
  pinnedTo: undefined,
  abortsAfterMs: undefined,
  leavesAfterMs: undefined,
  isInvalid: false,
};
