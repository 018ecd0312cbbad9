import { describe, expect, it } from "vitest";
import type { QuotaRow } from "../reader/aws-reader.ts";
import { sonnetRow } from "../testing/quota-rows.test.kit.ts";
import { type KnownRow, mergedRows } from "./known-row.ts";

const list = (rows: readonly QuotaRow[], unread: readonly string[] = []) => ({ rows, unread });
const values = (rows: readonly KnownRow[]) => rows.map(({ value, isApplied, usual }) => [value, isApplied, usual]);

describe("what is applied and what everyone has", () => {
  it("are one row: what is applied counts, be it less or 0", () => {
    for (const value of [10, 1_000, 0]) {
      const rows = mergedRows({ applied: list([sonnetRow(value)]), defaults: list([sonnetRow(100)]) }, []);

      expect(values(rows)).toEqual([[value, true, 100]]);
    }
  });

  it("leave the default, unconfirmed, where nothing is applied", () => {
    const rows = mergedRows({ applied: list([]), defaults: list([sonnetRow(100)]) }, []);

    expect(values(rows)).toEqual([[100, false, 100]]);
  });

  it("leave what was known where AWS cannot tell what is applied, and never take the default for it", () => {
    const lists = { applied: list([], [sonnetRow(0).code]), defaults: list([sonnetRow(100)]) };
    const before: KnownRow = { ...sonnetRow(0), isApplied: true, usual: 100 };

    expect(values(mergedRows(lists, [before]))).toEqual([[0, true, 100]]);
    expect(mergedRows(lists, [])).toEqual([]);
  });

  it("forget what AWS has no more", () => {
    const before: KnownRow = { ...sonnetRow(5), isApplied: true, usual: 5 };

    expect(mergedRows({ applied: list([]), defaults: list([sonnetRow(9, "global")]) }, [before])).toHaveLength(1);
  });
});
