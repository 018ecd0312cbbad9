import type { AdmittedCall, SimulatedCall, SimulatedUsage, ThrottledCall, UnknownModel } from "../simulated-bedrock.ts";
import type { SimulatedMetrics, UsageCounts } from "./simulated-metrics.ts";

/** What is known of a call when it is decided. */
export interface Metering {
  readonly call: SimulatedCall;
  /** Quota tokens per output token. */
  readonly burndown: number;
  readonly metrics: SimulatedMetrics;
  readonly nowMs: number;
}

/**
 * Counts a call in CloudWatch: a throttle at once, the rest when it ends, with what it settled for. Mantle counts no
 * throttles. Source: bedrock-facts.md, section 4 (Bedrock User Guide, "Monitoring", read 2026-11-22).
 */
export function metered<Decision extends AdmittedCall | ThrottledCall | UnknownModel>(
  decision: Decision,
  metering: Metering,
): Decision | AdmittedCall {
  const { call, metrics, nowMs } = metering;
  switch (decision.kind) {
    case "unknown-model":
      return decision;
    case "throttled":
      if (call.endpoint !== "mantle") metrics.count(call, { InvocationThrottles: 1 }, nowMs);
      return decision;
    case "admitted":
      return counting(decision, metering);
    default:
      return decision satisfies never;
  }
}

function counting(admitted: AdmittedCall, metering: Metering): AdmittedCall {
  const { call, metrics } = metering;
  return {
    ...admitted,
    end(usage, nowMs): void {
      admitted.end(usage, nowMs);
      const counts = call.endpoint === "mantle" ? mantleCounts(usage) : runtimeCounts(usage, admitted, metering);
      metrics.count(call, counts, nowMs);
    },
    fail(nowMs): void {
      admitted.fail(nowMs);
      if (call.endpoint !== "mantle") metrics.count(call, { InvocationServerErrors: 1 }, nowMs);
    },
  };
}

function runtimeCounts(usage: SimulatedUsage, admitted: AdmittedCall, { burndown }: Metering): UsageCounts {
  const { inputTokens, cacheWriteInputTokens = 0, outputTokens } = usage;
  return {
    Invocations: 1,
    InputTokenCount: inputTokens,
    OutputTokenCount: outputTokens,
    CacheReadInputTokens: admitted.cacheReadInputTokens ?? 0,
    CacheWriteInputTokens: cacheWriteInputTokens,
    EstimatedTPMQuotaUsage: inputTokens + cacheWriteInputTokens + outputTokens * burndown,
  };
}

function mantleCounts({ inputTokens, cacheWriteInputTokens = 0, outputTokens }: SimulatedUsage): UsageCounts {
  return { Inferences: 1, TotalInputTokens: inputTokens + cacheWriteInputTokens, TotalOutputTokens: outputTokens };
}
