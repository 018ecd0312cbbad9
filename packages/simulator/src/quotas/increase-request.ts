import type { QuotaPlace } from "@shardrock/core";
import type { SimulatedQuotaRow } from "./quota-row.ts";

/** Source: Service Quotas API reference, "RequestedServiceQuotaChange" (read 2026-11-22). */
export type IncreaseStatus = "PENDING" | "CASE_OPENED" | "APPROVED" | "DENIED";

/** What was asked, and what became of it. */
export interface IncreaseRequest {
  readonly kind: "request";
  readonly id: string;
  readonly place: QuotaPlace;
  readonly row: SimulatedQuotaRow;
  readonly desiredValue: number;
  readonly status: IncreaseStatus;
  /** Once support has it. */
  readonly caseId?: string;
  /** In ms since 1970. */
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What is asked. */
export interface IncreaseWish {
  readonly code: string;
  readonly desiredValue: number;
  /** Default: yes, as AWS has it. */
  readonly mayOpenCase?: boolean;
}

/** An error of Service Quotas by its name. */
export interface QuotasProblem {
  readonly kind: "problem";
  readonly name:
    | "IllegalArgumentException"
    | "InvalidPaginationTokenException"
    | "NoSuchResourceException"
    | "QuotaExceededException"
    | "ResourceAlreadyExistsException"
    | "TooManyRequestsException";
  readonly message: string;
}

/** Whether AWS still has to answer it. */
export function isActive({ status }: Pick<IncreaseRequest, "status">): boolean {
  return status === "PENDING" || status === "CASE_OPENED";
}
