import type { RowFault } from "./trace-row.ts";

export type JsonRecord = Readonly<Record<string, unknown>>;

/** One line as a JSON object, or what is wrong with it: without V8's own words, which quote the text. */
export function jsonLine(line: string, startColumn = 1): JsonRecord | RowFault {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonRecord(value) ? value : fault(startColumn, Array.isArray(value) ? "a list" : "another JSON value");
  } catch (error) {
    const [, position] = (error instanceof Error && /at position (\d+)/.exec(error.message)) || [];
    return fault(startColumn + Number(position ?? 0), position === undefined ? "text that is no JSON" : "a fault here");
  }
}

export function isJsonRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Tells a fault from a record, which may have a `kind` of its own. */
export function isFault(value: JsonRecord | RowFault): value is RowFault {
  return value instanceof JsonFault;
}

class JsonFault implements RowFault {
  readonly kind = "fault";
  readonly expected = "one JSON object on a line";
  readonly column: number;
  readonly found: string;

  constructor(column: number, found: string) {
    this.column = column;
    this.found = found;
  }
}

function fault(column: number, found: string): RowFault {
  return new JsonFault(column, found);
}
