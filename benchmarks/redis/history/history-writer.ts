import { openSync, writeSync } from "node:fs";
import type { HistoryLine } from "./history-line.ts";

/** µs since 1970 of this machine's clock. */
export function nowUs(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1e3);
}

/** Writes each line at once: a process that is killed leaves all it did. */
export class HistoryWriter {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, "a");
  }

  write(line: HistoryLine): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}
