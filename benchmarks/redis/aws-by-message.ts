import type { ChildProcess } from "node:child_process";
import { type SimulatedBedrock, type SimulatedUsage, type AdmittedCall } from "@shardrock/simulator";

/** What a process asks of the simulated AWS, which lives in its parent. */
export type ToAws =
  | {
      readonly to: "aws";
      readonly kind: "admit";
      readonly id: number;
      readonly accountId: string;
      readonly region: string;
      readonly modelId: string;
      readonly inputTokens: number;
      readonly maxTokens: number;
    }
  | { readonly to: "aws"; readonly kind: "end"; readonly id: number; readonly usage: SimulatedUsage };

/** What the simulated AWS answers. */
export interface FromAws {
  readonly from: "aws";
  readonly id: number;
  readonly isAdmitted: boolean;
}

export interface HostAwsOptions {
  readonly bedrock: SimulatedBedrock;
  readonly nowMs: () => number;
  /** Called with every decision. */
  readonly onDecision?: (isAdmitted: boolean) => void;
  /** Called when a call has ended. */
  readonly onEnd?: (usage: SimulatedUsage) => void;
}

/** Lets a child call the simulated AWS. What it has open when it dies ends as it was held: AWS works on. */
export function hostAws(child: ChildProcess, { bedrock, nowMs, onDecision, onEnd }: HostAwsOptions): void {
  const open = new Map<number, { readonly call: AdmittedCall; readonly usage: SimulatedUsage }>();
  child.on("message", (message: ToAws | { readonly to?: undefined }) => {
    if (message.to !== "aws") return;
    if (message.kind === "end") {
      open.get(message.id)?.call.end(message.usage, nowMs());
      open.delete(message.id);
      onEnd?.(message.usage);
      return;
    }
    const { id, inputTokens, maxTokens } = message;
    const answer = bedrock.admit(message, nowMs());
    if (answer.kind === "unknown-model") throw new RangeError(`no quota of ${message.modelId} in ${message.accountId}`);
    const isAdmitted = answer.kind === "admitted";
    if (isAdmitted) open.set(id, { call: answer, usage: { inputTokens, outputTokens: maxTokens } });
    onDecision?.(isAdmitted);
    if (child.connected) child.send({ from: "aws", id, isAdmitted } satisfies FromAws);
  });
  child.once("exit", () => {
    for (const { call, usage } of open.values()) call.end(usage, nowMs());
    open.clear();
  });
}

/** The simulated AWS as a child sees it. */
export class AwsByMessage {
  readonly #waiting = new Map<number, (isAdmitted: boolean) => void>();
  #calls = 0;

  constructor() {
    process.on("message", (message: FromAws | { readonly from?: undefined }) => {
      if (message.from !== "aws") return;
      this.#waiting.get(message.id)?.(message.isAdmitted);
      this.#waiting.delete(message.id);
    });
  }

  /** @returns what ends the call; undefined: it was throttled. */
  admit(
    call: Omit<Extract<ToAws, { kind: "admit" }>, "to" | "kind" | "id">,
  ): Promise<((usage: SimulatedUsage) => void) | undefined> {
    this.#calls += 1;
    const id = this.#calls;
    return new Promise((resolve) => {
      this.#waiting.set(id, (isAdmitted) =>
        resolve(isAdmitted ? (usage) => sendToParent({ to: "aws", kind: "end", id, usage }) : undefined),
      );
      sendToParent({ to: "aws", kind: "admit", id, ...call });
    });
  }
}

/** A parent that is gone hears nothing, and needs nothing. */
function sendToParent(message: ToAws): void {
  if (process.connected) process.send?.(message);
}
