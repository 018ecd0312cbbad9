import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
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
  const { store = forgetful, processes = availableParallelism(), onDone } = options;
  const known = cells.map((cell) => store.get(cell));
  const left = [...cells.entries()].filter(([index]) => known[index] === undefined);
  const queue = left.values();
  let done = cells.length - left.length;
  const work = async (): Promise<void> => {
    const child = fork(fileURLToPath(new URL("./cell.ts", import.meta.url)), { execArgv });
    for (const [index, cell] of queue) {
      const result = await runCell(child, cell);
      known[index] = result;
      store.set(cell, result);
      done += 1;
      onDone?.(done);
    }
    child.disconnect();
  };
  await Promise.all(Array.from({ length: Math.min(left.length, processes) }, work));
  return known.filter((result) => result !== undefined);
}

/**
 * On the built packages: what tsx makes of their sources while running takes a quarter more time. And with room for
 * young objects: calls that wait live long enough to be copied again and again otherwise.
 */
const execArgv = [
  ...process.execArgv.filter((argument) => !argument.includes("@shardrock/source")),
  "--max-semi-space-size=32",
];

function runCell(child: ChildProcess, cell: Cell): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null): void =>
      reject(new Error(`a run ended early, by ${signal ?? `exit code ${code}`}`));
    child.once("exit", onExit);
    child.once("message", (result) => {
      child.off("exit", onExit);
      resolve(result as RunResult);
    });
    child.send(cell);
  });
}
