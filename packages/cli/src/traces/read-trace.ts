import { join, relative } from "node:path";
import { TextLines } from "./text-lines.ts";
import { TimeOrder, usualSortRows } from "./time-order.ts";
import { traceBytes } from "./trace-bytes.ts";
import type { TraceCall } from "./trace-call.ts";
import { TraceError, type TracePosition } from "./trace-error.ts";
import { traceFiles } from "./trace-files.ts";
import type { TraceFormat } from "./format-names.ts";
import { formatOf, rowReader, type RowReaderOptions } from "./trace-format.ts";
import type { RowFault, RowOutcome, RowReader, TraceRow } from "./trace-row.ts";

export interface ReadTraceOptions extends RowReaderOptions {
  /** Told by the content unless given. */
  readonly format?: TraceFormat | undefined;
  /** Counts malformed rows, and rows that are too late, instead of ending with them. */
  readonly skipBadRows?: boolean | undefined;
  /** How many rows are held back to put them in order, 0 up; 65 536 unless given. */
  readonly sortRows?: number | undefined;
  /** Told how many bytes were read, and of how many. */
  readonly onBytes?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What errors call the path: as it was typed. The path itself unless given. */
  readonly name?: string | undefined;
}

/** What a reading has seen so far. */
export interface TraceCounts {
  /** Calls handed out. */
  readonly calls: number;
  /** Rows that were skipped because they are malformed or too late. */
  readonly badRows: number;
  /** Logged calls that failed. */
  readonly failedCalls: number;
  /** Logged calls without token counts, such as those that make images. */
  readonly uncountedCalls: number;
  readonly formats: readonly TraceFormat[];
  /** When the first call came, in ms since 1970 or since whatever the trace counts from; undefined: none came. */
  readonly startMs: number | undefined;
}

/**
 * Reads a trace, by and by: memory does not grow with its length.
 *
 * @example
 * for await (const call of readTrace("calls.csv").calls()) console.log(call.atMs, call.inputTokens);
 */
export function readTrace(path: string, options: ReadTraceOptions = {}): TraceReading {
  return new TraceReading(path, options);
}

/** One reading of one trace, from its beginning to its end. */
export class TraceReading {
  readonly #path: string;
  readonly #options: ReadTraceOptions;
  readonly #order: TimeOrder;
  #calls = 0;
  #badRows = 0;
  #failedCalls = 0;
  #uncountedCalls = 0;
  readonly #formats = new Set<TraceFormat>();
  #startMs: number | undefined;

  constructor(path: string, options: ReadTraceOptions) {
    this.#path = path;
    this.#options = options;
    this.#order = new TimeOrder(options.sortRows ?? usualSortRows);
  }

  get counts(): TraceCounts {
    return {
      calls: this.#calls,
      badRows: this.#badRows,
      failedCalls: this.#failedCalls,
      uncountedCalls: this.#uncountedCalls,
      formats: [...this.#formats],
      startMs: this.#startMs,
    };
  }

  /**
   * Every call, by time; can be asked for once.
   * @throws {TraceError} with file, line and column, what was expected and what is there.
   */
  async *calls(): AsyncGenerator<TraceCall, void, undefined> {
    for await (const batch of this.batches()) yield* batch;
  }

  /** The same in batches of some thousand, for those who count microseconds by the call. */
  async *batches(): AsyncGenerator<readonly TraceCall[], void, undefined> {
    const { onBytes, signal } = this.#options;
    const files = await traceFiles(this.#path);
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    let done = 0;
    const countBytes = (count: number): void => {
      done += count;
      onBytes?.(done, total);
    };
    for (const { path } of files) {
      const name = this.#nameOf(path);
      const onLine = this.#lineReader(name);
      const lines = new TextLines(name);
      for await (const bytes of traceBytes(path, { name, onBytes: countBytes, signal })) {
        signal?.throwIfAborted();
        lines.push(bytes, onLine);
        yield* this.#ready(() => this.#order.pull());
      }
      lines.end(onLine);
    }
    yield* this.#ready(() => this.#order.drain());
    if (this.#calls === 0) throw this.#empty();
  }

  #nameOf(path: string): string {
    const { name = this.#path } = this.#options;
    return path === this.#path ? name : join(name, relative(this.#path, path));
  }

  /** What is done with each line of a file; the first that is not empty tells the format. */
  #lineReader(file: string): (line: string, number: number) => void {
    let reader: RowReader | undefined;
    let position: TracePosition = { file };
    const sink = (outcome: RowOutcome): void => this.#take(outcome, position);
    return (line, number) => {
      position = { file, line: number };
      if (reader === undefined) {
        if (line.trim() === "") return;
        const format = this.#options.format ?? formatOf(line);
        this.#formats.add(format);
        reader = rowReader(format, this.#options);
      }
      reader.read(line, sink);
    };
  }

  #take(outcome: RowOutcome, position: TracePosition): void {
    switch (outcome.kind) {
      case "row":
        if (!this.#order.push(outcome)) this.#refuse(this.#tooLate(outcome), position);
        return;
      case "fault":
        return this.#refuse(outcome, position);
      case "left-out":
        if (outcome.why === "failed-call") this.#failedCalls += 1;
        else this.#uncountedCalls += 1;
        return;
      default:
        outcome satisfies never;
    }
  }

  #refuse(fault: RowFault, position: TracePosition): void {
    if (this.#options.skipBadRows !== true || fault.isFatal === true)
      throw new TraceError({ ...position, column: fault.column }, fault);
    this.#badRows += 1;
  }

  #tooLate(row: TraceRow): RowFault {
    const lateMs = Math.round(this.#order.lastMs - row.timeMs);
    const rows = this.#options.sortRows ?? usualSortRows;
    const expected = `rows at most ${rows} rows out of order (sort the file by time, or raise --sort-rows)`;
    return {
      kind: "fault",
      column: 1,
      expected,
      found: `one that is ${lateMs} ms earlier than one handed out already`,
    };
  }

  *#ready(next: () => TraceRow | undefined): Generator<readonly TraceCall[], void, undefined> {
    let batch: TraceCall[] = [];
    for (let row = next(); row !== undefined; row = next()) {
      batch.push(this.#callOf(row));
      if (batch.length < batchSize) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  #callOf({ timeMs, model, tenant, inputTokens, outputTokens, maxTokens, priority }: TraceRow): TraceCall {
    this.#startMs ??= timeMs;
    this.#calls += 1;
    return { atMs: timeMs - this.#startMs, model, tenant, inputTokens, outputTokens, maxTokens, priority };
  }

  #empty(): TraceError {
    const besides = [
      [this.#badRows, "bad rows"],
      [this.#failedCalls, "failed calls"],
      [this.#uncountedCalls, "calls without token counts"],
    ] as const;
    const others = besides.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
    const found = others.length === 0 ? "none" : `none but ${others.join(" and ")}`;
    return new TraceError({ file: this.#nameOf(this.#path) }, { expected: "at least one call", found });
  }
}

const batchSize = 4_096;
