import type { Attempt, AttemptCall, Candidate, Cost, Target } from "@shardrock/core";
import type { TraceCall } from "../traces/trace-call.ts";
import type { ModelLoad } from "./model-load.ts";
import { Outcomes } from "./outcomes.ts";

/** Who moves calls on their way. */
export interface CallMover {
  send(slot: CallSlot, target: Target, running: AttemptCall): Promise<void>;
  served(slot: CallSlot): void;
  refused(slot: CallSlot, error: unknown): void;
}

/** A cost that is written over for the next call. */
type ReusedCost = { -readonly [Unit in keyof Cost]: Cost[Unit] };

/**
 * A place for one call on its way: its request, its candidates and its attempt, made once and used for one call after the
 * other, because a simulation has millions of them. It is free again when the call has ended for the router and at AWS.
 */
export class CallSlot {
  readonly pool: string;
  readonly candidates: readonly Candidate[];
  readonly load: ModelLoad;
  /** As the router wants them. */
  readonly attempt: Attempt<void>;
  readonly onServed: () => void;
  readonly onRefused: (error: unknown) => void;
  tenant: string | undefined;
  priority = 0;
  /** Where it is counted. */
  outcomes: Outcomes = new Outcomes();
  call: TraceCall = noCall;
  /** What it sets, or what was filled in, or its model's maximum. */
  maxTokens = 0;
  /** What was filled in because it sets none; undefined: nothing. */
  filledMaxTokens: number | undefined;
  /** Time in the waiting room before the last attempt, in ms. */
  waitedMs = 0;
  /** It waits for its first attempt. */
  isWaiting = false;
  /** Parts of it that have not ended: the call itself, and each attempt at AWS. */
  open = 0;
  readonly #runtime: ReusedCost = { requests: 1, tokens: 0 };
  readonly #mantle: ReusedCost = { inputTokens: 0, outputTokens: 0 };

  constructor(load: ModelLoad, mover: CallMover) {
    const { name, targets } = load.model;
    this.load = load;
    this.pool = name;
    this.attempt = (target, running) => mover.send(this, target, running);
    this.onServed = () => mover.served(this);
    this.onRefused = (error) => mover.refused(this, error);
    this.candidates = targets.map((target) => ({ target, cost: this.#costAt(target) }));
  }

  /**
   * Another call takes it.
   * @param filled - what it gets as max_tokens, as it sets none; undefined: nothing.
   * @returns what it holds when it starts, in tokens.
   */
  take(call: TraceCall, filled?: number): number {
    this.call = call;
    this.filledMaxTokens = filled;
    this.tenant = call.tenant;
    this.priority = call.priority;
    this.maxTokens = call.maxTokens ?? filled ?? this.load.model.maxOutputTokens;
    const hold = call.inputTokens + this.maxTokens;
    this.#runtime.tokens = hold;
    this.#mantle.inputTokens = hold;
    this.waitedMs = 0;
    this.isWaiting = true;
    this.open = 1;
    return hold;
  }

  #costAt({ endpoint }: Target): Cost {
    return endpoint === "mantle" ? this.#mantle : this.#runtime;
  }
}

const noCall: TraceCall = {
  atMs: 0,
  model: undefined,
  tenant: undefined,
  inputTokens: 0,
  outputTokens: 0,
  maxTokens: undefined,
  priority: 0,
};
