import type { Ledger } from "@shardrock/core";
import { beliefEveryUs } from "./beliefs.ts";
import { type HistoryWriter, nowUs } from "./history-writer.ts";

/** Writes down what a process believes of each quota, whenever it is another than before. */
export class Believer {
  readonly #options: { readonly ledger: Ledger; readonly history: HistoryWriter; readonly process: string };
  readonly #last = new Map<string, string>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: { readonly ledger: Ledger; readonly history: HistoryWriter; readonly process: string }) {
    this.#options = options;
    this.#timer = setInterval(() => this.look(), beliefEveryUs / 2e3);
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
