export { limiterKinds, limiterOf, type LimiterKind, type LimiterShape } from "./limiters/limiter-kind.ts";
export type { Limiter, LimiterEntry } from "./limiters/limiter.ts";
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
export type { CachePrefix } from "./prompt-cache.ts";
export type { SimulatedMantleQuota } from "./mantle-quota.ts";
export { startFaultProxy, type FaultProxy, type FaultProxyOptions } from "./proxy/fault-proxy.ts";
export type { DataToxic, Toxic, ToxicStream } from "./proxy/toxic.ts";
export { chatSize, poissonGapMs, serviceMs, type TrafficCall } from "./traffic.ts";
export { VirtualClock } from "./virtual-clock.ts";
export type { AnsweredRequest, CallOutcome, TargetStats } from "./sockets/call-tally.ts";
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
  type SimulatedAccount,
  type SimulatedFleet,
  type SimulatedFleetOptions,
  type SimulatedMantleLimits,
} from "./sockets/simulated-fleet.ts";
export { countWordTokens, textOfTokens } from "./sockets/simulated-tokenizer.ts";
