import { parse } from "csv-parse/sync";
import { expectedNames, type FieldName, fieldsAmong, isFieldName, isInMs } from "./field-names.ts";
import { rowOfFields } from "./fields-row.ts";
import type { RowFault, RowReader } from "./trace-row.ts";
import type { TimeUnit } from "./time-units.ts";
import { TraceTime } from "./trace-time.ts";

/**
 * Rows of a table whose first line names its columns, separated by commas, semicolons or tabs; one row is one line.
 * A row without quotes is cut at its separators, which is many times as fast as a parser that looks at every letter.
 */
export class CsvRows implements RowReader {
  readonly #unit: TimeUnit | undefined;
  #time = new TraceTime();
  #separator = ",";
  #columns: ReadonlyMap<FieldName, number> | undefined;
  #width = 0;
  #cells: readonly string[] = [];
  readonly #value = (field: FieldName): unknown => {
    const column = this.#columns?.get(field);
    return column === undefined ? undefined : this.#cells[column];
  };

  constructor(unit?: TimeUnit) {
    this.#unit = unit;
  }

  readonly read: RowReader["read"] = (line, sink) => {
    if (line.trim() === "") return;
    if (this.#columns === undefined) {
      const fault = this.#readHeader(line);
      if (fault !== undefined) sink(fault);
      return;
    }
    const cells = cellsOf(line, this.#separator);
    if (cells === undefined) return sink(badQuotes(line));
    if (cells.length !== this.#width) return sink(this.#wrongWidth(line, cells.length));
    this.#cells = cells;
    const row = rowOfFields(this.#value, this.#time);
    if (row.kind === "row") return sink(row);
    const { field, expected, found } = row;
    sink({ kind: "fault", column: columnAt(line, this.#separator, this.#columns.get(field) ?? 0), expected, found });
  };

  /** Without a header no row means anything. */
  #readHeader(line: string): RowFault | undefined {
    this.#separator = separatorOf(line);
    const names = cellsOf(line, this.#separator);
    const fields = names && fieldsAmong(names.map((name) => name.trim()));
    if (names === undefined || fields === undefined)
      return { kind: "fault", column: 1, expected: expectedNames, found: foundNames(names), isFatal: true };
    const trimmed = names.map((name) => name.trim());
    this.#columns = new Map([...fields].map(([field, name]) => [field, trimmed.indexOf(name)]));
    this.#width = names.length;
    this.#time = new TraceTime(this.#unit ?? (isInMs(fields.get("time") ?? "") ? "ms" : undefined));
    return undefined;
  }

  #wrongWidth(line: string, width: number): RowFault {
    const column = width > this.#width ? columnAt(line, this.#separator, this.#width) : line.length + 1;
    const expected = `${this.#width} columns, as the first line has`;
    return { kind: "fault", column, expected, found: String(width) };
  }
}

/** Cells of one line; undefined when its quotes do not close. */
function cellsOf(line: string, separator: string): readonly string[] | undefined {
  if (!line.includes('"')) return line.split(separator);
  try {
    const [cells]: unknown[] = parse(line, { delimiter: separator, relax_column_count: true });
    return Array.isArray(cells) ? cells.map(String) : undefined;
  } catch {
    return undefined; // its message would quote the row
  }
}

function badQuotes(line: string): RowFault {
  const expected = "quotes that open at the beginning of a cell and close in the same line";
  return { kind: "fault", column: line.indexOf('"') + 1, expected, found: "others" };
}

/** The most frequent of those there are, outside quotes or not: names of columns hold none of them. */
function separatorOf(header: string): string {
  const counts = [",", ";", "\t"].map((separator) => ({ separator, count: header.split(separator).length }));
  return counts.reduce((best, each) => (each.count > best.count ? each : best)).separator;
}

/** Where a cell begins, in characters from 1 up. */
function columnAt(line: string, separator: string, cell: number): number {
  let isQuoted = false;
  let passed = 0;
  for (let at = 0; at < line.length; at += 1) {
    if (passed === cell) return at + 1;
    if (line[at] === '"') isQuoted = !isQuoted;
    else if (line[at] === separator && !isQuoted) passed += 1;
  }
  return line.length + 1;
}

/** One word or two. */
const nameLike = /^[\w.@-]{0,24}(?: [\w.@-]{1,24})?$/;

/** Names are shown when all of them look like names; else the line may be anything. */
function foundNames(names: readonly string[] | undefined): string {
  if (names === undefined) return "quotes that do not close";
  const trimmed = names.map((name) => name.trim());
  const isHeader = trimmed.length >= 3 || trimmed.some(isFieldName);
  if (!isHeader || !trimmed.every((name) => nameLike.test(name))) return "a line that names none";
  return `${trimmed.slice(0, 12).join(", ")}${names.length > 12 ? ` and ${names.length - 12} more` : ""}`;
}
