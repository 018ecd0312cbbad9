import type { QuotaRow } from "../reader/aws-reader.ts";
import type { WholeList } from "../discovery/resumable-list.ts";

/** A quota of one account and Region, and how sure its value is. */
export interface KnownRow extends QuotaRow {
  /** False: AWS has applied none, so `value` is what every account has unless told otherwise: unconfirmed. */
  readonly isApplied: boolean;
  /** What every account has unless told otherwise. */
  readonly usual: number | undefined;
}

/** Both lists of quotas of one place. */
export interface QuotaLists {
  readonly applied: WholeList<QuotaRow>;
  readonly defaults: WholeList<QuotaRow>;
}

/**
 * One row for each code: what is applied, else the default. Where AWS could not tell what is applied, what was known
 * stays, and a default is not taken for it: the account may have less.
 */
export function mergedRows({ applied, defaults }: QuotaLists, before: readonly KnownRow[]): readonly KnownRow[] {
  const usual = new Map(defaults.rows.map((row) => [row.code, row.value]));
  const rows = new Map<string, KnownRow>();
  for (const row of defaults.rows) rows.set(row.code, { ...row, isApplied: false, usual: row.value });
  for (const code of [...applied.unread, ...defaults.unread]) rows.delete(code);
  const known = new Map(before.map((row) => [row.code, row]));
  for (const code of [...applied.unread, ...defaults.unread]) {
    const row = known.get(code);
    if (row !== undefined) rows.set(code, row);
  }
  for (const row of applied.rows) rows.set(row.code, { ...row, isApplied: true, usual: usual.get(row.code) });
  return [...rows.values()];
}
