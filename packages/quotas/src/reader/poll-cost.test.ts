import { parseConfig, type QuotaClientOptions, type QuotaPlace, seededRandom, systemClock } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { PlaceReader } from "../discovery/place-reader.ts";
import { FakeHandler } from "../testing/fake-handler.test.kit.ts";
import { bareConfig, one } from "../testing/quota-world.test.kit.ts";
import { PacedReader } from "./paced-reader.ts";
import { pollCost } from "./poll-cost.ts";
import { SdkReader } from "./sdk-reader.ts";

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

  it("is what one look at a place really sends to AWS", async () => {
    const fake = new FakeHandler();
    const rows = Array.from({ length: 1_123 }, (_, row) => ({
      QuotaCode: `L-${row}`,
      QuotaName: `row ${row}`,
      Value: 1,
    }));
    fake.answer = ({ path, body }) => {
      if (path !== "/") return { body: { inferenceProfileSummaries: [] } };
      const from = Number(body["NextToken"] ?? 0);
      const next = from + Number(body["MaxResults"]);
      return { body: { Quotas: rows.slice(from, next), NextToken: next < rows.length ? String(next) : undefined } };
    };
    const credentials = async () => ({ accessKeyId: "A", secretAccessKey: "s" });
    const clientOptions = ({ region }: QuotaPlace) =>
      ({ region, requestHandler: fake.handler, credentials }) as unknown as QuotaClientOptions;
    const sdk = new SdkReader({ host: { config: parseConfig(bareConfig), clientOptions } });
    using reader = new PacedReader({ reader: sdk, clock: systemClock, random: seededRandom(1) });
    const place = { accountId: one, region: "us-east-1" };
    const known = { place, quotas: undefined, profiles: undefined };

    const reading = await new PlaceReader(place, { reader, clock: systemClock }).read(
      known,
      new AbortController().signal,
    );

    const [quotas, profiles] = pollCost({ accounts: 1, regions: 1 });
    expect(reading.failures).toEqual([]);
    expect(reading.quotas?.applied.rows).toHaveLength(1_123);
    expect(fake.seen.filter(({ target }) => target.startsWith("ServiceQuotas")).length).toBe(quotas?.callsPerLook);
    expect(fake.seen.filter(({ path }) => path === "/inference-profiles").length).toBe(profiles?.callsPerLook);
  });

  it("leaves out what is not looked at", () => {
    expect(pollCost({ accounts: 1, regions: 1, driftPollMs: false }).at(-1)?.callsPerHour).toBe(0);
  });
});
