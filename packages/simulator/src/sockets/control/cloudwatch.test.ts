import type { GetMetricDataCommandInput, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { systemClock } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { SimulatedMetrics } from "../../metrics/simulated-metrics.ts";
import { errorOf, host, region } from "../sockets.test.kit.ts";
import { startControlRig, StillClock } from "./control.test.kit.ts";

const minuteMs = 60_000;
const modelId = "eu.anthropic.claude-sonnet-4-6";
const place = { accountId: host.accountId, region, modelId };
/** A whole minute half an hour ago, by the machine's time of day. */
const start = Math.floor(systemClock.epochMs() / minuteMs - 30) * minuteMs;

function query(
  Id: string,
  more: { metric?: string; model?: string; account?: string; period?: number } = {},
): MetricDataQuery {
  const { metric = "Invocations", model = modelId, account, period = 60 } = more;
  const Dimensions = [{ Name: "ModelId", Value: model }];
  const MetricStat = {
    Metric: { Namespace: "AWS/Bedrock", MetricName: metric, Dimensions },
    Period: period,
    Stat: "Sum",
  };
  return { Id, MetricStat, ...(account !== undefined && { AccountId: account }) };
}

function question(
  MetricDataQueries: MetricDataQuery[],
  more: Partial<GetMetricDataCommandInput> = {},
): GetMetricDataCommandInput {
  return { MetricDataQueries, StartTime: new Date(start), EndTime: new Date(start + 10 * minuteMs), ...more };
}

/** What was counted in the minutes after `start`, as times of day; the rig's clock need not agree. */
function counted(metrics: SimulatedMetrics, ...sums: number[]): void {
  for (const [minute, sum] of sums.entries()) metrics.count(place, { Invocations: sum }, start + minute * minuteMs);
}

/** Shows everything that is old by the machine's time of day. */
function shownMetrics(options: ConstructorParameters<typeof SimulatedMetrics>[0] = {}): SimulatedMetrics {
  return new SimulatedMetrics({ delayMs: { least: 0, most: 0 }, ...options });
}

/** Tells the metrics the machine's time of day. */
function dayClock(): StillClock {
  const clock = new StillClock();
  clock.move(systemClock.epochMs());
  return clock;
}

describe("GetMetricData", () => {
  it("answers sums by the minute, newest first, and none where nothing was counted", async () => {
    const metrics = shownMetrics();
    counted(metrics, 5, 0, 7);
    await using rig = await startControlRig({ metrics, clock: dayClock() });

    const data = await rig
      .cloudWatch()
      .getMetricData(question([query("a"), query("b", { metric: "InvocationThrottles" })]));

    expect(data.MetricDataResults).toEqual([
      {
        Id: "a",
        Label: "Invocations",
        Timestamps: [new Date(start + 2 * minuteMs), new Date(start)],
        Values: [7, 5],
        StatusCode: "Complete",
      },
      { Id: "b", Label: "InvocationThrottles", Timestamps: [], Values: [], StatusCode: "Complete" },
    ]);
    expect(data.NextToken).toBeUndefined();
    const ascending = await rig.cloudWatch().getMetricData(question([query("a")], { ScanBy: "TimestampAscending" }));
    expect(ascending.MetricDataResults?.[0]?.Values).toEqual([5, 7]);
    const long = await rig.cloudWatch().getMetricData(question([query("a", { period: 3_600 })]));
    expect(long.MetricDataResults?.[0]?.Values?.reduce((sum, value) => sum + value, 0)).toBe(12);
  });

  it("counts each model, account and Region apart", async () => {
    const metrics = shownMetrics();
    counted(metrics, 5);
    metrics.count({ ...place, accountId: "111122223333" }, { Invocations: 100 }, start);
    metrics.count({ ...place, region: "us-east-1" }, { Invocations: 100 }, start);
    await using rig = await startControlRig({ metrics, clock: dayClock() });

    const data = await rig.cloudWatch().getMetricData(question([query("a"), query("b", { model: "other" })]));

    expect(data.MetricDataResults?.map(({ Values }) => Values)).toEqual([[5], []]);
  });

  it("knows mantle's metrics in a namespace of their own", async () => {
    const metrics = shownMetrics();
    const mantle = { ...place, modelId: "anthropic.claude-opus-4-7", endpoint: "mantle" } as const;
    metrics.count(mantle, { TotalInputTokens: 9 }, start);
    await using rig = await startControlRig({ metrics, clock: dayClock() });
    const Dimensions = [{ Name: "Model", Value: mantle.modelId }];
    const Metric = { Namespace: "AWS/BedrockMantle", MetricName: "TotalInputTokens", Dimensions };

    const asked = { Id: "a", MetricStat: { Metric, Period: 60, Stat: "Sum" } };
    const data = await rig.cloudWatch().getMetricData(question([asked]));

    expect(data.MetricDataResults?.[0]?.Values).toEqual([9]);
  });

  it("shows points late, and each at its own time", async () => {
    const clock = new StillClock();
    const metrics = new SimulatedMetrics({ epochOffsetMs: start });
    await using rig = await startControlRig({ metrics, clock });
    for (let minute = 0; minute < 10; minute += 1) metrics.count(place, { Invocations: 1 }, minute * minuteMs);
    const shown = async (minutes: number): Promise<number> => {
      clock.move(minutes * minuteMs);
      const data = await rig.cloudWatch().getMetricData(question([query("a")]));
      return data.MetricDataResults?.[0]?.Values?.length ?? 0;
    };

    const [early, some, all] = [await shown(5), await shown(10), await shown(11)];

    expect(early).toBe(0);
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(10);
    expect(all).toBe(10);
  });

  it("says PartialData of an answer that is not whole", async () => {
    const metrics = shownMetrics({ partialShare: 1 });
    counted(metrics, 1, 2, 3, 4, 5, 6, 7, 8);
    await using rig = await startControlRig({ metrics, clock: dayClock() });

    const data = await rig.cloudWatch().getMetricData(question([query("a")]));

    expect(data.MetricDataResults?.[0]?.StatusCode).toBe("PartialData");
    expect(data.MetricDataResults?.[0]?.Values?.length).toBeLessThan(8);
  });

  it("cuts an answer at MaxDatapoints, and goes on with a token", async () => {
    const metrics = shownMetrics();
    counted(metrics, 1, 2, 3);
    await using rig = await startControlRig({ metrics, clock: dayClock() });
    const asked = question([query("a"), query("b")], { MaxDatapoints: 4, ScanBy: "TimestampAscending" });

    const first = await rig.cloudWatch().getMetricData(asked);
    const second = await rig.cloudWatch().getMetricData({ ...asked, NextToken: first.NextToken });

    expect(first.MetricDataResults?.map(({ Values, StatusCode }) => [Values, StatusCode])).toEqual([
      [[1, 2, 3], "Complete"],
      [[1], "PartialData"],
    ]);
    expect(second.MetricDataResults?.map(({ Values, StatusCode }) => [Values, StatusCode])).toEqual([
      [[], "Complete"],
      [[2, 3], "Complete"],
    ]);
    expect(second.NextToken).toBeUndefined();
  });

  it("takes 500 queries, and not one more", async () => {
    await using rig = await startControlRig();
    const queries = Array.from({ length: 501 }, (_, index) => query(`q${index}`));

    const data = await rig.cloudWatch().getMetricData(question(queries.slice(1)));
    expect(data.MetricDataResults).toHaveLength(500);
    expect(await errorOf(rig.cloudWatch().getMetricData(question(queries)))).toMatchObject({
      name: "ValidationException",
      Code: "ValidationError",
      message: "The collection MetricDataQueries must not have a size greater than 500.",
    });
  });

  it("lets an account see the metrics that others share with it, and nobody else's", async () => {
    const metrics = shownMetrics();
    const source = "222222222222";
    metrics.count({ ...place, accountId: source }, { Invocations: 42 }, start);
    const sharing = [{ monitoringAccountId: host.accountId, sourceAccountIds: [source] }];
    await using rig = await startControlRig({ metrics, sharing, clock: dayClock() });

    const data = await rig.cloudWatch().getMetricData(question([query("a", { account: source }), query("b")]));
    expect(data.MetricDataResults?.map(({ Values }) => Values)).toEqual([[42], []]);

    const stranger = question([query("a", { account: "333333333333" })]);
    expect(await errorOf(rig.cloudWatch().getMetricData(stranger))).toMatchObject({
      name: "InvalidParameterValueException",
    });
  });

  it.each<[string, Partial<GetMetricDataCommandInput>]>([
    ["no query", { MetricDataQueries: [] }],
    ["two queries of one id", { MetricDataQueries: [query("a"), query("a")] }],
    ["an id that is none", { MetricDataQueries: [query("Big")] }],
    ["a period of no whole minutes", { MetricDataQueries: [query("a", { period: 30 })] }],
    ["an end before the start", { EndTime: new Date(start - 1) }],
  ])("refuses %s", async (_, wrong) => {
    await using rig = await startControlRig();

    const error = await errorOf(rig.cloudWatch().getMetricData({ ...question([query("a")]), ...wrong }));

    expect(error).toMatchObject({
      name: "ValidationException",
      Code: "ValidationError",
      $metadata: { httpStatusCode: 400 },
    });
  });

  it("turns away a wrong signature", async () => {
    await using rig = await startControlRig();

    const stranger = rig.cloudWatch({ ...host, secretAccessKey: "wrong" });
    expect(await errorOf(stranger.getMetricData(question([query("a")])))).toMatchObject({
      name: "InvalidSignatureException",
    });
    expect(rig.aws.stats()).toMatchObject({ control: [], refusedByAuth: { "signature-mismatch": 1 } });
  });
});
