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
  const what =
    logging.textDataDeliveryEnabled === true ? "prompts and answers included" : "without prompts and answers";
  const message = `model invocation logging is on, ${what}, to ${to.join(" and ")}`;
  return [{ severity: "info", check: "logging", ...place, message }];
}
