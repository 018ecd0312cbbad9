import { describe, expect, it } from "vitest";
import { collisions, mapRows } from "./map-rows.ts";
import { verbatimRows } from "./testing/verbatim-rows.test.kit.ts";

const name = "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.6";
const row = (code: string, value: number, by: string = name): { code: string; name: string; value: number } => ({
  code,
  name: by,
  value,
});

describe("the rows of one account and Region", () => {
  it("are each understood, and none means what another one means", () => {
    const rows = verbatimRows.map(({ row: { code, name: by } }, index) => row(code || `L-${index}`, index, by));

    expect(mapRows(rows).unmapped).toEqual([]);
    expect(mapRows(rows).mapped).toHaveLength(rows.length);
    expect(collisions(rows)).toEqual([]);
  });

  it("are not used, neither of them, when two mean the same and differ in value", () => {
    const rows = [row("L-15B8E632", 6_000_000), row("L-NEW", 100_000, name.toLowerCase())];

    const { mapped, unmapped } = mapRows(rows);

    expect(mapped).toEqual([]);
    expect(unmapped.map(({ row: { code } }) => code)).toEqual(["L-15B8E632", "L-NEW"]);
    expect(unmapped[0]?.reason).toBe(
      "it means runtime/claude-sonnet-4.6/geo/standard/tokens/minute, and so does L-NEW with another value",
    );
    expect(collisions(rows)).toMatchObject([{ meaning: { model: "claude-sonnet-4.6" }, rows }]);
  });

  it("are used once when two mean the same and agree", () => {
    const rows = [row("L-15B8E632", 6_000_000), row("L-NEW", 6_000_000)];

    expect(mapRows(rows)).toMatchObject({ mapped: [{ row: { code: "L-15B8E632" } }], unmapped: [] });
    expect(collisions(rows)).toEqual([]);
  });

  it("count as the later one when a quota was read twice", () => {
    const rows = [row("L-15B8E632", 6_000_000), row("L-15B8E632", 0)];

    expect(mapRows(rows)).toMatchObject({ mapped: [{ row: { value: 0 } }], unmapped: [] });
  });

  it("leave out what is about something else", () => {
    expect(mapRows([row("L-1", 5, "APIs per Agent")])).toEqual({ mapped: [], unmapped: [] });
  });
});
