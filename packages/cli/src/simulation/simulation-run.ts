import {
  type AttemptCall,
  type Cost,
  type Estimates,
  type OpenRouter,
  ShardrockError,
  type Target,
} from "@shardrock/core";
import type { AdmittedCall, SimulatedCall, VirtualClock } from "@shardrock/simulator";
import type { TraceCall } from "../traces/trace-call.ts";
import { type CallMover, CallSlot } from "./call-slot.ts";
import type { LoadTimeline } from "./load-timeline.ts";
import { ModelLoad } from "./model-load.ts";
import { throttles } from "./simulated-error.ts";
import type { VirtualAws, VirtualPlace } from "./virtual-aws.ts";

export interface SimulationRunOptions {
  readonly open: OpenRouter;
  readonly clock: VirtualClock;
  readonly aws: VirtualAws;
  readonly timeline: LoadTimeline;
  /** Milliseconds that a model takes to write so many tokens. */
  readonly serviceMs: (outputTokens: number) => number;
  /** Learns what calls without max_tokens get; undefined: they get nothing. */
  readonly estimates: Estimates | undefined;
  /** The model that a call means, by its name in the config; undefined: it is none of them. */
  readonly modelOf: (call: TraceCall) => string | undefined;
}

/** Sends the calls of a trace through the router to the virtual AWS, and counts how they come out. */
export class SimulationRun implements CallMover {
  readonly loads: ReadonlyMap<string, ModelLoad>;
  /** Calls that mean no model of the config. */
  unknownModels = 0;
  /** Attempts at AWS, and those that it refused. */
  attempts = 0;
  throttled = 0;
  readonly #options: SimulationRunOptions;
  readonly #free = new Map<ModelLoad, CallSlot[]>();
  /** Calls that have not ended, and those whose caller has an answer while AWS works on. */
  #open = 0;

  constructor(options: SimulationRunOptions) {
    const { models } = options.open.fleet;
    this.#options = options;
    this.loads = new Map([...models].map(([name, model]) => [name, new ModelLoad(model)]));
    for (const load of this.loads.values()) this.#free.set(load, []);
  }

  get isIdle(): boolean {
    return this.#open === 0;
  }

  /** A call comes now. */
  start(call: TraceCall): void {
    const { open, clock, modelOf, timeline, estimates } = this.#options;
    const load = this.loads.get(modelOf(call) ?? "");
    if (load === undefined) {
      this.unknownModels += 1;
      return;
    }
    const nowMs = clock.monotonicMs();
    const slot = this.#free.get(load)?.pop() ?? new CallSlot(load, this);
    const isUnset = call.maxTokens === undefined;
    const hold = slot.take(call, isUnset ? estimates?.filledMaxTokens(load.model, call.tenant) : undefined);
    slot.outcomes = load.offer(call, hold, nowMs);
    load.waiting += 1;
    this.#open += 1;
    timeline.offered(nowMs, call.inputTokens + call.outputTokens * load.model.burndown);
    void open.router.run(slot, slot.attempt).then(slot.onServed, slot.onRefused);
    timeline.loaded(nowMs, open.router.load);
  }

  send(slot: CallSlot, target: Target, running: AttemptCall): Promise<void> {
    const { aws, clock } = this.#options;
    const place = aws.placeOf(target);
    const nowMs = clock.monotonicMs();
    slot.waitedMs = running.waitedMs;
    this.#stopWaiting(slot);
    this.attempts += 1;
    const answer = aws.bedrock.admit(askedBy(slot, target), nowMs);
    if (answer.kind === "unknown-model") throw new RangeError(`the virtual AWS does not know ${target.id}`);
    if (answer.kind === "admitted") return this.#serve({ slot, answer, place, target, running, beganMs: nowMs });
    this.throttled += 1;
    const { message } = answer;
    const unit = message === "Too many requests, please wait before trying again." ? "requests" : undefined;
    for (const use of place.uses) if ((use.unit === "requests") === (unit === "requests")) use.throttle(nowMs);
    return Promise.reject(throttles[message]);
  }

  served(slot: CallSlot): void {
    slot.outcomes.served += 1;
    slot.outcomes.waits.add(slot.waitedMs);
    this.#close(slot);
  }

  refused(slot: CallSlot, error: unknown): void {
    this.#stopWaiting(slot);
    const { outcomes } = slot;
    const code = error instanceof ShardrockError ? error.code : undefined;
    if (code === "no-capacity") outcomes.refused += 1;
    else if (code === "request-too-large") outcomes.tooLarge += 1;
    else if (code === "no-eligible-target") outcomes.nowhere += 1;
    else outcomes.failed += 1;
    this.#close(slot);
  }

  /** AWS works for the call, and on when its caller has given it up. */
  #serve(serving: Serving): Promise<void> {
    const { clock, serviceMs } = this.#options;
    const { slot, running } = serving;
    slot.open += 1;
    return new Promise((resolve, reject) => {
      running.onStop?.(reject);
      const asked = Math.min(slot.call.outputTokens, slot.maxTokens);
      clock.timer(serviceMs(asked), () => {
        this.#answer(serving, asked);
        resolve();
        this.#close(slot);
      });
    });
  }

  /** @param asked - output tokens, if AWS lets them be. */
  #answer({ slot, answer, place, target, running, beganMs }: Serving, asked: number): void {
    const nowMs = this.#options.clock.monotonicMs();
    const { inputTokens, outputTokens: wanted } = slot.call;
    const outputTokens = answer.write === undefined ? asked : answer.write(asked, nowMs);
    // What a trace's own max_tokens cut is in the trace already.
    if (outputTokens < (slot.filledMaxTokens === undefined ? asked : wanted)) slot.outcomes.cutShort += 1;
    answer.end({ inputTokens, outputTokens }, nowMs);
    const actual = actualCost(target, inputTokens, outputTokens * place.burndown);
    for (const use of place.uses) use.take(actual[use.unit] ?? 0, beganMs);
    running.settle(actual);
    this.#learn(slot, outputTokens);
  }

  /** As the client learns from an answer. */
  #learn({ call, load, maxTokens }: CallSlot, outputTokens: number): void {
    const { inputTokens, tenant } = call;
    const isUnset = call.maxTokens === undefined;
    const isCut = outputTokens >= maxTokens;
    const ended = { outputTokens, isCut, heldTokens: maxTokens, isUnset, inputTokens };
    this.#options.estimates?.learnLength(load.model, tenant, ended);
  }

  #stopWaiting(slot: CallSlot): void {
    if (!slot.isWaiting) return;
    slot.isWaiting = false;
    slot.load.waiting -= 1;
  }

  #close(slot: CallSlot): void {
    slot.open -= 1;
    if (slot.open > 0) return;
    this.#open -= 1;
    this.#free.get(slot.load)?.push(slot);
  }
}

interface Serving {
  readonly slot: CallSlot;
  readonly answer: AdmittedCall;
  readonly place: VirtualPlace;
  readonly target: Target;
  readonly running: AttemptCall;
  readonly beganMs: number;
}

function askedBy({ call, maxTokens }: CallSlot, { accountId, region, endpoint, modelId }: Target): SimulatedCall {
  return { accountId, region, endpoint, modelId, inputTokens: call.inputTokens, maxTokens };
}

function actualCost({ endpoint }: Target, inputTokens: number, output: number): Cost {
  return endpoint === "mantle" ? { inputTokens, outputTokens: output } : { requests: 1, tokens: inputTokens + output };
}
