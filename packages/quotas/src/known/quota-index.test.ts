import { describe, expect, it } from "vitest";
import type { QuotaRow } from "../reader/aws-reader.ts";
import { crossModelDay, quotaRow, sonnetRow } from "../testing/quota-rows.test.kit.ts";
import type { KnownRow } from "./known-row.ts";
import { quotaIndex } from "./quota-index.ts";

const known = (row: QuotaRow, usual: number = row.value): KnownRow => ({ ...row, isApplied: true, usual });
const published = (...rows: readonly QuotaRow[]) =>
  Object.fromEntries(quotaIndex(rows.map((row) => known(row))).published);
const model = "runtime/claude-sonnet-4.6";

describe("the quotas of a place", () => {
  it("are told apart by scope and unit", () => {
    expect(
      published(sonnetRow(1), sonnetRow(2, "on-demand"), sonnetRow(3, "global"), sonnetRow(4, "geo", "requests")),
    ).toEqual({
      [`${model}/geo/tokens`]: 1,
      [`${model}/on-demand/tokens`]: 2,
      [`${model}/global/tokens`]: 3,
      [`${model}/geo/requests`]: 4,
    });
  });

  it("of long context and low latency are not for standard calls", () => {
    const long = quotaRow(
      "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.6 1M Context Length",
      9,
    );
    const fast = quotaRow(
      "On-demand, latency-optimized model inference tokens per minute for Anthropic Claude Sonnet 4.6",
      9,
    );

    expect(published(long, fast, sonnetRow(1))).toEqual({ [`${model}/geo/tokens`]: 1 });
    expect(published({ ...long, value: 0 }, sonnetRow(1))).toEqual({ [`${model}/geo/tokens`]: 1 });
  });

  it.each([
    ["requests per minute", sonnetRow(0, "geo", "requests")],
    ["tokens per day", quotaRow("Cross-region model inference tokens per day for Anthropic Claude Sonnet 4.6", 0)],
    [
      "tokens per day of both scopes",
      quotaRow(
        "Model invocation max tokens per day for Anthropic Claude Sonnet 4.6 (doubled for cross-region calls)",
        0,
      ),
    ],
  ])("hold a model whose %s are 0", (_what, row) => {
    expect(published(sonnetRow(5), row)[`${model}/geo/tokens`]).toBe(0);
    expect(published(row, sonnetRow(5))[`${model}/geo/tokens`]).toBe(0);
  });

  it("hold a model in the scope that is 0 and no other", () => {
    expect(published(sonnetRow(5), sonnetRow(0, "on-demand"))).toMatchObject({
      [`${model}/geo/tokens`]: 5,
      [`${model}/on-demand/tokens`]: 0,
    });
  });

  it("hold all models of the runtime endpoint when the account's day is 0, those of mantle not", () => {
    const mantle = quotaRow("[bedrock-mantle endpoint] Input tokens per minute for Claude Opus 4.7", 7);
    const index = quotaIndex([sonnetRow(5), mantle, crossModelDay(0)].map((row) => known(row)));

    expect(index.isOnHold).toBe(true);
    expect([...index.published.values()]).toEqual([0, 7]);
  });

  it("of one meaning that contradict each other are used neither one, nor what else the model has in that scope", () => {
    const other = { ...sonnetRow(900), code: "L-OTHER" };
    const rows = [sonnetRow(100), other, sonnetRow(5, "geo", "requests"), sonnetRow(3, "global")];

    expect(published(...rows)).toEqual({ [`${model}/global/tokens`]: 3 });
    expect(published(...rows.toReversed())).toEqual({ [`${model}/global/tokens`]: 3 });
    expect(quotaIndex(rows.map((row) => known(row))).contradicting.map(({ row }) => row.code)).toEqual([
      "L-15B8E632",
      "L-OTHER",
    ]);
    expect(published(sonnetRow(100), { ...other, value: 100 })).toEqual({ [`${model}/geo/tokens`]: 100 });
  });

  it("of one meaning that contradict each other hold all the same when one of them is 0", () => {
    const other = { ...sonnetRow(0), code: "L-OTHER" };

    expect(published(sonnetRow(100), other)).toEqual({ [`${model}/geo/tokens`]: 0 });
  });

  it("do not hold anything for a day above 0", () => {
    expect(published(sonnetRow(5), crossModelDay(150_000_000))).toEqual({ [`${model}/geo/tokens`]: 5 });
  });

  it("name the models that can be called by their own id, also while the account is on hold", () => {
    const onDemand = (value: number, usual: number) => [
      ...quotaIndex([known(sonnetRow(value, "on-demand"), usual)]).onDemand,
    ];

    expect(onDemand(5, 5)).toEqual(["claude-sonnet-4.6"]);
    expect(onDemand(0, 5)).toEqual(["claude-sonnet-4.6"]);
    expect(onDemand(0, 0)).toEqual([]);
    expect([...quotaIndex([known(sonnetRow(5))]).onDemand]).toEqual([]);
  });
});
