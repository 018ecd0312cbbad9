import type { Answer } from "./answer.ts";
import type { Fault } from "./fault.ts";
import { sendOddAnswer } from "./odd-answer.ts";
import type { Timers } from "../timers.ts";

/** How an answer that is made at once goes out, or does not. */
export interface AtOnce {
  readonly answer: Answer;
  readonly timers: Timers;
  /** Of the answer as it should be. */
  readonly contentType: string;
  readonly serve: () => void;
  readonly refuse: (error: Extract<Fault, { readonly kind: "error" }>) => void;
}

/** Answers at once, or breaks the request as the fault says; a fault of a stream or of usage breaks nothing here. */
export function answerAtOnce(fault: Fault | undefined, { answer, timers, contentType, serve, refuse }: AtOnce): void {
  switch (fault?.kind) {
    case "error":
      return timers.after(fault.afterMs ?? 0, () => refuse(fault));
    case "reset":
      return answer.reset();
    case "hang":
      return undefined;
    case "odd-answer":
      return sendOddAnswer(answer, fault.body, contentType);
    default:
      return serve();
  }
}
