import { BedrockLogRows, type BedrockLogOptions, holdsInvocationLog, jsonStart } from "./bedrock-log-rows.ts";
import { CsvRows } from "./csv-rows.ts";
import type { TraceFormat } from "./format-names.ts";
import { isFault, jsonLine } from "./json-line.ts";
import { JsonRows } from "./json-rows.ts";
import type { RowReader } from "./trace-row.ts";
import type { TimeUnit } from "./time-units.ts";

export interface RowReaderOptions extends BedrockLogOptions {
  /** What numeric times count; told by their size unless given. */
  readonly timeUnit?: TimeUnit | undefined;
}

/** What a trace is, by its first line that is not empty. */
export function formatOf(firstLine: string): TraceFormat {
  const start = jsonStart(firstLine);
  if (!firstLine.slice(start).trimStart().startsWith("{")) return "csv";
  if (start > 0) return "bedrock";
  const record = jsonLine(firstLine);
  return !isFault(record) && holdsInvocationLog(record) ? "bedrock" : "jsonl";
}

export function rowReader(format: TraceFormat, { timeUnit, tenantKey }: RowReaderOptions): RowReader {
  switch (format) {
    case "csv":
      return new CsvRows(timeUnit);
    case "jsonl":
      return new JsonRows(timeUnit);
    case "bedrock":
      return new BedrockLogRows({ tenantKey });
    default:
      return format satisfies never;
  }
}
