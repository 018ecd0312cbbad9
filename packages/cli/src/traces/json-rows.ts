import { expectedNames, type FieldName, fieldsAmong, isInMs } from "./field-names.ts";
import { rowOfFields } from "./fields-row.ts";
import { isFault, jsonLine, type JsonRecord } from "./json-line.ts";
import type { RowReader } from "./trace-row.ts";
import type { TimeUnit } from "./time-units.ts";
import { TraceTime } from "./trace-time.ts";

/** Rows of flat JSON objects, one a line, under the same names as a table's columns. */
export class JsonRows implements RowReader {
  readonly #unit: TimeUnit | undefined;
  #time: TraceTime | undefined;
  #fields: ReadonlyMap<FieldName, string> = new Map();
  /** Every name of the row the fields were found in. */
  #seen: ReadonlySet<string> = new Set();
  #record: JsonRecord = {};
  readonly #value = (field: FieldName): unknown => {
    const name = this.#fields.get(field);
    return name === undefined ? undefined : this.#record[name];
  };

  constructor(unit?: TimeUnit) {
    this.#unit = unit;
  }

  readonly read: RowReader["read"] = (line, sink) => {
    if (line.trim() === "") return;
    const record = jsonLine(line);
    if (isFault(record)) return sink(record);
    if (!this.#knows(record)) return sink({ kind: "fault", column: 1, expected: expectedNames, found: "other names" });
    this.#record = record;
    this.#time ??= new TraceTime(this.#unit ?? (isInMs(this.#fields.get("time") ?? "") ? "ms" : undefined));
    const row = rowOfFields(this.#value, this.#time);
    if (row.kind === "row") return sink(row);
    const name = JSON.stringify(this.#fields.get(row.field) ?? "");
    sink({ kind: "fault", column: Math.max(line.indexOf(name), 0) + 1, expected: row.expected, found: row.found });
  };

  /** The names of the row before, as long as they fit; objects may leave out what they do not tell. */
  #knows(record: JsonRecord): boolean {
    const time = this.#fields.get("time");
    const isSame = time !== undefined && time in record && Object.keys(record).every((name) => this.#seen.has(name));
    if (isSame) return true;
    const names = Object.keys(record);
    const fields = fieldsAmong(names);
    if (fields === undefined) return false;
    this.#fields = fields;
    this.#seen = new Set(names);
    return true;
  }
}
