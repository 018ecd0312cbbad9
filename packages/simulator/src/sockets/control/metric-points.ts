import type { MetricQuestion, MetricRequest } from "./metric-questions.ts";

/** What is known of one series, in the order asked for. */
export interface MetricPoints {
  readonly question: MetricQuestion;
  /** Beginning of each period in ms since 1970, and the sum. */
  readonly points: readonly (readonly [startMs: number, sum: number])[];
  /** Points are missing, and nobody can say when they come. */
  readonly isPartial: boolean;
}

/**
 * The part of the points that fits into one answer, with a token for the rest; undefined when the token asked with is
 * none. Source: CloudWatch API reference, "GetMetricData" and "MetricDataResult" (read 2026-11-23).
 */
export function pointsPage(series: readonly MetricPoints[], { mostPoints, token }: MetricRequest): object | undefined {
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from)) return undefined;
  const end = from + mostPoints;
  let before = 0;
  const MetricDataResults = series.map(({ question, points, isPartial }) => {
    const shown = points.slice(Math.max(0, from - before), Math.max(0, end - before));
    before += points.length;
    return {
      Id: question.id,
      Label: question.metric,
      Timestamps: shown.map(([startMs]) => startMs / 1_000),
      Values: shown.map(([, sum]) => sum),
      StatusCode: isPartial || before > end ? "PartialData" : "Complete",
    };
  });
  return { MetricDataResults, Messages: [], ...(before > end && { NextToken: String(end) }) };
}
