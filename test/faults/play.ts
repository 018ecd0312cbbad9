import {
  type Attempt,
  type CallRequest,
  classify,
  type Ledger,
  MemoryLedger,
  MemoryLimits,
  Router,
  type RouterEvent,
  type RouterOptions,
  type Target,
} from "@shardrock/core";
import { VirtualClock } from "@shardrock/simulator";
import { Draw } from "./draw.ts";
import { type Answer, FaultyAws } from "./faulty-aws.ts";
import { GaveUp } from "./gave-up.ts";
import { mayGo } from "./may-go.ts";
import type { Happening, Plan, PlannedCall } from "./plan.ts";
import { probeCall } from "./probe-call.ts";
import { reloadRest } from "./reload-rest.ts";
import type { Sabotage } from "./sabotage.ts";
import type { Subject } from "./subject.ts";
import { WatchedLedger } from "./watched-ledger.ts";
import { type CallTruth, emptyTrace, holdOf, minuteKey, targetOf, type Trace } from "./world.ts";

/** So much later everything that could be blocked is free again, and every day counter has been probed. */
const recoveryMs = 70 * 60_000;

/** Plays a plan: the real router, book, policy and health in virtual time against an AWS on which the plan's faults fall. */
export async function play(plan: Plan, subject: Subject, sabotage: Sabotage = {}): Promise<Trace> {
  const run = new Run(plan, subject, sabotage);
  await run.toTheEnd();
  return run.trace;
}

class Run {
  readonly trace: Trace;
  readonly #ledger: WatchedLedger;
  readonly #plan: Plan;
  readonly #sabotage: Sabotage;
  readonly #clock: VirtualClock;
  readonly #limits = new MemoryLimits();
  readonly #aws: FaultyAws;
  readonly #router: Router;
  readonly #targets: readonly Target[];
  readonly #parts: ReturnType<Subject["open"]>;
  /** How often each account is drained, or taken out of the config, now. */
  readonly #operated = { drain: new Map<string, number>(), remove: new Map<string, number>() };

  constructor(plan: Plan, subject: Subject, sabotage: Sabotage) {
    const draw = new Draw(plan.seed + 0x1000000);
    this.#plan = plan;
    this.#sabotage = sabotage;
    this.#clock = new VirtualClock({ alarmsPerTurn: 256, tieBreak: draw.random });
    this.trace = emptyTrace(plan);
    for (const { id, tokensPerMinute, requestsPerMinute } of plan.targets) {
      this.#limits.set(minuteKey(id, "tokens"), tokensPerMinute, "config");
      if (requestsPerMinute !== undefined) this.#limits.set(minuteKey(id, "requests"), requestsPerMinute, "config");
    }
    const { ledger = (each: Ledger) => each } = sabotage;
    this.#targets = plan.targets.map(targetOf);
    this.#aws = new FaultyAws({ plan, clock: this.#clock, draw });
    const [clock, limits] = [this.#clock, this.#limits];
    this.#ledger = new WatchedLedger({ ledger: new MemoryLedger({ limits, clock }), limits, clock, trace: this.trace });
    this.#parts = subject.open({ clock, random: draw.random });
    this.#router = this.#routerWith(ledger(this.#ledger), draw);
  }

  async toTheEnd(): Promise<void> {
    const { lengthMs, calls, happenings } = this.#plan;
    for (const planned of calls) this.#clock.timer(planned.atMs, () => this.#start(planned));
    for (const happening of happenings) this.#clock.timer(happening.atMs, () => this.#happen(happening));
    for (let atMs = 0; atMs < lengthMs; atMs += 1_000) this.#clock.timer(atMs, () => this.#look());
    // In steps, because a stall uses up the time of the step it falls into.
    for (const ms of [lengthMs, lengthMs, 10 * 60_000]) await this.#clock.advance(ms);
    this.#lookForLeftovers();
    await this.#recover();
    this.trace.droppedEvents = this.#router.droppedEvents;
  }

  /** When every fault is over and every block has passed, a call is served again. */
  async #recover(): Promise<void> {
    this.#aws.heal();
    for (const { id, tokensPerMinute } of this.#plan.targets) {
      this.#limits.set(minuteKey(id, "tokens"), tokensPerMinute, "config");
    }
    await this.#clock.advance(recoveryMs);
    const probe = this.#start(probeCall);
    await this.#clock.advance(120_000);
    if (!probe.end?.isOk)
      this.trace.complaints.push(`I3: after all faults a call still fails: ${String(probe.end?.error)}`);
    this.#lookForLeftovers();
  }

  #routerWith(ledger: Ledger, draw: Draw): Router {
    const { bounds, allowedRegions, drained } = this.#plan;
    const change = this.#sabotage.options ?? ((options: RouterOptions) => options);
    const router = new Router(
      change({
        ledger,
        limits: this.#limits,
        ...this.#parts,
        classify,
        clock: this.#clock,
        random: draw.random,
        bounds,
        maxWaitMs: 30_000,
        allowedRegions,
        drained,
        id: "router",
      }),
    );
    router.onEvent(() => {
      throw new Error("a listener that is broken");
    });
    const tells = this.#sabotage.tells ?? ((event: RouterEvent) => [event]);
    router.onEvent((event) => tells(event).map((each) => this.#hear(each)));
    return router;
  }

  #hear(event: RouterEvent): void {
    this.trace.events.push(event);
    if (event.kind === "attempt-end") {
      const { attempts } = this.trace.calls[event.callId - 1] ?? { attempts: [] };
      const ended = attempts.find(({ attempt }) => attempt === event.attempt);
      if (ended !== undefined) ended.verdict = event.verdict?.kind;
    }
    if (event.kind !== "health-change" || event.state !== "recovering") return;
    const fromMs = this.#clock.monotonicMs();
    this.trace.recoveries.push({ fromMs, untilMs: fromMs + event.forMs });
  }

  #start(planned: PlannedCall): CallTruth {
    const callId = this.trace.calls.length + 1;
    const cost = { requests: 1, tokens: holdOf(planned) };
    const atMs = this.#clock.monotonicMs();
    const carriers = this.#targets.filter((target) => this.#carries(target, cost.tokens));
    const call: CallTruth = {
      callId,
      planned,
      cost,
      atMs,
      attempts: [],
      end: undefined,
      endings: 0,
      carriers,
      untried: [],
    };
    this.trace.calls.push(call);
    const caller = new AbortController();
    if (planned.abortsAfterMs !== undefined) this.#clock.timer(planned.abortsAfterMs, () => caller.abort(new GaveUp()));
    void this.#send(call, caller.signal);
    this.#clock.timer(0, () => this.#checkLoad());
    return call;
  }

  async #send(call: CallTruth, signal: AbortSignal): Promise<void> {
    const finish = (isOk: boolean, error?: unknown): void => {
      call.endings += 1;
      call.end = { atMs: this.#clock.monotonicMs(), error, isOk };
    };
    try {
      const request = (): CallRequest => this.#requestOf(call, signal);
      const answer = await this.#router.run(request(), this.#attemptOf(call), request);
      const { leavesAfterMs } = call.planned;
      if (leavesAfterMs !== undefined) this.#clock.timer(leavesAfterMs, () => answer.leave());
      await answer.rest;
      finish(true);
    } catch (error) {
      call.untried = this.#untried(call);
      finish(false, error);
    }
  }

  #attemptOf(call: CallTruth): Attempt<Answer> {
    const attempt: Attempt<Answer> = (target, running) => {
      this.#checkLoad();
      if (!this.#isIn(target)) this.trace.complaints.push(`I1: sent to ${target.id}, where nothing may begin now`);
      return this.#aws.serve(call, target, running);
    };
    return this.#sabotage.attempt?.(attempt) ?? attempt;
  }

  #requestOf({ planned, cost }: CallTruth, signal: AbortSignal): CallRequest {
    const { affinityKey, allowedRegions, pinnedTo, isStream, priority, tenant, maxWaitMs } = planned;
    return {
      pool: "chat",
      candidates: this.#targets
        .filter(({ accountId }) => !this.#is("remove", accountId))
        .map((target) => ({ target, cost })),
      operation: isStream ? "ConverseStream" : "Converse",
      isStream,
      priority,
      tenant,
      maxWaitMs,
      bytes: 1_000,
      signal,
      affinityKey,
      ...(allowedRegions && { allowedRegions }),
      ...(pinnedTo !== undefined && { pin: { accountId: pinnedTo, by: "a guardrail" } }),
    };
  }

  #happen(happening: Happening): void {
    switch (happening.kind) {
      case "stall":
        this.trace.stalledMs += happening.ms;
        return this.#clock.stall(happening.ms);
      case "epoch":
        return this.#clock.shiftEpoch(happening.ms);
      case "drain":
      case "remove":
        return this.#operate(happening);
      case "quota": {
        const { targetId, tokensPerMinute, polledAfterMs } = happening;
        this.#aws.setQuota(targetId, tokensPerMinute);
        if (polledAfterMs === undefined) return undefined;
        const tell = (): void => this.#limits.set(minuteKey(targetId, "tokens"), tokensPerMinute, "service-quotas");
        return void this.#clock.timer(polledAfterMs, tell);
      }
      default:
        return happening satisfies never;
    }
  }

  #operate({ kind, accountId, forMs }: Extract<Happening, { kind: "drain" | "remove" }>): void {
    const counts = this.#operated[kind];
    const change = (by: number): void => {
      counts.set(accountId, (counts.get(accountId) ?? 0) + by);
      if (this.#sabotage.isDeaf !== true) this.#tell(kind, accountId);
    };
    change(1);
    this.#clock.timer(forMs, () => change(-1));
  }

  #tell(kind: "drain" | "remove", accountId: string): void {
    const { operations } = this.#router;
    const isDrained = this.#is("drain", accountId) || this.#plan.drained.has(accountId);
    if (kind === "drain") return isDrained ? operations.drain(accountId, "by hand") : operations.resume(accountId);
    const { bounds, allowedRegions, drained } = this.#plan;
    const byHand = [...this.#operated.drain].filter(([, count]) => count > 0).map(([id]) => [id, undefined] as const);
    operations.reload({
      bounds,
      allowedRegions,
      drained: new Map([...drained, ...byHand]),
      ...reloadRest,
      configHash: `without ${accountId}`,
      targetOf: (id) => this.#targets.find((target) => target.id === id && !this.#is("remove", target.accountId)),
      apply: () => undefined,
    });
  }

  #is(kind: "drain" | "remove", accountId: string): boolean {
    return (this.#operated[kind].get(accountId) ?? 0) > 0;
  }

  /** Whether operators let calls begin there now. */
  #isIn({ accountId }: Target): boolean {
    return !this.#is("drain", accountId) && !this.#is("remove", accountId);
  }

  /** Where the call might still have gone: allowed, not blocked, not tried, large enough. */
  #untried({ callId, attempts, planned, cost, carriers }: CallTruth): readonly string[] {
    const operation = planned.isStream ? "ConverseStream" : "Converse";
    return carriers
      .filter((target) => mayGo(target, planned, this.#plan) && this.#isIn(target))
      .filter((target) => this.#carries(target, cost.tokens ?? 0))
      .filter((target) => this.#parts.health.blocked(target, operation, callId) === undefined)
      .map(({ id }) => id)
      .filter((id) => !attempts.some(({ target }) => target.id === id));
  }

  #carries({ id }: Target, tokens: number): boolean {
    return (this.#limits.get(minuteKey(id, "tokens"))?.value ?? 0) >= tokens;
  }

  #look(): void {
    this.#checkLoad();
    this.#ledger.look();
    if (this.#clock.monotonicMs() % 10_000 !== 0) return;
    this.trace.shown.add(JSON.stringify([this.#router.snapshot().quotas, this.#router.snapshot().inFlight]));
  }

  #checkLoad(): void {
    const { queued, inFlight } = this.#router.load;
    const { maxQueued, maxInFlight } = this.#plan.bounds;
    if (queued > maxQueued) this.trace.complaints.push(`I9: ${queued} calls wait, ${maxQueued} may`);
    if (inFlight > maxInFlight)
      this.trace.complaints.push(`I9: ${inFlight} calls are under way, ${maxInFlight} may be`);
  }

  #lookForLeftovers(): void {
    const { queued, inFlight } = this.#router.load;
    if (queued + inFlight > 0)
      this.trace.complaints.push(`I3: ${queued} calls wait and ${inFlight} run when all is over`);
    for (const { key, open } of this.#router.snapshot().quotas) {
      if (open !== 0) this.trace.complaints.push(`I6: ${key} has ${open} open when all is over`);
    }
  }
}
