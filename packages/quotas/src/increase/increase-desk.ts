import type { QuotaPlace } from "@shardrock/core";
import type { IncreaseRequest, OpenIncrease } from "./increase-plan.ts";

/** What AWS said to a request. */
export type DeskAnswer =
  | {
      readonly kind: "taken";
      readonly requestId: string | undefined;
      /** Of the support case, if AWS has opened it already. */
      readonly caseId: string | undefined;
      readonly status: string | undefined;
    }
  | { readonly kind: "turned-down"; readonly reason: string };

/** Where requests for higher quotas are handed in. */
export interface IncreaseDesk {
  /** Requests of this account and Region, of every service, that AWS has not decided yet. */
  open(place: QuotaPlace, signal: AbortSignal): Promise<readonly OpenIncrease[]>;
  /**
   * Asks once, and never again by itself. Rejects with a `NotSentError` when nothing has left this process, and with
   * anything else when nobody can say whether AWS has got the request.
   */
  request(request: IncreaseRequest, signal: AbortSignal): Promise<DeskAnswer>;
}
