import type { QuotaRow } from "../reader/aws-reader.ts";
import { meaningOf } from "./meaning-of.ts";
import { meaningKey } from "./meaning.ts";
import type { KnownMeaning } from "./meaning.ts";

type Row = Pick<QuotaRow, "code" | "name" | "value">;

/** A row that is understood. */
export interface MappedRow<R extends Row> {
  readonly row: R;
  readonly meaning: KnownMeaning;
}

/** A row that speaks of inference and is not used. */
export interface UnmappedRow<R extends Row> {
  readonly row: R;
  readonly reason: string;
}

/** Rows of one account and Region, sorted by whether they can be used. Rows about something else are in neither. */
export interface MappedRows<R extends Row> {
  /** Each meaning once. */
  readonly mapped: readonly MappedRow<R>[];
  readonly unmapped: readonly UnmappedRow<R>[];
}

/** Rows with one meaning that do not agree on its value. */
export interface Collision<R extends Row> {
  readonly meaning: KnownMeaning;
  /** Two or more, each of another code. */
  readonly rows: readonly R[];
}

/**
 * Maps the rows of one account and Region. Where two quotas mean the same and differ in value, neither is used: which of
 * them AWS enforces is not known. Of a quota that was read twice the later row counts.
 */
export function mapRows<R extends Row>(rows: readonly R[]): MappedRows<R> {
  const read = readRows(rows);
  const groups = [...read.groups.values()];
  return {
    mapped: groups.filter(agrees).flatMap((group) => group.slice(0, 1)),
    unmapped: [...read.unmapped, ...groups.filter((group) => !agrees(group)).flatMap(reported)],
  };
}

/** Rows of one account and Region that {@link mapRows} does not use because they contradict each other. */
export function collisions<R extends Row>(rows: readonly R[]): readonly Collision<R>[] {
  return [...readRows(rows).groups.values()]
    .filter((group) => !agrees(group))
    .flatMap((group) => group.slice(0, 1).map(({ meaning }) => ({ meaning, rows: group.map(({ row }) => row) })));
}

interface ReadRows<R extends Row> {
  /** By meaning. */
  readonly groups: ReadonlyMap<string, readonly MappedRow<R>[]>;
  readonly unmapped: readonly UnmappedRow<R>[];
}

function readRows<R extends Row>(rows: readonly R[]): ReadRows<R> {
  const groups = new Map<string, MappedRow<R>[]>();
  const unmapped: UnmappedRow<R>[] = [];
  for (const row of new Map(rows.map((row) => [row.code, row])).values()) {
    const meaning = meaningOf(row);
    if (meaning.kind === "unmapped") unmapped.push({ row, reason: meaning.reason });
    if (meaning.kind === "unmapped" || meaning.kind === "unrelated") continue;
    const key = meaningKey(meaning);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ row, meaning }]);
    else group.push({ row, meaning });
  }
  return { groups, unmapped };
}

function agrees(group: readonly MappedRow<Row>[]): boolean {
  return new Set(group.map(({ row }) => row.value)).size <= 1;
}

function reported<R extends Row>(group: readonly MappedRow<R>[]): readonly UnmappedRow<R>[] {
  const codes = group.map(({ row }) => row.code);
  return group.map(({ row, meaning }) => {
    const others = codes.filter((code) => code !== row.code).join(", ");
    return { row, reason: `it means ${meaningKey(meaning)}, and so does ${others} with another value` };
  });
}
