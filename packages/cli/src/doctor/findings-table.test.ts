import pc from "picocolors";
import { describe, expect, it } from "vitest";
import type { Finding } from "./finding.ts";
import { findingsTable } from "./findings-table.ts";

const counts = { errors: 1, warnings: 0, infos: 1, ok: 3 };
const findings: readonly Finding[] = [
  { severity: "error", check: "quota", accountId: "111111111111", region: "us-east-1", message: "on hold", fix: "ask" },
  { severity: "info", check: "clock", message: "it ticks" },
];
const shown = (columns: number | undefined, all = findings): readonly string[] => {
  const stdout = { isTTY: columns !== undefined, columns, write: async () => undefined };
  return findingsTable(all, counts, { colors: pc.createColors(false), stdout }).split("\n");
};

describe("findings for people", () => {
  it.each([undefined, 100])("are one line each in %j columns", (columns) => {
    expect(shown(columns)).toEqual([
      "severity  account       region     check  finding   fix",
      "error     111111111111  us-east-1  quota  on hold   ask",
      "info      -             -          clock  it ticks",
      "",
      "1 error, 0 warnings, 1 to know, 3 found right",
    ]);
  });

  it("are paragraphs where a terminal is too narrow for lines", () => {
    expect(shown(40)).toEqual([
      "error 111111111111 us-east-1 quota: on hold",
      "  fix: ask",
      "info clock: it ticks",
      "",
      "1 error, 0 warnings, 1 to know, 3 found right",
    ]);
  });

  it("are their sum alone where there are none", () => {
    expect(shown(undefined, [])).toEqual(["1 error, 0 warnings, 1 to know, 3 found right"]);
  });
});
