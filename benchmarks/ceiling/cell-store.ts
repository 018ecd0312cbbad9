import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Cell } from "./cell.ts";
import type { RunResult } from "./run-result.ts";

/** Results of cells that are done, so that a bench that was stopped goes on where it was. */
export interface CellStore {
  get(cell: Cell): RunResult | undefined;
  set(cell: Cell, result: RunResult): void;
}

/** Keeps nothing. */
export const forgetful: CellStore = { get: () => undefined, set: () => {} };

/** Keeps results as long as the process runs: rows share what they compare themselves with. */
export function cellMemory(): CellStore {
  const known = new Map<string, RunResult>();
  return {
    get: (cell) => known.get(JSON.stringify(cell)),
    set: (cell, result) => void known.set(JSON.stringify(cell), result),
  };
}

/**
 * Keeps results in a file, a line each. A result is found again for the very same shape and the very same source.
 * @param source - names the code that the results are of, such as `sourceHash` gives.
 */
export function cellFile(file: string, source: string): CellStore {
  const known = new Map(existsSync(file) ? readFileSync(file, "utf8").split("\n").flatMap(readLine) : []);
  const keyOf = (cell: Cell): string => hashOf([source, JSON.stringify(cell)]);
  return {
    get: (cell) => known.get(keyOf(cell)),
    set(cell, result) {
      const key = keyOf(cell);
      known.set(key, result);
      mkdirSync(dirname(file), { recursive: true });
      appendFileSync(file, `${JSON.stringify([key, result])}\n`);
    },
  };
}

/** A line that was cut short, because the bench was stopped while writing it, is a cell that is not done. */
function readLine(line: string): (readonly [string, RunResult])[] {
  try {
    const [key, result] = JSON.parse(line) as [string, RunResult];
    return [[key, result]];
  } catch {
    return [];
  }
}

/** One hash of every TypeScript file under some folders; tests left out. */
export function sourceHash(folders: readonly string[]): string {
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
      .filter((path) => path.endsWith(".ts") && !path.includes(".test.") && statSync(path).isFile()),
  );
  return hashOf(files.toSorted().map((path) => readFileSync(path, "utf8")));
}

function hashOf(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest("hex");
}
