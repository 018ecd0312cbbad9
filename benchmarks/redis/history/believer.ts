import type { Ledger } from "@shardrock/core";
import { type HistoryWriter, nowUs } from "./history-writer.ts";

const lookEveryMs = 25;

/** Writes down what a process believes of each quota, whenever it is another than before. */
export class Believer {
  readonly #options: { readonly ledger: Ledger; readonly history: HistoryWriter; readonly process: string };
  readonly #last = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { readonly ledger: Ledger; readonly history: HistoryWriter; readonly process: string }) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), lookEveryMs);
  }

  look(): void {
    const { ledger, history, process } = this.#options;
    for (const { key, learnedLimit: limit, burst, enforcement } of ledger.snapshot(performance.now())) {
      const said = `${limit} ${burst} ${enforcement}`;
      if (this.#last.get(key) === said) continue;
      this.#last.set(key, said);
      history.write({ kind: "belief", process, key, limit, burst, enforcement, atUs: nowUs() });
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
