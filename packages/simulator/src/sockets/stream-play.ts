import type { Answer } from "./answer.ts";
import type { Dialect, Generated, StreamEvent } from "./dialects/dialect.ts";
import { drip } from "./drip.ts";
import type { Fault } from "./fault.ts";
import { GenerationRun } from "./generation-run.ts";
import type { RunningCall } from "./running-call.ts";
import { countWordTokens } from "./simulated-tokenizer.ts";
import type { StreamWire } from "./stream-wire.ts";
import type { Timers } from "../timers.ts";

/** A fault that breaks an answer, rather than replacing it by an error. */
export type BreakingFault = Exclude<Fault, { readonly kind: "error" | "odd-answer" | "bad-usage" | "wrong-account" }>;

export interface StreamToPlay {
  readonly generated: Generated;
  readonly dialect: Dialect;
  readonly wire: StreamWire;
  readonly answer: Answer;
  readonly call: RunningCall;
  readonly fault: BreakingFault | undefined;
}

interface CountedEvent {
  readonly event: StreamEvent;
  /** Output tokens in it. */
  readonly tokens: number;
}

/**
 * Writes a stream at its times, up to where a fault breaks it. The call ends at its time whoever still listens, and in
 * the book before its last events leave: a client that has them may ask the book.
 */
export class StreamPlay {
  readonly #stream: StreamToPlay;
  readonly #run: GenerationRun;
  /** The index of the event that does not come any more. */
  readonly #breaksAt: number;
  #isSilent: boolean;
  #timers: Timers | undefined;
  #isOpen = false;
  #sent = 0;
  #tokens = 0;

  constructor(stream: StreamToPlay) {
    const { fault, generated, dialect, call } = stream;
    this.#stream = stream;
    this.#isSilent = fault?.kind === "reset" || (fault?.kind === "hang" && fault.beforeEvent === undefined);
    this.#breaksAt = breakOf(fault);
    this.#run = new GenerationRun(generated, call, {
      part: (text, index) => {
        const opening = index === 0 ? this.#opening() : [];
        const event = dialect.delta(generated, text, index);
        this.#step([...opening, { event, tokens: countWordTokens(text) }]);
      },
      end: (written) => {
        const opening = written.parts.length === 0 ? this.#opening() : [];
        this.#step([...opening, ...dialect.closing(written).map(uncounted)], written);
      },
    });
  }

  start(timers: Timers): void {
    if (this.#stream.fault?.kind === "reset") this.#stream.answer.reset();
    this.#timers = timers;
    this.#run.start(timers);
  }

  #opening(): readonly CountedEvent[] {
    return this.#stream.dialect.opening(this.#stream.generated).map(uncounted);
  }

  /** @param written - all there is, when these events are the last. */
  #step(events: readonly CountedEvent[], written?: Generated): void {
    const { answer, call, fault, generated, wire } = this.#stream;
    const due = this.#isSilent ? [] : events.slice(0, this.#breaksAt - this.#sent);
    this.#sent += due.length;
    for (const { tokens } of due) this.#tokens += tokens;
    const breaks = fault !== undefined && !this.#isSilent && this.#sent === this.#breaksAt;
    if (breaks && fault.kind === "stream-error") call.end({ ...generated, outputTokens: this.#tokens }, "interrupted");
    else if (written !== undefined) {
      call.end(written, this.#isSilent || breaks || answer.isGone ? "lost" : "served");
    }
    if (this.#isSilent) return;
    if (!this.#isOpen) answer.open(200, wire.headers);
    this.#isOpen = true;
    if (due.length > 0) answer.write(Buffer.concat(due.map(({ event }) => wire.event(event))));
    if (breaks) this.#break(fault);
    else if (written !== undefined) answer.end();
  }

  #break(fault: BreakingFault): void {
    const { answer, wire } = this.#stream;
    this.#isSilent = true;
    switch (fault.kind) {
      case "stream-error":
        this.#run.stop();
        answer.write(wire.exception(fault.type, fault.message));
        return answer.end();
      case "cut":
        return fault.isClean ? answer.end() : answer.cut();
      case "oversized-frame":
        return answer.write(wire.oversized());
      case "drip":
        answer.write(wire.unfinished);
        if (this.#timers !== undefined) drip(answer, { bytes: wire.filler, timers: this.#timers, fault });
        return undefined;
      case "hang":
      case "reset":
        return undefined;
      default:
        return fault satisfies never;
    }
  }
}

function breakOf(fault: BreakingFault | undefined): number {
  switch (fault?.kind) {
    case "stream-error":
    case "cut":
      return fault.beforeEvent;
    case "oversized-frame":
    case "drip":
      return fault.beforeEvent ?? 0;
    case "hang":
      return fault.beforeEvent ?? Infinity;
    case "reset":
    case undefined:
      return Infinity;
    default:
      return fault satisfies never;
  }
}

function uncounted(event: StreamEvent): CountedEvent {
  return { event, tokens: 0 };
}
