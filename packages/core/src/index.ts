export { systemClock, type Clock } from "./clock.ts";
export { seededRandom, systemRandom, type Random } from "./random.ts";
export {
  NoCapacityError,
  NoEligibleTargetError,
  NotSentError,
  RequestTooLargeError,
  ShardrockError,
  StreamInterruptedError,
  type ErrorCode,
} from "./errors.ts";
export type { EnforcementKind } from "./budget/enforcement.ts";
export type { Ledger, Quote, Refusal, Reservation, ThrottleEvidence } from "./budget/ledger.ts";
export type { QuotaSnapshot } from "./budget/quota-snapshot.ts";
export type { Shift, ShiftListener, Shifts } from "./budget/shifts.ts";
export type { Limit, Limits, LimitSource } from "./budget/limits.ts";
export { MemoryLedger } from "./budget/memory-ledger.ts";
export { MemoryLimits } from "./budget/memory-limits.ts";
export { dayWindowMs, type Cost, type Quota, type Unit } from "./budget/quota.ts";
export type { Candidate, Target } from "./budget/target.ts";
export type { AdmissionBounds } from "./routing/admission-options.ts";
export type { AffinityOptions } from "./routing/affinity.ts";
export type { AttemptFacts, ReportedUsage, UsageSource } from "./routing/attempt-facts.ts";
export type { LedgerHost, LedgerSource, OpenedLedger } from "./bedrock/client/ledger-source.ts";
export type { HealthBond, SharedHealthChange } from "./routing/health-bond.ts";
export { FleetTries, type FleetTriesOptions } from "./routing/fleet-tries.ts";
export { BlockingHealth } from "./routing/blocking-health.ts";
export type { Attempt, AttemptCall, CallRequest, Pin } from "./routing/call.ts";
export type { Explanation } from "./routing/explain.ts";
export type { Failover, FailoverParts } from "./routing/failover.ts";
export {
  moveOnWhenUnprocessed,
  type FailedAttempt,
  type FailoverPolicy,
  type NextStep,
  type TriedTarget,
} from "./routing/failover-policy.ts";
export type { BegunAttempt, Hedge } from "./routing/hedge.ts";
export type { AttemptNumber, AttemptOutcome, Block, Health, HealthAttempt, HealthChange } from "./routing/health.ts";
export { pickBest, pickEarliest, type Choice, type EarliestBy } from "./routing/picker.ts";
export type { QueueSnapshot } from "./routing/queue-snapshot.ts";
export type { Operations, RouterReload } from "./routing/operations.ts";
export { Router, type RouterOptions } from "./routing/router.ts";
export type { DrainedAccounts, Replan, Setting, TargetSet } from "./routing/setting.ts";
export type { Hears } from "./routing/listeners.ts";
export type {
  AccountDrain,
  AccountResume,
  AskedFacts,
  AttemptEnd,
  CallEnd,
  ConfigReload,
  DecisionReason,
  EndFacts,
  EventHead,
  HealthEvent,
  PlaceFacts,
  LedgerChange,
  LedgerNews,
  QuotaChange,
  QuotaNews,
  OperationEvent,
  RejectedCandidate,
  RouterClose,
  RouterEvent,
  RouterListener,
  Warning,
} from "./routing/router-event.ts";
export type { RouterSnapshot } from "./routing/router-snapshot.ts";
export type { TenantShare } from "./routing/tenants.ts";
export type { Classify, Verdict } from "./routing/verdict.ts";
export { ConfigError } from "./bedrock/config/error.ts";
export { parseConfig, type Config, type ShardrockConfig } from "./bedrock/config/parse.ts";
export { configJsonSchema } from "./bedrock/config/json-schema.ts";
export { classify } from "./bedrock/classify.ts";
export {
  servedModel,
  type Fleet,
  type FleetLimit,
  type RefusedTarget,
  type ServedModel,
} from "./bedrock/fleet/served-model.ts";
export { reachableTargets, type ReachableTarget } from "./bedrock/fleet/reachable-targets.ts";
export { loadConfig, type LoadOptions } from "./bedrock/config/load.ts";
export { modelFacts, type ModelFacts } from "./bedrock/fleet/model-catalogue.ts";
export type { CallOptions, SendOptions } from "./bedrock/client/call-options.ts";
export type { CloseOptions } from "./bedrock/client/bedrock-edge.ts";
export type { ReloadOptions } from "./bedrock/client/live-router.ts";
export { openRouter, type OpenRouter, type OpenRouterOptions } from "./bedrock/client/open-router.ts";
export type {
  MonitoringRole,
  QuotaClientOptions,
  QuotaHost,
  QuotaSource,
  QuotaWatch,
} from "./bedrock/client/quota-source.ts";
export type { Findings, FoundCeilingOf, FoundId, QuotaPlace } from "./bedrock/fleet/findings.ts";
export type { CeilingOf, MinuteUnit } from "./bedrock/fleet/quota-ceiling.ts";
export type { QuotaScope } from "./bedrock/config/quotas.ts";
export { servedBy, type Served, type ServedBy } from "./bedrock/transport/served-by.ts";
export { ShardedBedrockRuntime, type ShardedBedrockRuntimeOptions } from "./bedrock/client/sharded-bedrock-runtime.ts";
export type { Json } from "./json.ts";
export { Estimates, type EstimatesOptions, type MaxTokensAdviceOptions } from "./bedrock/usage/estimates/estimates.ts";
export type { MaxTokensAdvice, MaxTokensChoice } from "./bedrock/usage/estimates/max-tokens-advice.ts";
export { residencyRefusal } from "./routing/residency.ts";
export type { HostCredentials } from "./bedrock/identity/sts-sessions.ts";
export type { RequestHandler } from "./bedrock/transport/target-clients.ts";
export { createRoutedFetch, type RoutedFetchOptions, type RoutedRequest } from "./bedrock/fetch/routed-fetch.ts";
