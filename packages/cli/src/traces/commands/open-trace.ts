import type { CommandContext } from "../../command-line/command-context.ts";
import type { CommandInput } from "../../command-line/command-input.ts";
import { traceFormats } from "../format-names.ts";
import { readTrace, type TraceCounts, type TraceReading } from "../read-trace.ts";
import { timeUnits } from "../time-units.ts";

/** A trace that was named on the command line, read as `traceOptions` ask, with a progress bar. */
export interface OpenTrace extends Disposable {
  readonly reading: TraceReading;
}

/** @param path - as it was typed. @throws {UsageError} when an option cannot be used. */
export function openTrace(path: string, input: CommandInput, context: CommandContext): OpenTrace {
  const progress = context.progress({ label: "reading" });
  const reading = readTrace(context.pathOf(path), {
    name: path,
    format: input.choice("format", traceFormats),
    skipBadRows: input.flag("skip-bad-rows"),
    sortRows: input.number("sort-rows", { from: 0, upTo: 10_000_000, isWhole: true }),
    timeUnit: input.choice("time-unit", timeUnits),
    tenantKey: input.text("tenant-key"),
    signal: context.signal,
    onBytes: progress.update,
  });
  return { reading, [Symbol.dispose]: () => progress[Symbol.dispose]() };
}

/** What of a trace was not read, one line for each reason. */
export function omissions({ badRows, failedCalls, uncountedCalls }: TraceCounts): readonly string[] {
  return [
    ...(badRows > 0 ? [`${badRows} bad or late rows were skipped`] : []),
    ...(failedCalls > 0 ? [`${failedCalls} calls failed and were left out`] : []),
    ...(uncountedCalls > 0 ? [`${uncountedCalls} calls have no token counts and were left out`] : []),
  ];
}
