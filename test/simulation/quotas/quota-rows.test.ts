import { collisions, mapRows, meaningOf } from "@shardrock/quotas";
import { bedrockQuotaRows, inferenceRows } from "@shardrock/simulator";
import { describe, expect, it } from "vitest";

const rows = bedrockQuotaRows.map(({ code, name }, value) => ({ code, name, value }));

describe("the 1 100 quotas of Bedrock in an account and Region", () => {
  it("are all understood as far as they speak of inference, each as something else", () => {
    const { mapped, unmapped } = mapRows(rows);

    expect(unmapped).toEqual([]);
    expect(collisions(rows)).toEqual([]);
    expect(mapped.map(({ row }) => row.code).toSorted()).toEqual(inferenceRows.map(({ code }) => code).toSorted());
  });

  it("are not worth a word where they are about something else", () => {
    const inference = new Set(inferenceRows.map(({ code }) => code));
    const kinds = rows.filter(({ code }) => !inference.has(code)).map((row) => meaningOf(row).kind);

    expect(kinds.length).toBeGreaterThan(900);
    expect([...new Set(kinds)]).toEqual(["unrelated"]);
  });
});
