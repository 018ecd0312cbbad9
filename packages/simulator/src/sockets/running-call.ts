import type { Clock } from "@shardrock/core";
import type { AdmittedCall } from "../simulated-bedrock.ts";
import type { AnsweredRequest, CallOutcome, CallTally } from "./call-tally.ts";

/** Which request it is, for the record. */
export type RequestIdentity = Pick<AnsweredRequest, "accountId" | "region" | "modelId" | "operation" | "requestId">;

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

  /** It ran: charged for what it used. */
  end(
    { inputTokens, outputTokens }: { readonly inputTokens: number; readonly outputTokens: number },
    outcome: CallOutcome,
  ): void {
    const usage = { inputTokens, outputTokens };
    this.#once((nowMs) => this.#admitted.end(usage, nowMs), { ...usage, outcome });
  }

  /** AWS failed it: charged for its input. */
  fail(inputTokens: number): void {
    this.#once((nowMs) => this.#admitted.fail(nowMs), { inputTokens, outputTokens: 0, outcome: "failed" });
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
