import { type Arrivals, generated, traced } from "./arrivals.ts";
import { runVirtual, type RunShape } from "./virtual-run.ts";

/** A run's shape as it crosses to another process: the arrivals by the trace's file, or none for the generator. */
export type Cell = Omit<RunShape, "arrivals"> & { readonly trace: string | undefined };

/** What the arrivals of a cell are. */
export function arrivalsOf(trace: string | undefined): Arrivals {
  return trace === undefined ? generated : traced(trace);
}

// As a child process: every message is a cell, every answer its result.
if (process.send !== undefined) {
  Error.stackTraceLimit = 0; // refusals are by the thousand here, and nobody reads where they were thrown
  process.on("message", ({ trace, ...shape }: Cell) => {
    void runVirtual({ ...shape, arrivals: arrivalsOf(trace) }).then((result) => process.send?.(result));
  });
}
