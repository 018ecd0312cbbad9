import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { faultRows } from "./fault-kinds.ts";
import { promisesOfCore } from "./promises-of-core.ts";
import { boundsOfFailover, promisesOfFailover } from "./promises-of-failover.ts";
import { rowsInScope, whereTested } from "./where-tested.ts";

const root = new URL("../../", import.meta.url);

describe("the table of faults", () => {
  it("says of every row where it is tested, or why it is not, and of no other", () => {
    expect(Object.keys(whereTested).map(Number)).toEqual(rowsInScope);
  });

  it.each(Object.entries(whereTested).flatMap(([row, where]) => (typeof where === "string" ? [] : [{ row, where }])))(
    "names test files that exist, each once, for row $row",
    ({ where: files }) => {
      expect(files.length).toBeGreaterThan(0);
      expect(new Set(files).size).toBe(files.length);
      expect(files.filter((file) => !file.endsWith(".test.ts") || !existsSync(new URL(file, root)))).toEqual([]);
    },
  );

  it("has every row that a seed or a promise stands for", () => {
    const promised = [...promisesOfCore, ...promisesOfFailover, ...boundsOfFailover].map(({ row }) => row);
    const inSeeds = Object.values(faultRows).flat();

    expect([...promised, ...inSeeds].filter((row) => !rowsInScope.includes(row))).toEqual([]);
  });

  it("names the promises for every row that has one, and for no other", () => {
    const promised = new Set([...promisesOfCore, ...promisesOfFailover, ...boundsOfFailover].map(({ row }) => row));
    const named = rowsInScope.filter((row) => whereTested[row]?.includes("test/faults/promises.test.ts") === true);

    expect(named).toEqual([...promised].toSorted((one, other) => one - other));
  });
});
