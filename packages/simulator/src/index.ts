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
export { chatSize, poissonGapMs, serviceMs, type TrafficCall } from "./traffic.ts";
export { VirtualClock } from "./virtual-clock.ts";
