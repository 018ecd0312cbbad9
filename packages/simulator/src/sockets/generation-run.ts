import type { Generated } from "./dialects/dialect.ts";
import type { RunningCall } from "./running-call.ts";
import { countWordTokens } from "./simulated-tokenizer.ts";
import type { Timers } from "../timers.ts";

/** Who is told of a generation as it goes on. */
export interface GenerationListener {
  /** Called for each part as it is written; left out, only the end is of interest. */
  part?(text: string, index: number): void;
  /** @param generated - what was written in the end: less than planned when the output quota was used up. */
  end(generated: Generated): void;
}

/** A generation in time: the first part at once, the others evenly spread, the end at the end. */
export class GenerationRun {
  readonly #planned: Generated;
  readonly #call: RunningCall;
  readonly #listener: GenerationListener;
  readonly #written: string[] = [];
  #tokens = 0;
  #isOver = false;

  constructor(planned: Generated, call: RunningCall, listener: GenerationListener) {
    this.#planned = planned;
    this.#call = call;
    this.#listener = listener;
  }

  start(timers: Timers): void {
    const { firstTokenMs, latencyMs, parts } = this.#planned;
    const stepMs = (latencyMs - firstTokenMs) / parts.length;
    if (this.#listener.part !== undefined || this.#call.isMetered) {
      for (const [index, part] of parts.entries()) {
        const afterMs = firstTokenMs + index * stepMs;
        timers.after(afterMs, () => this.#write(part, afterMs));
      }
    }
    timers.after(latencyMs, () => this.#end(this.#planned));
  }

  /** Nothing more is written or told. */
  stop(): void {
    this.#isOver = true;
  }

  #write(part: string, atMs: number): void {
    if (this.#isOver) return;
    const wanted = countWordTokens(part);
    const granted = this.#call.write(wanted);
    this.#tokens += granted;
    if (granted > 0) {
      const text = granted < wanted ? firstWords(part, granted) : part;
      this.#written.push(text);
      this.#listener.part?.(text, this.#written.length - 1);
    }
    if (granted === wanted) return;
    this.#end({
      ...this.#planned,
      parts: this.#written,
      outputTokens: this.#tokens,
      stopReason: "max_tokens",
      latencyMs: atMs,
    });
  }

  #end(generated: Generated): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.end(generated);
  }
}

function firstWords(part: string, count: number): string {
  return part.match(new RegExp(`^(\\s*\\S+){${count}}`))?.[0] ?? "";
}
