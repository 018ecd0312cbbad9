import type { QuotaNews, QuotaPlace } from "@shardrock/core";
import type { UnmappedRow } from "../mapping/map-rows.ts";
import { meaningOf } from "../mapping/meaning-of.ts";
import type { QuotaRow } from "../reader/aws-reader.ts";

/** Quotas of inference that are not used, and why: each is told of once, wherever it is seen first. */
export class UnmappedNews {
  readonly #told = new Set<string>();

  /** Of rows whose meaning is not known: each name once. */
  of(place: QuotaPlace, rows: readonly QuotaRow[]): readonly QuotaNews[] {
    return rows.flatMap((row) => {
      if (this.#told.has(row.name)) return [];
      const meaning = meaningOf(row);
      return meaning.kind === "unmapped" ? this.#once(row.name, newsOf(place, row, meaning.reason)) : [];
    });
  }

  /** Of rows that contradict each other: each code once for each that it contradicts. */
  ofContradicting(place: QuotaPlace, rows: readonly UnmappedRow<QuotaRow>[]): readonly QuotaNews[] {
    return rows.flatMap(({ row, reason }) => this.#once(`${row.code}: ${reason}`, newsOf(place, row, reason)));
  }

  #once(what: string, news: QuotaNews): readonly QuotaNews[] {
    if (this.#told.has(what)) return [];
    this.#told.add(what);
    return [news];
  }
}

function newsOf({ accountId, region }: QuotaPlace, { name, code, value }: QuotaRow, reason: string): QuotaNews {
  const scope = `quota ${JSON.stringify(name)} (${code})`;
  const message = `${scope} is not used: ${reason}`;
  return { change: "unmapped", scope, accountId, region, key: undefined, before: undefined, now: value, message };
}
