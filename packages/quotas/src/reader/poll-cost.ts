import { type ApiFamily, type ApiRate, apiRates } from "./api-rates.ts";
import { queriesPerRequest } from "./aws-reader.ts";
import { profilesPerPage, quotasPerPage } from "./sdk-reader.ts";

/** What is polled. */
export interface PollCostOptions {
  readonly accounts: number;
  /** Source Regions of each account. */
  readonly regions: number;
  /** As in `ServiceQuotasOptions`; default 600,000. */
  readonly pollMs?: number | undefined;
  /** As in `ServiceQuotasOptions`; default 60,000; false: others' use is not looked at. */
  readonly driftPollMs?: number | false | undefined;
  /** Rows of Bedrock that Service Quotas lists; 1,123 were seen in 2026. */
  readonly quotaRows?: number | undefined;
  /** Inference profiles in a Region; default 100. */
  readonly profiles?: number | undefined;
  /** Metrics looked at in each account and Region; default 50. */
  readonly metrics?: number | undefined;
}

/** How often one API is asked. */
export interface ApiCost extends ApiRate {
  /** Requests for one look at one account and Region. */
  readonly callsPerLook: number;
  /** Of all accounts and Regions together. */
  readonly callsPerHour: number;
  /** Of one account and Region, on average, in requests a second: to be held against `perSecond`. */
  readonly callsPerSecond: number;
}

/** What reading limits costs in requests, as long as AWS answers; each account and Region has a rate of its own. */
export function pollCost(options: PollCostOptions): readonly ApiCost[] {
  const { accounts, regions, pollMs = 600_000, driftPollMs = 60_000 } = options;
  const { quotaRows = 1_123, profiles = 100, metrics = 50 } = options;
  const looks: readonly (readonly [ApiFamily, number, number])[] = [
    ["quotas", 2 * pagesOf(quotaRows, quotasPerPage), pollMs],
    ["profiles", pagesOf(profiles, profilesPerPage), pollMs],
    ["usage", driftPollMs === false ? 0 : Math.ceil(metrics / queriesPerRequest), driftPollMs || pollMs],
  ];
  return looks.map(([family, callsPerLook, everyMs]) => ({
    ...apiRates[family],
    callsPerLook,
    callsPerHour: (accounts * regions * callsPerLook * hourMs) / everyMs,
    callsPerSecond: (callsPerLook * 1_000) / everyMs,
  }));
}

const hourMs = 3_600_000;

/** An empty list has a page too. */
function pagesOf(rows: number, rowsPerPage: number): number {
  return Math.max(1, Math.ceil(rows / rowsPerPage));
}
