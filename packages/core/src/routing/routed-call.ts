import type { Cost } from "../budget/quota.ts";
import type { Candidate, Target } from "../budget/target.ts";
import { NoEligibleTargetError } from "../errors.ts";
import { type Home, isSamePlace } from "./affinity.ts";
import type { CallRequest } from "./call.ts";
import type { CallSurroundings } from "./call-surroundings.ts";
import type { Claim } from "./claim.ts";
import type { Charged } from "./fair-share.ts";
import { decisionOf } from "./call-report.ts";
import { carriersOf } from "./carriers.ts";
import { hardRefusal, type HardRules, rulesOf, sayShortfall, shortfall } from "./eligibility.ts";
import { type Block, sayBlock } from "./health.ts";
import { unblocked } from "./unblocked.ts";
import { withoutListenerLimit } from "../listener-limit.ts";
import type { RejectedCandidate } from "./router-event.ts";
import type { AttemptStart, Ending, RunningAttempt } from "./running-attempt.ts";
import { type Replan, requestFor, type Setting } from "./setting.ts";
import { defaultTenant } from "./tenants.ts";
import type { Ticket } from "./ticket.ts";

export interface RoutedCallOptions {
  readonly request: CallRequest;
  readonly id: number;
  /** Plans the call anew when targets were exchanged; it keeps those that stay unless told. */
  readonly replan: Replan | undefined;
}

const none: readonly never[] = [];

/** One call on its way: where it may still go, and what it has been through. */
export class RoutedCall implements Ticket {
  readonly number: number;
  readonly tenant: string;
  readonly priority: number;
  readonly arrival: number;
  deadlineMs: number;
  readonly bytes: number;
  readonly signal: AbortSignal | undefined;
  /** On `monotonicMs`: when it came. */
  readonly sinceMs: number;
  /** Every attempt begun, in order. */
  tried: readonly RunningAttempt[] = none;
  waitedMs = 0;
  /** On `monotonicMs`: when it last left the waiting room. */
  admittedMs = 0;
  /** The attempt whose answer or error the caller has; only the rest of a stream may still come. */
  decisive: RunningAttempt | undefined;
  charged: Charged | undefined;
  claim: Claim | undefined;
  readonly #shared: CallSurroundings;
  readonly #replan: RoutedCallOptions["replan"];
  /** Where its affinity key was at home before the attempt at hand. */
  #homeBefore: Home | undefined;
  #request: CallRequest;
  #setting: Setting;
  /** The rules have changed since it came. */
  #isRenewed = false;
  #rules: HardRules;
  #lane: string;
  #candidates: readonly Candidate[];
  /** Ids of targets it is not tried at again; undefined: none yet. */
  #excluded: Set<string> | undefined;
  #avoided: readonly Target[] = [];

  constructor(shared: CallSurroundings, { request, id, replan }: RoutedCallOptions) {
    const { clock, lanes, settings } = shared;
    this.#shared = shared;
    this.#replan = replan;
    this.#request = request;
    this.#setting = settings.setting;
    this.#rules = rulesOf(request, this.#setting);
    this.#lane = lanes.of(request, this.#rules);
    this.number = id;
    this.arrival = id;
    this.tenant = request.tenant ?? defaultTenant;
    this.priority = request.priority ?? 0;
    this.sinceMs = clock.monotonicMs();
    this.deadlineMs = this.sinceMs + (request.maxWaitMs ?? this.#setting.maxWaitMs);
    this.bytes = request.bytes ?? 0;
    this.signal = request.signal && withoutListenerLimit(request.signal);
    this.#candidates = request.candidates;
  }

  /**
   * Leaves out what may never take the call; comes before everything else.
   * @throws {NoEligibleTargetError} when hard rules leave no candidate.
   * @throws {RequestTooLargeError} when no quota can ever carry the call.
   */
  qualify(): void {
    this.#candidates = carriersOf(this.#request, this.#rules, this.#shared.carried);
  }

  /**
   * Looks again where it may go, if the rules have changed since it last did; then it may be another lane's.
   * @throws as `qualify` does, and what planning the call anew throws; then nothing has changed.
   */
  renew(): void {
    const { settings, carried, lanes } = this.#shared;
    const { setting } = settings;
    if (this.#setting === setting) return;
    const isExchanged = this.#setting.targets !== setting.targets;
    const request = isExchanged ? requestFor(setting.targets, this.#request, this.#replan) : this.#request;
    const rules = rulesOf(request, setting);
    const left = carriersOf(request, rules, carried);
    const excluded = this.#excluded;
    this.#candidates = excluded === undefined ? left : left.filter(({ target }) => !excluded.has(target.id));
    this.#request = request;
    this.#rules = rules;
    this.#lane = lanes.of(request, rules);
    this.#setting = setting;
    this.#isRenewed = true;
  }

  /** Whether it may still start where it has room: since it was booked the rules may have changed. */
  mayStartAt(target: Target): boolean {
    if (!this.#isRenewed && this.#setting === this.#shared.settings.setting) return true;
    try {
      this.renew();
    } catch {
      return false; // and it is asked again before it waits, which says why
    }
    return this.#candidates.some((candidate) => candidate.target === target);
  }

  /** Made when somebody asks: a call that need not wait has no use for it. */
  get id(): string {
    return String(this.number);
  }

  get request(): CallRequest {
    return this.#request;
  }

  get rules(): HardRules {
    return this.#rules;
  }

  get pool(): string {
    return this.#request.pool;
  }

  get lane(): string {
    return this.#lane;
  }

  nowMs(): number {
    return this.#shared.clock.monotonicMs();
  }

  /** It has left the waiting room, where it had been since then. */
  noteWaitSince(sinceMs: number): void {
    this.admittedMs = this.nowMs();
    this.waitedMs += this.admittedMs - sinceMs;
  }

  home(): Home | undefined {
    return this.#shared.affinity.homeOf(this.request);
  }

  cachedTokens(target: Target): number {
    return this.#shared.affinity.cachedTokens(this.request, target);
  }

  /**
   * An attempt is about to start, and the call's affinity key goes with it; with a hedge only if that answers first.
   * @param isHeard - somebody will ask why it goes there.
   */
  start(target: Target, { isHeard, isHedge }: { readonly isHeard: boolean; readonly isHedge: boolean }): AttemptStart {
    if (!isHedge) this.#homeBefore = this.#shared.affinity.moveTo(this.request, target);
    const isAffine = !isHedge && this.#homeBefore !== undefined && isSamePlace(this.#homeBefore.target, target);
    return {
      callId: this.number,
      attempt: this.tried.length + 1,
      waitedMs: this.waitedMs,
      target,
      reserved: this.#costAt(target),
      sinceMs: isHedge ? this.nowMs() : this.admittedMs,
      isAffine,
      isHedge,
      decision: isHeard ? decisionOf(this, target, { isAffine, isHedge }) : undefined,
    };
  }

  /** A hedge has answered first: its place is the affinity key's home. */
  moveHomeTo(target: Target): void {
    this.#shared.affinity.moveTo(this.request, target);
  }

  /** An attempt has ended: its affinity key learns what is cached where. */
  end(target: Target, { booking, verdict, facts: { usage } }: Ending): void {
    const { affinity } = this.#shared;
    if (verdict === undefined) {
      if (usage !== undefined) {
        const { cacheReadInputTokens: readTokens, cacheWriteInputTokens: writeTokens } = usage;
        affinity.learn(this.request, target, { readTokens, writeTokens });
      }
      return;
    }
    const isUnprocessed = booking === "released" || booking === "throttled";
    if (isUnprocessed && this.#homeBefore !== undefined) affinity.moveBack(this.request, target, this.#homeBefore);
  }

  eligible(): readonly Candidate[] {
    const free = this.#shared.health.isClear === true ? this.#candidates : unblocked(this.#candidates, this);
    if (this.#avoided.length === 0) return free;
    const preferred = free.filter(({ target }) => !this.#avoided.includes(target));
    return preferred.length > 0 ? preferred : free;
  }

  blockOf(target: Target): Block | undefined {
    return this.#shared.health.blocked(target, this.request.operation, this.number);
  }

  /** Whether nothing at all speaks against a target, whoever asks. */
  isClear(target: Target): boolean {
    return this.#shared.health.blocked(target, this.request.operation) === undefined;
  }

  /** Does not try these targets next, while anything else may be used; forgets those of before. */
  avoid(targets: readonly Target[]): void {
    this.#avoided = targets;
  }

  /** Whether a target may still take the call now that it has room there: another call may be the one that tries it. */
  mayGo(target: Target): boolean {
    if (this.blockOf(target) === undefined) return true;
    return this.eligible().some((candidate) => candidate.target === target);
  }

  /** Where it might still go; some may be blocked or full now. */
  get targets(): readonly Target[] {
    return this.#candidates.map(({ target }) => target);
  }

  hasUntried(): boolean {
    return this.#candidates.some(({ target }) => this.tried.every(({ start }) => start.target !== target));
  }

  unblocksInMs(): number {
    let soonestMs = Number.POSITIVE_INFINITY;
    if (this.#shared.health.isClear === true) return soonestMs;
    for (const { target } of this.#candidates) {
      soonestMs = Math.min(soonestMs, this.blockOf(target)?.untilMs ?? Number.POSITIVE_INFINITY);
    }
    return soonestMs - this.nowMs();
  }

  /** Never tries this target again. */
  exclude(target: Target): void {
    this.#excluded ??= new Set();
    this.#excluded.add(target.id);
    this.#candidates = this.#candidates.filter((candidate) => candidate.target !== target);
  }

  noneLeft(): NoEligibleTargetError {
    const { pool, candidates } = this.request;
    const reasons = candidates.map((candidate) => `${candidate.target.id}: ${this.#whyNot(candidate)}`);
    return new NoEligibleTargetError(`no target of ${pool} can be used now:\n${reasons.join("\n")}`, reasons);
  }

  /** The candidates that may not take the call now, and why. */
  rejected(): readonly RejectedCandidate[] {
    const { candidates } = this.request;
    const eligible = this.eligible();
    if (eligible.length === candidates.length) return none;
    const left = new Set(eligible);
    return candidates
      .filter((candidate) => !left.has(candidate))
      .map((candidate) => ({ targetId: candidate.target.id, reason: this.#whyNot(candidate) }));
  }

  /** What the call holds at a target. */
  #costAt(target: Target): Cost {
    for (const candidate of this.#request.candidates) if (candidate.target === target) return candidate.cost;
    return {};
  }

  #whyNot(candidate: Candidate): string {
    const { limits } = this.#shared.carried;
    const [large, block] = [shortfall(candidate, limits), this.blockOf(candidate.target)];
    return (
      hardRefusal(candidate.target, this.#rules, limits) ??
      (large && sayShortfall(large)) ??
      (block && sayBlock(block, this.nowMs())) ??
      "was tried and failed"
    );
  }
}
