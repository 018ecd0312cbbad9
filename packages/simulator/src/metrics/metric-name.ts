/** Metrics of `AWS/Bedrock`. Source: bedrock-facts.md, section 4.1 (read 2026-11-22). */
export const runtimeMetricNames = [
  "Invocations",
  "InvocationThrottles",
  "InvocationServerErrors",
  "InputTokenCount",
  "OutputTokenCount",
  "CacheReadInputTokens",
  "CacheWriteInputTokens",
  "EstimatedTPMQuotaUsage",
] as const;

/** Metrics of `AWS/BedrockMantle`. Source: bedrock-facts.md, section 4.2 (read 2026-11-22). */
export const mantleMetricNames = ["Inferences", "TotalInputTokens", "TotalOutputTokens"] as const;

export type MetricName = (typeof runtimeMetricNames)[number] | (typeof mantleMetricNames)[number];

/**
 * How cache metrics are spelled: `documented` is `CacheWriteInputTokens`, as the User Guide has it; `counted` is
 * `CacheWriteInputTokenCount`, as AWS's own samples have it.
 */
export type CacheSpelling = "documented" | "counted" | "both";

const names: ReadonlySet<string> = new Set([...runtimeMetricNames, ...mantleMetricNames]);
const documented = /^Cache(Read|Write)InputTokens$/;
const counted = /^Cache(Read|Write)InputTokenCount$/;

/** The name a metric is counted under; undefined: there is none spelled so. */
export function canonicalName(asked: string, spelling: CacheSpelling): MetricName | undefined {
  if (documented.test(asked) && spelling === "counted") return undefined;
  if (counted.test(asked)) return spelling === "documented" ? undefined : known(asked.replace("Count", "s"));
  return known(asked);
}

function known(name: string): MetricName | undefined {
  return isMetricName(name) ? name : undefined;
}

function isMetricName(name: string): name is MetricName {
  return names.has(name);
}
