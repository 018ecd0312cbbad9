/**
 * The partition a Region is in.
 * Source: AWS, "Amazon Resource Names (ARNs)", partitions (read 2026-11-22).
 */
export function partitionOf(region: string): string {
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return region.startsWith("cn-") ? "aws-cn" : "aws";
}

/** A foundation model in a Region; an empty one is how AWS names it behind a global profile, `*` any. */
export function modelArn(partition: string, region: string, modelId: string): string {
  return `arn:${partition}:bedrock:${region}::foundation-model/${modelId}`;
}

/** What belongs to an account in a Region, such as `inference-profile/us.anthropic.claude-sonnet-4-6`. */
export function accountArn(
  { accountId, region }: { readonly accountId: string; readonly region: string },
  resource: string,
): string {
  return `arn:${partitionOf(region)}:bedrock:${region}:${accountId}:${resource}`;
}
