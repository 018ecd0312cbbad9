import { seededRandom } from "@shardrock/core";
import { type Arrivals, generated, traced } from "./arrivals.ts";
import { runOverSockets, type SocketRunShape } from "./socket-run.ts";
import type { RunResult } from "./run-result.ts";
import { runForSpeed } from "./speed-run.ts";
import { runVirtual, type RunShape } from "./virtual-run.ts";

interface Traced {
  /** File of the trace to replay; undefined: the generator. */
  readonly trace: string | undefined;
}

/** A run's shape as it crosses to another process. */
export type Cell = VirtualCell | (SocketRunShape & Traced & { readonly where: "sockets" });

export type VirtualCell = RunShape & Traced & { readonly where: "virtual time" | "virtual time, timed" };

/** What the arrivals of a cell are. */
export function arrivalsOf(trace: string | undefined): Arrivals {
  return trace === undefined ? generated : traced(trace);
}

function runCell(cell: Cell): Promise<RunResult> {
  const arrivals = arrivalsOf(cell.trace);
  switch (cell.where) {
    case "virtual time":
      return runVirtual(cell, arrivals);
    case "virtual time, timed":
      return runForSpeed(cell, arrivals);
    case "sockets":
      return runOverSockets(cell, arrivals, seededRandom(cell.seed));
    default:
      return cell satisfies never;
  }
}

// As a child process: every message is a cell, every answer its result.
if (process.send !== undefined) {
  Error.stackTraceLimit = 0; // refusals are by the thousand here, and nobody reads where they were thrown
  process.on("message", (cell: Cell) => {
    void runCell(cell).then((result) => process.send?.(result));
  });
}
