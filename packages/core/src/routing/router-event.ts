import type { Cost } from "../budget/quota.ts";
import type { Target } from "../budget/target.ts";
import type { ErrorCode } from "../errors.ts";
import type { AttemptFacts, UsageSource } from "./attempt-facts.ts";
import type { HealthChange } from "./health.ts";
import type { Verdict } from "./verdict.ts";

/** What every event says of itself and of the router that tells it. */
export interface EventHead {
  /** Rises when a field changes its meaning or goes; new fields do not raise it. */
  readonly schemaVersion: 1;
  /** When it happened, in ms since 1970. */
  readonly atMs: number;
  /** The router's own, by chance: `callId` counts from 1 in each. */
  readonly routerId: string;
  /** Of the config in force; undefined when the router was made without one. */
  readonly configHash: string | undefined;
}

/** What was asked. */
export interface AskedFacts {
  readonly callId: number;
  /** The name the caller used. */
  readonly requestedModel: string;
  /** The API's name for it, such as `ConverseStream`. */
  readonly operation: string | undefined;
  readonly isStream: boolean;
  readonly priority: number;
  /** Regions where the prompt might be processed, by the router's rule and the call's; undefined: anywhere. */
  readonly allowedRegions: readonly string[] | undefined;
}

/** Where an attempt was made. */
export interface PlaceFacts {
  readonly targetId: string;
  readonly accountId: string;
  readonly region: string;
  readonly endpoint: Target["endpoint"];
  /** As sent to AWS: a model id, an inference-profile id or an ARN. */
  readonly modelId: string;
  readonly profileType: Target["profileType"];
  /** Regions where AWS may have processed the prompt; undefined: unknown. */
  readonly destinationRegions: readonly string[] | undefined;
}

/** What the transport learnt. */
export type LearntFacts = Omit<AttemptFacts, "usageSource">;

/** What it came to. */
export interface EndFacts {
  readonly usageSource: UsageSource;
  /** What was held. */
  readonly reserved: Cost;
  /** What the book charged for it in the end. */
  readonly settled: Cost;
  /** AWS may bill for it: false only when it surely did not process it. */
  readonly possiblyBilled: boolean;
  /** Content was handed out, so nothing else was tried after it. */
  readonly isCommitted: boolean;
  /** The caller gave up, or left the stream; or another attempt of the call answered first. */
  readonly isAborted: boolean;
  /** The same affinity key had gone to this account and Region before. */
  readonly isAffine: boolean;
  /** What this library calls the failure; undefined: it worked, or the error is AWS's or the network's own (`errorName`). */
  readonly errorCode: ErrorCode | undefined;
  /** Milliseconds in the waiting room, all waits of the call together. */
  readonly waitedMs: number;
  /** Milliseconds from its start to its end, for a stream to its last event; a call's time includes its waiting. */
  readonly totalMs: number;
}

/**
 * Why a call went where it went: the same key, ids that exist there only, the one target left, or the most room; `hedge`:
 * an attempt elsewhere did not answer in time.
 */
export type DecisionReason = "same-key" | "pinned" | "only-target" | "most-room" | "hedge";

/** A target that serves the model, and why it might not take the call. */
export interface RejectedCandidate {
  readonly targetId: string;
  readonly reason: string;
}

/** One attempt at one target has ended, a stream's with its last event. Carries no content. */
export interface AttemptEnd extends EventHead, AskedFacts, PlaceFacts, LearntFacts, EndFacts {
  readonly kind: "attempt-end";
  /** From 1 up. */
  readonly attempt: number;
  /** Undefined when nobody listened at its start. */
  readonly decisionReason: DecisionReason | undefined;
  /** Undefined when nobody listened at its start. Targets that only had less room are not listed. */
  readonly candidatesRejected: readonly RejectedCandidate[] | undefined;
  /** Undefined: it worked. */
  readonly verdict: Verdict | undefined;
  /** How the reservation ended. */
  readonly booking: "settled" | "released" | "kept" | "throttled";
}

/**
 * One call has ended, once for each: after its last attempt, a stream's with its last event. Says where that one, or the
 * one that answered first, was made and what the transport learnt of it, if there was one; `reserved` and `settled` are sums over all attempts.
 */
export interface CallEnd extends EventHead, AskedFacts, Partial<PlaceFacts>, LearntFacts, EndFacts {
  readonly kind: "call-end";
  /** `refused`: there was nowhere to go, or no room in time. `interrupted`: it broke after content was handed out. */
  readonly outcome: "ok" | "failed" | "refused" | "aborted" | "interrupted";
  readonly attempts: number;
  /** More than one attempt may have been billed: an answer was lost, in doubt or late, and the call was made again. */
  readonly possiblyBilledTwice: boolean;
  /** When a refused call may be tried again, by the book, in ms; else what AWS asked to wait. */
  readonly retryAfterMs?: number | undefined;
}

/** What may be used has changed: what happened, to which scope, why, and for how long. */
export interface HealthEvent extends EventHead, HealthChange {
  readonly kind: "health-change";
}

/** Something a person should know once; `code` is stable. */
export interface Warning extends EventHead {
  readonly kind: "warning";
  readonly code: string;
  readonly message: string;
}

/** An account takes no new calls from now on; calls under way there finish. */
export interface AccountDrain extends EventHead {
  readonly kind: "account-drain";
  /** What it is about, in words: `account 111111111111`. */
  readonly scope: string;
  readonly accountId: string;
  /** As the operator gave it; undefined: nobody did. */
  readonly reason: string | undefined;
}

/** An account takes calls again. */
export interface AccountResume extends EventHead {
  readonly kind: "account-resume";
  readonly scope: string;
  readonly accountId: string;
  /** Why it had been drained. */
  readonly reason: string | undefined;
}

/** Another config is in force, `configHash` names it. */
export interface ConfigReload extends EventHead {
  readonly kind: "config-reload";
  readonly scope: string;
  readonly previousConfigHash: string | undefined;
  /** Ids of accounts that came, and of those that went. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** As the operator gave it; undefined: nobody did. */
  readonly reason: string | undefined;
}

/** The router takes no more calls; those under way go on. */
export interface RouterClose extends EventHead {
  readonly kind: "router-close";
  readonly scope: string;
  /** Calls under way then. */
  readonly inFlight: number;
  /** As the operator gave it; undefined: nobody did. */
  readonly reason: string | undefined;
}

/** What an operator did. */
export type OperationEvent = AccountDrain | AccountResume | ConfigReload | RouterClose;

/** What became known of a quota, apart from what calls taught. */
export interface QuotaNews {
  /**
   * `limit`: AWS applies another one; `on-hold`: it is 0, or was; `unmapped`: AWS has a quota whose meaning is not known, so
   * that it is not used; `drift`: others use much of it, or no longer do; `stale`: it could not be read for long, or can be again.
   */
  readonly change: "limit" | "on-hold" | "unmapped" | "drift" | "stale";
  /** What it is about, in words. */
  readonly scope: string;
  readonly accountId: string;
  readonly region: string;
  /** Key of the quota in the book; undefined where it is about several, or about none of the book. */
  readonly key: string | undefined;
  /** Units per window before and now, of the limit or of others' use; undefined: not known. */
  readonly before: number | undefined;
  readonly now: number | undefined;
  /** For people: what it means, and what to do. */
  readonly message: string;
}

/** Something became known of a quota, apart from what calls taught. */
export interface QuotaChange extends EventHead, QuotaNews {
  readonly kind: "quota-change";
}

/** What has become of the book that several processes share. */
export interface LedgerNews {
  /**
   * `shared`: it is shared (again); `local`: it cannot be reached, and calls are decided on this process's part of the quotas;
   * `lost`: it has lost what it held, so that one window's worth of quota is taken for spent; `mismatch`: another process goes
   * by other limits, and the lower ones hold; `agreed`: no more.
   */
  readonly change: "shared" | "local" | "lost" | "mismatch" | "agreed";
  /** Processes that share it, as far as is known. */
  readonly processes: number;
  /** For people: what it means, and what to do. */
  readonly message: string;
}

/** Something has become of the shared book. */
export interface LedgerChange extends EventHead, LedgerNews {
  readonly kind: "ledger-change";
}

/**
 * What happens in a router, without content: safe for an audit log as it stands.
 *
 * Not in it: a tenant's hash (calls name no tenant), exceptions from residency (there are none to grant), a degraded
 * mode (one process has one book, which is there or not), a hash of the record before (a chain is for whoever writes
 * the records down, in one order). A residency rule has no name of its own: it stands in `allowedRegions`.
 */
export type RouterEvent = AttemptEnd | CallEnd | HealthEvent | QuotaChange | LedgerChange | Warning | OperationEvent;

/**
 * Hears events as they happen; nobody waits for it. What it throws or rejects with is dropped and counted, but one that
 * blocks the process blocks every call: hand slow work to a queue of its own.
 */
export type RouterListener = (event: RouterEvent) => unknown;
