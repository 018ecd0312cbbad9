import type { Ledger } from "@shardrock/core";
import { type HistoryWriter, nowUs } from "./history-writer.ts";

const lookEveryMs = 25;
/** A look that is so late was kept from it. */
const stallUs = 100_000;

/** Writes down what a process believes of each quota, whenever it is another than before, and when it stood still. */
export class Believer {
  readonly #options: { readonly ledger: Ledger; readonly history: HistoryWriter; readonly process: string };
  readonly #last = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #lookedUs = 0;

  constructor(options: { readonly ledger: Ledger; readonly history: HistoryWriter; readonly process: string }) {
    this.#options = options;
  }

  start(): void {
    this.#lookedUs = nowUs();
    this.#timer = setInterval(() => {
      this.#noteStall();
      this.look();
    }, lookEveryMs);
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

  #noteStall(): void {
    const { history, process } = this.#options;
    const fromUs = this.#lookedUs;
    const toUs = nowUs();
    this.#lookedUs = toUs;
    if (toUs - fromUs > stallUs) history.write({ kind: "stall", process, fromUs, toUs });
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
