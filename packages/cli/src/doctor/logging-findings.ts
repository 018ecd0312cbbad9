import type { LoggingConfig } from "@aws-sdk/client-bedrock";
import type { QuotaPlace } from "@shardrock/core";
import type { Finding } from "./finding.ts";

/** Where the account has Bedrock write its calls: to be known, and never changed. @param logging - undefined: nowhere. */
export function loggingFindings(place: QuotaPlace, logging: LoggingConfig | undefined): readonly Finding[] {
  const to = [
    ...(logging?.s3Config?.bucketName === undefined ? [] : [`bucket ${logging.s3Config.bucketName}`]),
    ...(logging?.cloudWatchConfig?.logGroupName === undefined
      ? []
      : [`log group ${logging.cloudWatchConfig.logGroupName}`]),
  ];
  if (logging === undefined || to.length === 0) {
    return [{ severity: "info", check: "logging", ...place, message: "model invocation logging is off" }];
  }
  const kinds = written.flatMap(([option, kind]) => (logging[option] === true ? [kind] : []));
  const what = kinds.length === 0 ? "without prompts and answers" : `${kinds.join(", ")} included`;
  const message = `model invocation logging is on, ${what}, to ${to.join(" and ")}`;
  return [{ severity: "info", check: "logging", ...place, message }];
}

/** What of a call is written where it is asked for. Source: Bedrock API Reference, "LoggingConfig" (SDK 3.1162, read 2026-11-23). */
const written = [
  ["textDataDeliveryEnabled", "prompts and answers"],
  ["imageDataDeliveryEnabled", "images"],
  ["embeddingDataDeliveryEnabled", "embeddings"],
  ["videoDataDeliveryEnabled", "video"],
  ["audioDataDeliveryEnabled", "audio"],
] as const satisfies readonly (readonly [keyof LoggingConfig, string])[];
