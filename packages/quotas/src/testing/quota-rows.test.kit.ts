import type { ProfileRow, QuotaRow } from "../reader/aws-reader.ts";

export const sonnet = "anthropic.claude-sonnet-4-6";

const scopeWords = {
  "on-demand": "On-demand",
  geo: "Cross-region",
  global: "Global cross-region",
} as const;

/** A row of Sonnet 4.6, such as AWS has it; the code of the usual one is real. */
export function sonnetRow(
  value: number,
  scope: keyof typeof scopeWords = "geo",
  unit: "tokens" | "requests" = "tokens",
): QuotaRow {
  const code = scope === "geo" && unit === "tokens" ? "L-15B8E632" : `L-TEST-${scope}-${unit}`;
  const name = `${scopeWords[scope]} model inference ${unit} per minute for Anthropic Claude Sonnet 4.6`;
  return quotaRow(name, value, code);
}

export function quotaRow(name: string, value: number, code: string = `L-TEST-${name}`): QuotaRow {
  return { code, name, value, isAdjustable: true, isGlobal: false };
}

/** What all models may take in a day. */
export function crossModelDay(value: number): QuotaRow {
  return quotaRow("Cross-Model Max Tokens Per Day", value, "L-E3F10727");
}

/** A profile of AWS's, which runs in these Regions; an empty one: anywhere. */
export function profileRow(
  id: string,
  regions: readonly string[] = ["us-east-1", "us-west-2"],
  change: Partial<ProfileRow> = {},
): ProfileRow {
  const model = id.slice(id.indexOf(".") + 1);
  const modelArns = regions.map((region) => `arn:aws:bedrock:${region}::foundation-model/${model}`);
  return { id, type: "system", isActive: true, modelArns, ...change };
}
