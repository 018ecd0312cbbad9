import { seededRandom } from "@shardrock/core";
import { type Arrivals, generated, traced } from "./arrivals.ts";
import { runOverSockets, type SocketRunShape } from "./socket-run.ts";
import type { RunResult } from "./run-result.ts";
import { runVirtual, type RunShape } from "./virtual-run.ts";

interface Traced {
  /** File of the trace to replay; undefined: the generator. */
  readonly trace: string | undefined;
}

/** A run's shape as it crosses to another process. */
export type Cell =
  (RunShape & Traced & { readonly where: "virtual time" }) | (SocketRunShape & Traced & { readonly where: "sockets" });

/** What the arrivals of a cell are. */
export function arrivalsOf(trace: string | undefined): Arrivals {
  return trace === undefined ? generated : traced(trace);
}

function runCell(cell: Cell): Promise<RunResult> {
  const arrivals = arrivalsOf(cell.trace);
  if (cell.where === "virtual time") return runVirtual(cell, arrivals);
  return runOverSockets(cell, arrivals, seededRandom(cell.seed));
}

// As a child process: every message is a cell, every answer its result.
if (process.send !== undefined) {
  Error.stackTraceLimit = 0; // refusals are by the thousand here, and nobody reads where they were thrown
  process.on("message", (cell: Cell) => {
    void runCell(cell).then((result) => process.send?.(result));
  });
}
