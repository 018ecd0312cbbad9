import { type AttemptCall, NotSentError, ShardrockError, StreamInterruptedError, type Target } from "@shardrock/core";
import { type AdmittedCall, serviceMs, SimulatedBedrock, type VirtualClock } from "@shardrock/simulator";
import type { Draw } from "./draw.ts";
import { isAbout, startOf } from "./episode.ts";
import {
  errorOf,
  type FaultAnswer,
  type FaultKind,
  needsStream,
  processedAnswers,
  promptCanary,
  unprocessedAnswers,
} from "./fault-kinds.ts";
import type { Plan, PlannedCall } from "./plan.ts";
import { type AttemptTruth, burndown, type CallTruth, modelId } from "./world.ts";

/** When the transport gives an attempt up, in ms. */
export const timeouts = { credentialsMs: 5_000, firstEventMs: 10_000, idleMs: 5_000, totalMs: 75_000 };

/** What a caller gets: an answer, or a stream that goes on. */
export interface Answer {
  /** Resolves when the rest has come. */
  readonly rest: Promise<void>;
  /** The consumer leaves. */
  leave(): void;
}

export interface FaultyAwsOptions {
  readonly plan: Plan;
  readonly clock: VirtualClock;
  readonly draw: Draw;
}

const nothingMore: Answer = { rest: Promise.resolve(), leave: () => undefined };

/** An AWS with quotas on which faults fall, and the transport that calls it. */
export class FaultyAws {
  readonly #options: FaultyAwsOptions;
  readonly #quotas = new Map<string, SimulatedBedrock>();
  #orders = 0;
  #isHealed = false;

  constructor(options: FaultyAwsOptions) {
    this.#options = options;
    for (const target of options.plan.targets) this.setQuota(target.id, target.tokensPerMinute);
  }

  /** From now on AWS enforces another quota. */
  setQuota(targetId: string, tokensPerMinute: number): void {
    const { plan, draw } = this.#options;
    const target = plan.targets.find(({ id }) => id === targetId);
    if (target === undefined) return;
    const { accountId, region, requestsPerMinute } = target;
    const quota = {
      accountId,
      region,
      modelIds: [modelId],
      tokensPerMinute,
      burndown,
      maxOutputTokens: 4_000,
      ...(requestsPerMinute !== undefined && { requestsPerMinute }),
    };
    const bedrock = new SimulatedBedrock({ quotas: [quota], limiter: plan.limiter, random: draw.random });
    this.#quotas.set(targetId, bedrock);
  }

  /** Every fault is over. */
  heal(): void {
    this.#isHealed = true;
    for (const { id, tokensPerMinute } of this.#options.plan.targets) this.setQuota(id, tokensPerMinute);
  }

  /** One attempt, as a transport makes it. */
  async serve(call: CallTruth, target: Target, running: AttemptCall): Promise<Answer> {
    const truth = this.#begin(call, target, running);
    try {
      return await this.#send(call.planned, truth);
    } catch (error) {
      truth.failedOrder = this.#orders++;
      truth.failedMs = this.#options.clock.monotonicMs();
      throw error;
    }
  }

  async #send(planned: PlannedCall, truth: AttemptTruth): Promise<Answer> {
    const { target } = truth;
    await this.#yieldSome();
    const fault = this.#faultAt(target, planned);
    truth.fault = fault;
    await this.#credentials(truth);
    truth.wasSent = true;
    const refusal = planned.isInvalid ? invalid : fault && unprocessedAnswers[fault];
    if (refusal !== undefined) return this.#refuse(refusal, truth);
    const admitted = this.#admit(planned, target);
    if (admitted.kind !== "admitted") {
      return this.#refuse({ status: 429, name: "ThrottlingException", message: admitted.message, afterMs: 60 }, truth);
    }
    truth.wasTaken = true;
    return this.#answer(truth, { planned, admitted });
  }

  #begin({ callId, attempts }: CallTruth, target: Target, running: AttemptCall): AttemptTruth {
    const stopping = new AbortController();
    const truth: AttemptTruth = {
      callId,
      attempt: running.attempt,
      target,
      running,
      signal: AbortSignal.any([running.signal, stopping.signal]),
      atMs: this.#options.clock.monotonicMs(),
      order: this.#orders++,
      fault: undefined,
      wasSent: false,
      wasTaken: false,
      wasThrottled: false,
      wasStopped: false,
      verdict: undefined,
      failedOrder: undefined,
      failedMs: undefined,
      deliveredOrder: undefined,
      reported: undefined,
    };
    running.onStop?.((reason) => {
      truth.wasStopped = true;
      stopping.abort(reason);
    });
    attempts.push(truth);
    return truth;
  }

  #faultAt(target: Target, { isStream }: PlannedCall): FaultKind | undefined {
    const { plan, clock, draw } = this.#options;
    if (this.#isHealed) return undefined;
    const nowMs = clock.monotonicMs();
    for (const episode of plan.episodes) {
      const { kind, share } = episode;
      if (!isAbout(episode, target) || nowMs < startOf(episode) || nowMs >= episode.untilMs) continue;
      if (needsStream(kind) && !isStream) continue;
      if (!draw.chance(share)) continue;
      return kind === "brownout" && draw.chance(0.3) ? "failed-after" : kind;
    }
    return undefined;
  }

  async #credentials({ fault, signal }: AttemptTruth): Promise<void> {
    const { clock } = this.#options;
    if (fault !== "role-denied" && fault !== "sts-down" && fault !== "sts-hangs") return;
    try {
      await clock.sleep(fault === "sts-hangs" ? timeouts.credentialsMs : 50, signal);
    } catch (reason) {
      throw new NotSentError(abortOf(reason));
    }
    throw new NotSentError(new ShardrockError("credentials-unavailable", `no credentials: ${fault}`));
  }

  #admit({ inputTokens, maxTokens }: PlannedCall, { id, accountId, region }: Target) {
    const bedrock = this.#quotas.get(id);
    const answer = bedrock?.admit(
      { accountId, region, modelId, inputTokens, maxTokens },
      this.#options.clock.monotonicMs(),
    );
    if (answer === undefined || answer.kind === "unknown-model") throw new Error(`no quota for ${id}`);
    return answer;
  }

  async #refuse(answer: FaultAnswer, truth: AttemptTruth): Promise<never> {
    truth.wasThrottled = answer.status === 429 && answer.name !== "ModelNotReadyException";
    const isConnecting = answer.status === undefined;
    if (isConnecting) truth.wasSent = false;
    try {
      await this.#wait(answer.afterMs, truth);
    } catch (aborted) {
      throw isConnecting ? new NotSentError(aborted) : aborted;
    }
    throw errorOf(answer);
  }

  async #answer(
    truth: AttemptTruth,
    { planned, admitted }: { readonly planned: PlannedCall; readonly admitted: AdmittedCall },
  ): Promise<Answer> {
    const { clock } = this.#options;
    const { fault } = truth;
    const failure = fault && processedAnswers[fault];
    if (failure !== undefined) {
      clock.timer(failure.afterMs, () => admitted.fail(clock.monotonicMs()));
      await this.#wait(failure.afterMs, truth);
      throw errorOf(failure);
    }
    const pace = fault === "slow" || fault === "brownout" ? 10 : 1;
    const outputTokens = Math.min(planned.outputTokens, planned.maxTokens);
    const lastsMs = serviceMs(outputTokens) * pace;
    const { inputTokens } = planned;
    // Whoever still listens: AWS works on, and charges.
    clock.timer(lastsMs, () => admitted.end({ inputTokens, outputTokens }, clock.monotonicMs()));
    truth.reported = { requests: 1, tokens: inputTokens + outputTokens * burndown };
    if (fault === "black-hole")
      return this.#silence(planned.isStream ? timeouts.firstEventMs : timeouts.totalMs, truth);
    if (planned.isStream) return this.#stream(truth, { firstMs: 300 * pace, lastsMs });
    if (lastsMs > timeouts.totalMs) return this.#silence(timeouts.totalMs, truth);
    await this.#wait(lastsMs, truth);
    this.#deliver(truth);
    this.#settle(truth);
    return nothingMore;
  }

  /** What was broken off reaches nobody. */
  #deliver(truth: AttemptTruth): void {
    if (!truth.wasStopped) truth.deliveredOrder = this.#orders++;
  }

  async #silence(ms: number, truth: AttemptTruth): Promise<never> {
    await this.#wait(ms, truth);
    throw new ShardrockError("timeout", `nothing came for ${ms} ms`);
  }

  async #stream(truth: AttemptTruth, { firstMs, lastsMs }: { firstMs: number; lastsMs: number }): Promise<Answer> {
    const { fault, running } = truth;
    await this.#wait(firstMs, truth);
    if (fault === "stream-throttled-early") {
      truth.wasThrottled = true;
      throw Object.assign(new Error(promptCanary), { name: "ThrottlingException" });
    }
    if (fault === "stream-cut-early") throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
    running.commit();
    this.#deliver(truth);
    // A transport may learn of the break in the same breath as of the first content.
    const late = fault && interruptions[fault];
    if (late !== undefined && this.#options.draw.chance(0.3)) {
      truth.wasThrottled = fault === "stream-throttled-late";
      throw late;
    }
    const leaving = new AbortController();
    const rest = this.#rest(truth, Math.max(0, lastsMs - firstMs), leaving.signal);
    rest.catch(() => undefined); // the caller looks at it when it comes to it
    return { rest, leave: () => leaving.abort() };
  }

  /** The rest of a stream, told to the router as a guarded stream does. */
  async #rest(truth: AttemptTruth, ms: number, leaving: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const { fault, running } = truth;
    const signal = AbortSignal.any([truth.signal, leaving]);
    const error = interruptions[fault ?? "slow"];
    try {
      const untilMs = fault === "stream-goes-quiet" ? timeouts.idleMs : error === undefined ? ms : ms / 2;
      await clock.sleep(Math.min(untilMs, timeouts.totalMs), signal);
      await this.#yieldSome();
    } catch {
      const aborted = abortOf(undefined);
      running.fail(aborted);
      if (leaving.aborted) return;
      throw aborted;
    }
    const broken = error ?? (ms > timeouts.totalMs ? new ShardrockError("timeout", "it took too long") : undefined);
    if (broken === undefined) return this.#settle(truth);
    if (fault === "stream-throttled-late") truth.wasThrottled = true;
    running.fail(broken);
    throw new StreamInterruptedError("the stream broke", 3, { cause: broken });
  }

  #settle(truth: AttemptTruth): void {
    const { draw } = this.#options;
    if (truth.fault === "usage-unreadable") {
      const tokens = draw.pick([Number.NaN, -5, Number.POSITIVE_INFINITY, "12" as unknown as number]);
      truth.reported = { requests: 1, tokens };
    }
    if (truth.fault === "usage-unreadable" && draw.chance(0.3)) truth.reported = undefined;
    truth.running.settle(truth.reported);
  }

  async #wait(ms: number, { signal }: AttemptTruth): Promise<void> {
    try {
      await this.#options.clock.sleep(ms, signal);
    } catch (reason) {
      throw abortOf(reason);
    }
    await this.#yieldSome();
  }

  /** Promises of different calls overtake each other by chance. */
  async #yieldSome(): Promise<void> {
    for (let turns = this.#options.draw.int(0, 4); turns > 0; turns -= 1) await Promise.resolve();
  }
}

const invalid: FaultAnswer = { status: 400, name: "ValidationException", message: promptCanary, afterMs: 30 };

const interruptions: Partial<Record<FaultKind, Error>> = {
  "stream-throttled-late": Object.assign(new Error(promptCanary), { name: "ThrottlingException" }),
  "stream-cut-late": Object.assign(new Error("aborted"), { code: "ECONNRESET" }),
  "stream-without-end": new ShardrockError("response-invalid", "it ended without its closing event"),
  "stream-goes-quiet": new ShardrockError("timeout", "no event"),
  "frame-broken": new ShardrockError("response-invalid", "a frame without sense"),
};

function abortOf(reason: unknown): Error {
  return reason instanceof Error ? reason : Object.assign(new Error("aborted"), { name: "AbortError" });
}
