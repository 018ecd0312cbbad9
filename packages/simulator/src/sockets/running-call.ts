import type { Clock } from "@shardrock/core";
import type { AdmittedCall, SimulatedUsage } from "../simulated-bedrock.ts";
import type { AnsweredRequest, CallOutcome, CallTally } from "./call-tally.ts";

/** Which request it is, for the record. */
export type RequestIdentity = Pick<
  AnsweredRequest,
  "accountId" | "region" | "endpoint" | "modelId" | "operation" | "requestId"
>;

/** True tokens of a call; what came out of a cache is not among them. */
export interface TrueUsage {
  readonly inputTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
}

/** An admitted call. The first ending counts: it tells the book, then the tally. */
export class RunningCall {
  readonly #admitted: AdmittedCall;
  readonly #identity: RequestIdentity;
  readonly #clock: Clock;
  readonly #tally: CallTally;
  #isRunning = true;

  constructor(
    admitted: AdmittedCall,
    identity: RequestIdentity,
    { clock, tally }: { readonly clock: Clock; readonly tally: CallTally },
  ) {
    this.#admitted = admitted;
    this.#identity = identity;
    this.#clock = clock;
    this.#tally = tally;
  }

  /** Its output is counted as it is written. */
  get isMetered(): boolean {
    return this.#admitted.write !== undefined;
  }

  /** Output is written: returns how much of it may be. */
  write(tokens: number): number {
    return this.#admitted.write?.(tokens, this.#clock.monotonicMs()) ?? tokens;
  }

  /** It ran: charged for what it used. */
  end({ inputTokens, cacheWriteTokens, outputTokens }: TrueUsage, outcome: CallOutcome): void {
    const usage: SimulatedUsage =
      cacheWriteTokens > 0
        ? { inputTokens, cacheWriteInputTokens: cacheWriteTokens, outputTokens }
        : { inputTokens, outputTokens };
    const counted = { inputTokens: inputTokens + cacheWriteTokens, outputTokens };
    this.#once((nowMs) => this.#admitted.end(usage, nowMs), { ...counted, outcome });
  }

  /** AWS failed it: charged for its input. */
  fail({ inputTokens, cacheWriteTokens }: TrueUsage): void {
    const counted = { inputTokens: inputTokens + cacheWriteTokens, outputTokens: 0 };
    this.#once((nowMs) => this.#admitted.fail(nowMs), { ...counted, outcome: "failed" });
  }

  #once(
    endInBook: (nowMs: number) => void,
    end: Pick<AnsweredRequest, "inputTokens" | "outputTokens" | "outcome">,
  ): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    const nowMs = this.#clock.monotonicMs();
    endInBook(nowMs);
    const settledTokens = end.inputTokens + end.outputTokens;
    this.#tally.ended({ ...this.#identity, ...end, atMs: nowMs, settledTokens });
  }
}
