import type { SimulationReport } from "../simulation/simulation-report.ts";
import { bindingOf } from "./binding.ts";
import { sayShare } from "./figures.ts";
import type { Check } from "./plan-report.ts";
import type { PlayedCase, Setting } from "./planner.ts";
import type { Config } from "@shardrock/core";

/** A try that was played in full, as it is told. */
export function checkOf({ case: played }: PlayedCase): Check {
  const { name, runs, runsMet, served, waits } = played;
  return { name, runs: runs.length, runsMet, served, p99WaitMs: waits.p99 };
}

/** What stands in the way of a setting that misses the SLO, in sentences. */
export function obstaclesOf({ case: played, reports }: PlayedCase, { config }: Setting): readonly string[] {
  const says: string[] = [];
  const add = (isThere: boolean, sentence: string): unknown => isThere && says.push(sentence);
  const share = (count: (report: SimulationReport) => number): number =>
    Math.max(...reports.map((report) => count(report) / Math.max(1, report.offered)));
  const tooLarge = share((report) => report.tooLarge);
  add(
    tooLarge > 0,
    `${sayShare(tooLarge)} of the calls hold more than any quota ever carries: lower their max_tokens, or ask for a higher quota.`,
  );
  const nowhere = share((report) => report.nowhere);
  add(nowhere > 0, `${sayShare(nowhere)} of the calls may go nowhere, by the config's rules.`);
  add(
    Math.max(...reports.map(({ peak }) => peak.inFlight)) >= config.waiting.maxInFlight,
    `${config.waiting.maxInFlight} calls are at AWS at once, which is the most that waiting.maxInFlight allows.`,
  );
  add(
    Math.max(...reports.map(({ peak }) => peak.waiting)) >= config.waiting.maxQueued,
    `${config.waiting.maxQueued} calls wait at once, which is the most that waiting.maxQueued allows.`,
  );
  const binding = bindingOf(played.quotas);
  if (binding !== null) says.push(`Calls wait for ${binding}.`);
  says.push(...missedByOne(played));
  return says.length > 0
    ? says
    : ["No quota keeps calls waiting: what was asked for is stricter than the service itself."];
}

/** Where all but one way of counting are content, it is the way: some carry less at once than others. */
function missedByOne({ runs }: PlayedCase["case"]): readonly string[] {
  const missed = new Set(runs.filter(({ isMet }) => isMet === false).map(({ limiter }) => limiter));
  const [only] = missed;
  if (only === undefined || missed.size > 1 || runs.every(({ limiter }) => limiter === only)) return [];
  const most = atOnce.get(only);
  const because = most === undefined ? "" : `, which carries no call that holds more than ${most} of a limit`;
  return [`Only runs by ${only} miss it${because}; --limiters leaves it out.`];
}

/** What a way of counting carries at once, where that is less than a minute's limit. */
const atOnce: ReadonlyMap<string, string> = new Map([
  ["fixed10", "a sixth"],
  ["bucket12", "an eighth"],
  ["bucket25", "a quarter"],
]);

/** Other than what was asked, and possible: the accounts that take calls. */
export function workingAccounts({ accounts }: Config): readonly string[] {
  return accounts.filter(({ drained }) => !drained).map(({ id }) => id);
}
