import type { CaseQuota } from "../plan/plan-report.ts";

const unitNames = {
  requests: "requests",
  tokens: "tokens",
  inputTokens: "input tokens",
  outputTokens: "output tokens",
} as const;

/** `tokens`, `input tokens`. */
export function unitName(unit: CaseQuota["unit"]): string {
  return unitNames[unit];
}

/** What a quota is for, wherever it is: `chat: tokens per minute`. */
export function quotaKind({ models, unit, endpoint, scope }: CaseQuota): string {
  const at = endpoint === "mantle" ? `${scope}, mantle` : scope;
  return `${models.join(", ")} (${at}): ${unitName(unit)} per minute`;
}

/** Where a quota is. */
export function quotaPlace({ accountId, region }: Pick<CaseQuota, "accountId" | "region">): string {
  return `${accountId} ${region}`;
}
