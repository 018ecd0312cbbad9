import type { BedrockEndpoint, BedrockOperation } from "./bedrock-route.ts";

/**
 * How a Bedrock request ended:
 * - `served`: the client was given everything.
 * - `lost`: it was charged in full, but the client went away, or a fault kept the answer from it.
 * - `interrupted`: an exception in its stream.
 * - `failed`: an error from the fault hook.
 * - `throttled`, `unknown-model`, `invalid`, `odd`: turned away, and charged nothing; `odd` with a 200 that is no answer.
 */
export type CallOutcome =
  "served" | "lost" | "interrupted" | "failed" | "throttled" | "unknown-model" | "invalid" | "odd";

/** What a request called, and as whom. */
export interface CalledTarget {
  readonly accountId: string;
  readonly region: string;
  readonly endpoint: BedrockEndpoint;
  /** Model or profile id; of ApplyGuardrail the guardrail's. */
  readonly modelId: string;
}

/** A Bedrock request that has ended; one that the client left ends when its generation would have. */
export interface AnsweredRequest extends CalledTarget {
  /** When it ended, on the clock's monotonic scale. */
  readonly atMs: number;
  readonly operation: BedrockOperation;
  readonly requestId: string;
  readonly outcome: CallOutcome;
  /** True tokens charged, cache writes among the input; 0 for a request that was turned away. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Input + output, each counted once: burndown is the book's affair. */
  readonly settledTokens: number;
}

/** What happened so far to the calls of one account, Region, endpoint and model or profile id. */
export interface TargetStats extends CalledTarget {
  /** Requests whose signature was right. */
  readonly attempts: number;
  readonly admitted: number;
  readonly throttled: number;
  readonly served: number;
  /** Input + output of the calls that have ended, each counted once. */
  readonly settledTokens: number;
}

type Counts = { -readonly [Name in keyof TargetStats]: TargetStats[Name] };

/** Counts Bedrock requests, and tells whoever listens of each one that ended. */
export class CallTally {
  readonly #targets = new Map<string, Counts>();
  readonly #listeners = new Set<(request: AnsweredRequest) => void>();

  get targets(): readonly TargetStats[] {
    return [...this.#targets.values()].map((target) => ({ ...target }));
  }

  onRecord(listener: (request: AnsweredRequest) => void): Disposable {
    const own = (request: AnsweredRequest): void => listener(request);
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) };
  }

  arrived(target: CalledTarget): void {
    this.#of(target).attempts += 1;
  }

  admitted(target: CalledTarget): void {
    this.#of(target).admitted += 1;
  }

  ended(request: AnsweredRequest): void {
    const target = this.#of(request);
    target.settledTokens += request.settledTokens;
    if (request.outcome === "served") target.served += 1;
    if (request.outcome === "throttled") target.throttled += 1;
    for (const listener of this.#listeners) listener(request);
  }

  #of({ accountId, region, endpoint, modelId }: CalledTarget): Counts {
    const key = `${accountId}/${region}/${endpoint}/${modelId}`;
    const known = this.#targets.get(key);
    if (known !== undefined) return known;
    const target = { accountId, region, endpoint, modelId };
    const fresh = { ...target, attempts: 0, admitted: 0, throttled: 0, served: 0, settledTokens: 0 };
    this.#targets.set(key, fresh);
    return fresh;
  }
}
