import { type Clock, NotSentError, ShardrockError, type Target } from "@shardrock/core";
import { type AdmittedCall, serviceMs, type ThrottledCall } from "@shardrock/simulator";
import type { WorkCall } from "../ceiling/stream.ts";
import type { World } from "../ceiling/world.ts";
import { deniedMs, type Fault, firstContentMs, timeline, timers, unavailableMs } from "./fault.ts";
import type { CallRecord, RunRecord } from "./record.ts";

export interface DyingAwsOptions {
  readonly world: World;
  readonly clock: Clock;
  readonly fault: Fault;
  readonly record: RunRecord;
}

/** A call on its way, and what is kept of it. */
export interface Sent {
  readonly call: WorkCall;
  readonly record: CallRecord;
}

/** The simulated AWS and the transport that calls it: its first account dies, and comes back. */
export class DyingAws {
  readonly #options: DyingAwsOptions;
  readonly #dyingId: string | undefined;

  constructor(options: DyingAwsOptions) {
    this.#options = options;
    this.#dyingId = options.world.targets[0]?.accountId;
  }

  /** From sending to the first content, or to the answer in one piece, in ms. */
  usualMs({ outputTokens }: WorkCall): number {
    return this.#options.fault.isStream ? firstContentMs : serviceMs(outputTokens);
  }

  /**
   * One attempt: resolves with the first content, or the answer in one piece.
   * @param signal - breaks it off; AWS works on.
   * @returns milliseconds until all of it has come.
   * @throws as a transport does.
   */
  async attempt({ call, record }: Sent, target: Target, signal?: AbortSignal): Promise<number> {
    const { clock, fault } = this.#options;
    const nowMs = clock.monotonicMs();
    const isThere = target.accountId === this.#dyingId;
    const isHit = isThere && nowMs >= timeline.diesAtMs && nowMs < timeline.healsAtMs;
    if (isHit) record.isHit = true;
    const made = this.#options.record.attempt(nowMs, isThere);
    if (isHit && fault.kind === "denied") return this.#deny();
    const answer = this.#admit(call, target);
    if (isHit && fault.kind === "unavailable") return this.#failAs503(answer);
    if (answer.kind === "admitted") this.#workOn(call, answer);
    if (isHit) return this.#silence(signal);
    if (answer.kind === "throttled") {
      made.isThrottled = true;
      throw errorOfAws(429, "ThrottlingException", answer.message);
    }
    const usualMs = this.usualMs(call);
    await clock.sleep(usualMs, signal);
    return serviceMs(call.outputTokens) - usualMs;
  }

  #admit({ inputTokens, maxTokens }: WorkCall, { accountId, region, modelId, id }: Target) {
    const { world, clock } = this.#options;
    const asked = { accountId, region, modelId, inputTokens, maxTokens };
    const answer = world.bedrock.admit(asked, clock.monotonicMs());
    if (answer.kind === "unknown-model") throw new RangeError(`the simulated AWS does not know ${id}`);
    return answer;
  }

  async #deny(): Promise<never> {
    await this.#options.clock.sleep(deniedMs);
    throw new NotSentError(new ShardrockError("credentials-unavailable", "the role could not be assumed"));
  }

  /** What was let in may have been processed: AWS keeps its input. */
  async #failAs503(answer: AdmittedCall | ThrottledCall): Promise<never> {
    const { clock } = this.#options;
    await clock.sleep(unavailableMs);
    if (answer.kind === "admitted") answer.fail(clock.monotonicMs());
    throw errorOfAws(503, "ServiceUnavailableException", "Service unavailable");
  }

  /** Whoever still listens: AWS works on, and charges. */
  #workOn({ inputTokens, outputTokens }: WorkCall, admitted: AdmittedCall): void {
    const { clock } = this.#options;
    clock.timer(serviceMs(outputTokens), () => admitted.end({ inputTokens, outputTokens }, clock.monotonicMs()));
  }

  async #silence(signal: AbortSignal | undefined): Promise<never> {
    const { clock, fault } = this.#options;
    const ms = fault.isStream ? timers.firstEventMs : timers.totalMs;
    await clock.sleep(ms, signal);
    throw new ShardrockError("timeout", `nothing came for ${ms} ms`);
  }
}

function errorOfAws(status: number, name: string, message: string): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}
