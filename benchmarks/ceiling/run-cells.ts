import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Cell } from "./cell.ts";
import type { RunResult } from "./run-result.ts";

/** Runs every cell, one process per core, and says how far it is. Results come in the order of the cells. */
export async function runCells(cells: readonly Cell[], onDone?: (done: number) => void): Promise<RunResult[]> {
  const results: RunResult[] = [];
  const queue = cells.entries();
  let done = 0;
  const work = async (): Promise<void> => {
    const child = fork(fileURLToPath(new URL("./cell.ts", import.meta.url)), { execArgv });
    for (const [index, cell] of queue) {
      results[index] = await runCell(child, cell);
      done += 1;
      onDone?.(done);
    }
    child.disconnect();
  };
  await Promise.all(Array.from({ length: Math.min(cells.length, availableParallelism()) }, work));
  return results;
}

/** On the built packages: what tsx makes of their sources while running takes a quarter more time. */
const execArgv = process.execArgv.filter((argument) => !argument.includes("@shardrock/source"));

function runCell(child: ChildProcess, cell: Cell): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`a run ended early, with exit code ${code}`));
    child.once("exit", onExit);
    child.once("message", (result) => {
      child.off("exit", onExit);
      resolve(result as RunResult);
    });
    child.send(cell);
  });
}
