import type { Answer, AnswerHeaders } from "./answer.ts";
import type { Generated } from "./dialect.ts";
import { exceptionFrame } from "./event-frame.ts";
import type { Fault } from "./fault.ts";
import type { RunningCall } from "./running-call.ts";
import type { TimedFrame } from "./timed-frames.ts";
import type { Timers } from "./timers.ts";

/** A fault that breaks an answer, rather than replacing it by an error. */
export type BreakingFault = Exclude<Fault, { readonly kind: "error" }>;

export interface StreamToPlay {
  readonly generated: Generated;
  readonly frames: readonly TimedFrame[];
  readonly headers: AnswerHeaders;
  readonly answer: Answer;
  readonly call: RunningCall;
  readonly fault: BreakingFault | undefined;
}

/**
 * Writes a stream at its times, up to where a fault breaks it. The call ends at its time whoever still listens, and in
 * the book before its last frames leave: a client that has them may ask the book.
 */
export class StreamPlay {
  readonly #stream: StreamToPlay;
  /** The index of the event that does not come any more. */
  readonly #breaksAt: number | undefined;
  #isSilent: boolean;
  #isOpen = false;
  #next = 0;
  #tokens = 0;

  constructor(stream: StreamToPlay) {
    const { fault } = stream;
    this.#stream = stream;
    this.#breaksAt = fault === undefined || fault.kind === "reset" ? undefined : fault.beforeEvent;
    this.#isSilent = fault !== undefined && this.#breaksAt === undefined;
  }

  start(timers: Timers): void {
    if (this.#stream.fault?.kind === "reset") this.#stream.answer.reset();
    const times = [...new Set(this.#stream.frames.map((frame) => frame.afterMs))];
    const lastMs = times.at(-1);
    for (const afterMs of times) timers.after(afterMs, () => this.#step(afterMs, afterMs === lastMs));
  }

  #step(nowMs: number, isLast: boolean): void {
    const { answer, call, fault, generated, headers } = this.#stream;
    const due = this.#isSilent ? [] : this.#takeDue(nowMs);
    const breaks = fault !== undefined && !this.#isSilent && this.#next === this.#breaksAt;
    if (breaks && fault.kind === "stream-error") call.end({ ...generated, outputTokens: this.#tokens }, "interrupted");
    else if (isLast) call.end(generated, this.#isSilent || breaks || answer.isGone ? "lost" : "served");
    if (this.#isSilent) return;
    if (!this.#isOpen) answer.open(200, headers);
    this.#isOpen = true;
    if (due.length > 0) answer.write(Buffer.concat(due));
    if (breaks) this.#break(fault);
    else if (isLast) answer.end();
  }

  #takeDue(nowMs: number): readonly Uint8Array[] {
    const due: Uint8Array[] = [];
    for (const frame of this.#stream.frames.slice(this.#next, this.#breaksAt)) {
      if (frame.afterMs > nowMs) break;
      due.push(frame.bytes);
      this.#tokens += frame.tokens;
      this.#next += 1;
    }
    return due;
  }

  #break(fault: BreakingFault): void {
    const { answer } = this.#stream;
    this.#isSilent = true;
    if (fault.kind === "stream-error") answer.write(exceptionFrame(fault.type, { message: fault.message }));
    if (fault.kind === "stream-error" || (fault.kind === "cut" && fault.isClean)) answer.end();
    else if (fault.kind === "cut") answer.cut();
  }
}
