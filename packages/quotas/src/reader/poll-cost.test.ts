import { describe, expect, it } from "vitest";
import { PlaceReader } from "../discovery/place-reader.ts";
import { FakeReader } from "../testing/fake-reader.test.kit.ts";
import { ManualClock } from "../testing/manual-clock.test.kit.ts";
import { quotaRow } from "../testing/quota-rows.test.kit.ts";
import { pollCost } from "./poll-cost.ts";

describe("what polling costs", () => {
  it("is under AWS's rate in every account and Region, for 50 accounts in 4 Regions", () => {
    const costs = pollCost({ accounts: 50, regions: 4 });

    expect(costs.map(({ api, callsPerHour, perSecond }) => [api, callsPerHour, perSecond])).toEqual([
      ["servicequotas:List*", 28_800, 10],
      ["bedrock:ListInferenceProfiles", 1_200, 2],
      ["cloudwatch:GetMetricData", 12_000, 50],
    ]);
    for (const { callsPerSecond, perSecond } of costs) expect(callsPerSecond).toBeLessThan(perSecond / 10);
  });

  it("is what one look at a place really asks", async () => {
    const reader = new FakeReader();
    const rows = Array.from({ length: 1_123 }, (_, row) => quotaRow(`row ${row}`, 1));
    reader.usual = { applied: rows, defaults: rows, profiles: [] };
    const place = { accountId: "111111111111", region: "us-east-1" };

    await new PlaceReader(place, { reader, clock: new ManualClock() }).read(new AbortController().signal);

    const [quotas, profiles] = pollCost({ accounts: 1, regions: 1 });
    expect(reader.count("appliedQuotas") + reader.count("defaultQuotas")).toBe(quotas?.callsPerLook);
    expect(reader.count("profiles")).toBe(profiles?.callsPerLook);
  });

  it("leaves out what is not looked at", () => {
    expect(pollCost({ accounts: 1, regions: 1, driftPollMs: false }).at(-1)?.callsPerHour).toBe(0);
  });
});
