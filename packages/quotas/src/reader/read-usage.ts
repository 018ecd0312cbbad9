import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import {
  queriesPerRequest,
  type UsageMetric,
  type UsageQuery,
  type UsageSeries,
  type UsageSpan,
} from "./aws-reader.ts";

/** What is asked of CloudWatch, in as many requests as it takes. */
export interface MetricsQuestion {
  readonly queries: readonly UsageQuery[];
  readonly span: UsageSpan;
  readonly signal: AbortSignal;
}

/** AWS counts by the minute. */
const periodSeconds = 60;

/** More would be a mistake of AWS's, or of ours: one day of 500 series is 8 pages. */
const mostPages = 100;

/**
 * The names of each count. Of cache writes AWS's pages and AWS's own tools know two.
 * Source: AWS, "Monitor bedrock-runtime", "Monitor bedrock-mantle", and the curated list of AWS's quota checker (read 2026-11-22).
 */
const namesOf: Readonly<Record<UsageQuery["endpoint"], Readonly<Record<UsageMetric, readonly string[]>>>> = {
  runtime: {
    tokens: ["EstimatedTPMQuotaUsage"],
    requests: ["Invocations"],
    throttles: ["InvocationThrottles"],
    inputTokens: ["InputTokenCount"],
    cacheWriteTokens: ["CacheWriteInputTokens", "CacheWriteInputTokenCount"],
    outputTokens: ["OutputTokenCount"],
  },
  mantle: {
    tokens: [],
    requests: ["Inferences"],
    throttles: [],
    inputTokens: ["TotalInputTokens"],
    cacheWriteTokens: [],
    outputTokens: ["TotalOutputTokens"],
  },
};

const spaceOf = {
  runtime: { Namespace: "AWS/Bedrock", dimension: "ModelId" },
  mantle: { Namespace: "AWS/BedrockMantle", dimension: "Model" },
} as const;

/** What AWS counted, one series for each query in the same order; what AWS does not count there stays incomplete. */
export async function readUsage(client: CloudWatchClient, question: MetricsQuestion): Promise<readonly UsageSeries[]> {
  const wires = question.queries.flatMap((query) =>
    namesOf[query.endpoint][query.metric].map((name) => ({ query, name })),
  );
  const wanted = wires.map((wire, index) => ({ ...wire, id: `q${index}` }));
  const counted = new Map(wanted.map(({ id }): [string, Counted] => [id, { byMinute: new Map(), isComplete: true }]));
  for (let first = 0; first < wanted.length; first += queriesPerRequest) {
    const queries = wanted.slice(first, first + queriesPerRequest).map(metricQuery);
    await readPages(client, { ...question, queries, counted });
  }
  return question.queries.map((query) => {
    const mine = wanted.filter((wire) => wire.query === query);
    return together(
      query,
      mine.flatMap(({ id }) => counted.get(id) ?? []),
    );
  });
}

interface Counted {
  readonly byMinute: Map<number, number>;
  isComplete: boolean;
}

interface Wire {
  readonly id: string;
  readonly query: UsageQuery;
  readonly name: string;
}

function metricQuery({ id, query, name }: Wire): MetricDataQuery {
  const { Namespace, dimension } = spaceOf[query.endpoint];
  const Dimensions = [{ Name: dimension, Value: query.modelId }];
  return {
    Id: id,
    MetricStat: { Metric: { Namespace, MetricName: name, Dimensions }, Period: periodSeconds, Stat: "Sum" },
    ...(query.accountId !== undefined && { AccountId: query.accountId }),
  };
}

interface Pages extends Omit<MetricsQuestion, "queries"> {
  readonly queries: MetricDataQuery[];
  readonly counted: ReadonlyMap<string, Counted>;
}

async function readPages(client: CloudWatchClient, { queries, span, signal, counted }: Pages): Promise<void> {
  let token: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const command = new GetMetricDataCommand({
      MetricDataQueries: queries,
      StartTime: dateOf(span.fromMs),
      EndTime: dateOf(span.untilMs),
      ScanBy: "TimestampAscending",
      NextToken: token,
    });
    const { MetricDataResults = [], NextToken } = await client.send(command, { abortSignal: signal });
    for (const result of MetricDataResults) add(counted.get(result.Id ?? ""), result);
    if (NextToken === undefined || NextToken === token) return;
    token = NextToken;
  }
  for (const { Id } of queries) add(counted.get(Id ?? ""), { StatusCode: "PartialData" });
}

interface Result {
  readonly Timestamps?: readonly Date[] | undefined;
  readonly Values?: readonly number[] | undefined;
  readonly StatusCode?: string | undefined;
}

/** The last page's word on whether a series is whole counts; what it never spoke of stays as it was. */
function add(counted: Counted | undefined, { Timestamps = [], Values = [], StatusCode }: Result): void {
  if (counted === undefined) return;
  for (const [index, time] of Timestamps.entries()) {
    const value = Values[index];
    if (value !== undefined) counted.byMinute.set(time.getTime(), value);
  }
  counted.isComplete = StatusCode === undefined || StatusCode === "Complete";
}

/** Two names of one count give it twice, or one of them gives nothing: the higher is the count. */
function together(query: UsageQuery, parts: readonly Counted[]): UsageSeries {
  const byMinute = new Map<number, number>();
  for (const [minute, value] of parts.flatMap((part) => [...part.byMinute])) {
    byMinute.set(minute, Math.max(value, byMinute.get(minute) ?? 0));
  }
  return { query, byMinute, isComplete: parts.length > 0 && parts.every(({ isComplete }) => isComplete) };
}

/** The SDK takes dates; this reads no clock. */
function dateOf(epochMs: number): Date {
  // oxlint-disable-next-line no-restricted-globals -- a given time, not now
  return new Date(epochMs);
}
