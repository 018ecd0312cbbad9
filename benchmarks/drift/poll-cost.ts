import { pollCost } from "@shardrock/quotas";
import { table } from "../measure/table.ts";

/** What is polled: so many accounts, each in so many Regions. */
export interface Polled {
  readonly accounts: number;
  readonly regions: number;
}

/** What reading limits and what others use takes at AWS, at the default pace; AWS's rates are per account and Region. */
export function sayPollCost(polled: Polled): string {
  const lines = pollCost(polled).map((cost) => [
    cost.api,
    String(cost.callsPerLook),
    String(Math.round(cost.callsPerHour)),
    String(Math.round(cost.callsPerHour / polled.accounts / polled.regions)),
    `${cost.callsPerSecond.toFixed(3)}/s`,
    `${cost.perSecond}/s${cost.isPublished ? "" : " (ours)"}`,
    cost.callsPerSecond < cost.perSecond ? "met" : "MISSED",
  ]);
  const titles = ["API", "calls a look", "calls/h", "calls/h each", "mean rate each", "rate allowed each", "bar"];
  return `polling ${polled.accounts} accounts x ${polled.regions} Regions\n${table(titles, lines)}`;
}
