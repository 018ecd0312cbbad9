import { runInChildren } from "../measure/run-in-children.ts";
import type { Cell } from "./cell.ts";
import { type CellStore, forgetful } from "./cell-store.ts";
import type { RunResult } from "./run-result.ts";

export interface RunCellsOptions {
  /** Cells it knows are not run again. */
  readonly store?: CellStore;
  /** Processes at a time; one for each core unless told. */
  readonly processes?: number;
  /** Called after each cell with how many are done. */
  readonly onDone?: (done: number) => void;
}

/** Runs every cell. Results come in the order of the cells. */
export async function runCells(cells: readonly Cell[], options: RunCellsOptions = {}): Promise<RunResult[]> {
  const { store = forgetful, processes, onDone } = options;
  const known = cells.map((cell) => store.get(cell));
  const left = [...cells.entries()].filter(([index]) => known[index] === undefined);
  let done = cells.length - left.length;
  await runInChildren<RunResult>(left, {
    file: new URL("./cell.ts", import.meta.url),
    processes,
    onResult(index, result) {
      known[index] = result;
      const cell = cells[index];
      if (cell !== undefined) store.set(cell, result);
      done += 1;
      onDone?.(done);
    },
  });
  return known.filter((result) => result !== undefined);
}
