import { type JsonObject, listOf, objectOf } from "../json-object.ts";

/** One series, as GetMetricData is asked for it. */
export interface MetricQuestion {
  readonly id: string;
  readonly accountId: string | undefined;
  readonly namespace: string;
  readonly metric: string;
  /** By name. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly period: number;
}

/** A whole request. Times are ms since 1970. */
export interface MetricRequest {
  readonly kind: "request";
  readonly questions: readonly MetricQuestion[];
  readonly fromMs: number;
  readonly untilMs: number;
  readonly isOldestFirst: boolean;
  readonly mostPoints: number;
  readonly token: unknown;
}

/** Source: CloudWatch API reference, "GetMetricData" (read 2026-11-23). */
const mostQuestions = 500;
const mostPoints = 100_800;

/** Reads a request; a text says what is wrong with it. */
export function readMetricRequest(input: JsonObject): MetricRequest | string {
  const queries = listOf(input["MetricDataQueries"]).map(objectOf);
  if (queries.length === 0) return "The parameter MetricDataQueries is required.";
  if (queries.length > mostQuestions) {
    return `The collection MetricDataQueries must not have a size greater than ${mostQuestions}.`;
  }
  const questions = queries.map(questionOf);
  const wrong = questions.find((each) => typeof each === "string");
  if (wrong !== undefined) return wrong;
  const asked = questions.filter((each) => typeof each !== "string");
  if (new Set(asked.map(({ id }) => id)).size < asked.length) return "The values for parameter id are not unique.";
  const fromMs = msOf(input["StartTime"]);
  const untilMs = msOf(input["EndTime"]);
  if (!(fromMs < untilMs)) return "The parameter StartTime must be less than the parameter EndTime.";
  const most = input["MaxDatapoints"] ?? mostPoints;
  if (typeof most !== "number" || !(most >= 1 && most <= mostPoints)) return "The parameter MaxDatapoints is out of range.";
  const isOldestFirst = input["ScanBy"] === "TimestampAscending";
  return { kind: "request", questions: asked, fromMs, untilMs, isOldestFirst, mostPoints: most, token: input["NextToken"] };
}

function questionOf(query: JsonObject): MetricQuestion | string {
  const { Id: id, AccountId: accountId, MetricStat: stat } = query;
  if (typeof id !== "string" || !/^[a-z]\w*$/.test(id)) return `The value ${String(id)} for parameter id is not matching the expected pattern.`;
  if (stat === undefined) return "Only MetricStat is simulated here, no Expression.";
  const { Metric: metric, Period: period, Stat: statistic } = objectOf(stat);
  const { Namespace: namespace, MetricName: name, Dimensions: dimensions } = objectOf(metric);
  if (typeof namespace !== "string" || typeof name !== "string") return "The parameter Metric is incomplete.";
  if (typeof period !== "number" || !(period >= 60 && period % 60 === 0)) return "The parameter Period must be a multiple of 60.";
  if (statistic !== "Sum") return "Only the statistic Sum is simulated here.";
  return {
    id,
    accountId: typeof accountId === "string" ? accountId : undefined,
    namespace,
    metric: name,
    dimensions: Object.fromEntries(listOf(dimensions).map(objectOf).map(nameAndValue)),
    period,
  };
}

function nameAndValue({ Name: name, Value: value }: JsonObject): readonly [string, string] {
  return [String(name), String(value)];
}

function msOf(seconds: unknown): number {
  return typeof seconds === "number" ? seconds * 1_000 : Number.NaN;
}
