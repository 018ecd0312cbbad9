import type { QuotaPlace } from "@shardrock/core";
import type { IncreaseRequest } from "../../quotas/increase-request.ts";
import type { QuotaValue } from "../../quotas/simulated-service-quotas.ts";

const service = { ServiceCode: "bedrock", ServiceName: "Amazon Bedrock" };

/**
 * A quota as it goes over the wire; the ARN of a default names no account.
 * Source: Service Quotas API reference, "ServiceQuota" (read 2026-11-22). Rows of models carry neither `UsageMetric` nor
 * `Period`: bedrock-facts.md, section 1.2.
 */
export function quotaRow({ row, value }: QuotaValue, place: QuotaPlace, kind: "applied" | "default"): object {
  const owner = kind === "applied" ? place.accountId : "";
  return {
    ...service,
    QuotaArn: arnOf(owner, place.region, row.code),
    QuotaCode: row.code,
    QuotaName: row.name,
    Value: value,
    Unit: "None",
    Adjustable: row.isAdjustable,
    GlobalQuota: false,
    ...(kind === "applied" && { QuotaAppliedAtLevel: "ACCOUNT" }),
    ...(row.api !== undefined && {
      UsageMetric: {
        MetricNamespace: "AWS/Usage",
        MetricName: "CallCount",
        MetricDimensions: { Class: "None", Resource: row.api, Service: "Bedrock", Type: "API" },
        MetricStatisticRecommendation: "Sum",
      },
      Period: { PeriodValue: 1, PeriodUnit: "SECOND" },
    }),
  };
}

/** A request for more as it goes over the wire. */
export function historyRow(request: IncreaseRequest): object {
  const { id, place, row, desiredValue, status, caseId, createdAtMs, updatedAtMs } = request;
  return {
    ...service,
    Id: id,
    ...(caseId !== undefined && { CaseId: caseId }),
    QuotaCode: row.code,
    QuotaName: row.name,
    QuotaArn: arnOf(place.accountId, place.region, row.code),
    DesiredValue: desiredValue,
    Status: status,
    Created: createdAtMs / 1_000,
    LastUpdated: updatedAtMs / 1_000,
    Requester: JSON.stringify({ accountId: place.accountId }),
    GlobalQuota: false,
    Unit: "None",
    QuotaRequestedAtLevel: "ACCOUNT",
  };
}

function arnOf(accountId: string, region: string, code: string): string {
  return `arn:aws:servicequotas:${region}:${accountId}:bedrock/${code}`;
}
