export { limiterKinds, limiterOf, type LimiterKind } from "./limiters/limiter-kind.ts";
export type { Limiter, LimiterEntry, LimiterShape } from "./limiters/limiter.ts";
export {
  SimulatedBedrock,
  type AdmittedCall,
  type SimulatedBedrockOptions,
  type SimulatedCall,
  type SimulatedDayQuota,
  type SimulatedQuota,
  type SimulatedUsage,
  type ThrottledCall,
  type UnknownModel,
} from "./simulated-bedrock.ts";
export { BackgroundTraffic, type BackgroundTrafficOptions } from "./background-traffic.ts";
export type { ChargedPlace } from "./book-shelf.ts";
export type { ArrivalOptions } from "./metrics/arrivals.ts";
export type { CacheSpelling, MetricName } from "./metrics/metric-name.ts";
export {
  SimulatedMetrics,
  type MetricSpan,
  type SimulatedMetricData,
  type SimulatedMetricQuery,
  type SimulatedMetricsOptions,
  type UsageCounts,
} from "./metrics/simulated-metrics.ts";
export type { SimulatedLimits } from "./simulated-limits.ts";
export {
  SimulatedInferenceProfiles,
  type ProfileView,
  type SimulatedApplicationProfile,
  type SimulatedProfilesOptions,
} from "./profiles/simulated-inference-profiles.ts";
export type { Geography } from "./profiles/destinations.ts";
export { systemProfiles, type SystemProfile } from "./profiles/system-profiles.ts";
export { bedrockQuotaRows } from "./quotas/bedrock-quota-rows.ts";
export { inferenceRows } from "./quotas/inference-rows.ts";
export type { IncreaseRequest, IncreaseStatus, IncreaseWish, QuotasProblem } from "./quotas/increase-request.ts";
export type { RegionalValue, SimulatedQuotaRow } from "./quotas/quota-row.ts";
export {
  SimulatedServiceQuotas,
  type ApplyListener,
  type QuotaValue,
  type SimulatedServiceQuotasOptions,
} from "./quotas/simulated-service-quotas.ts";
export type { CachePrefix } from "./prompt-cache.ts";
export type { SimulatedMantleQuota } from "./mantle-quota.ts";
export { startFaultProxy, type FaultProxy, type FaultProxyOptions } from "./proxy/fault-proxy.ts";
export type { DataToxic, Toxic, ToxicStream } from "./proxy/toxic.ts";
export { chatSize, poissonGapMs, serviceMs, type TrafficCall } from "./traffic.ts";
export { VirtualClock } from "./virtual-clock.ts";
export type { AnsweredRequest, CallOutcome, TargetStats } from "./sockets/call-tally.ts";
export type {
  SimulatedInvocationLogging,
  SimulatedModelPlace,
  SimulatedSettings,
} from "./sockets/control/settings-service.ts";
export type { SimulatedSharing } from "./sockets/control/cloudwatch-service.ts";
export type { ControlOperation, QuotaOperation } from "./sockets/control/control-operation.ts";
export type { ControlApi, ControlStats } from "./sockets/control/control-tally.ts";
export type { DiscoverableModelId, ProfileScope } from "./sockets/discoverable-model.ts";
export type { SimulatedDiscovery } from "./sockets/fleet-discovery.ts";
export type { Fault, FaultHook, FaultPoint } from "./sockets/fault.ts";
export type { SimulatedModelOptions } from "./sockets/generate.ts";
export type { SimulatedGuardrail } from "./sockets/guardrail.ts";
export type { SimulatedCaller } from "./sockets/principals.ts";
export type { SimulatedRole } from "./sockets/role.ts";
export {
  startSimulatedAws,
  type SimulatedAws,
  type SimulatedAwsOptions,
  type SimulatedAwsStats,
} from "./sockets/simulated-aws.ts";
export {
  startSimulatedFleet,
  type FleetTraffic,
  type ScopedPlace,
  type SimulatedAccount,
  type SimulatedFleet,
  type SimulatedFleetOptions,
  type SimulatedMantleLimits,
  type SimulatedMonitoringRole,
} from "./sockets/simulated-fleet.ts";
export { countWordTokens, textOfTokens } from "./sockets/simulated-tokenizer.ts";
