import { type Config, openRouter } from "@shardrock/core";
import { withAccounts } from "./altered-config.ts";
import { checkOf, obstaclesOf, workingAccounts } from "./answer-check.ts";
import type { AccountsAnswer } from "./plan-report.ts";
import type { PlayedCase, Planner, Setting } from "./planner.ts";
import { quotaPlaceOf } from "./quota-place.ts";
import { smallest } from "./smallest.ts";

export interface AccountsQuestion {
  readonly config: Config;
  readonly growth: number;
  /** The most that is tried. */
  readonly most: number;
}

/** How often a search goes on where one more account than its answer was found to be too few. */
const mostAgain = 3;

/** Finds the smallest number of accounts, with the same Regions and quotas as those of the config, that meets the SLO in every run. */
export async function accountsAnswer(planner: Planner, question: AccountsQuestion): Promise<AccountsAnswer> {
  const { config, most } = question;
  const order = largestFirst(config);
  const has = order.length;
  const settingOf = (count: number): Setting => ({
    config: withAccounts(config, order, count),
    growth: question.growth,
  });
  const play = (count: number): Promise<PlayedCase> =>
    planner.play(`${count} ${count === 1 ? "account" : "accounts"}`, settingOf(count));
  let least = 1;
  for (let again = 0; ; again += 1) {
    const bounds = { start: Math.max(least, has), least, most };
    const { value, tried } = await smallest((count) => planner.isEnough(settingOf(count)), bounds);
    if (value === undefined) {
      const played = await play(tried);
      return { accounts: null, has, tried, checks: [checkOf(played)], limits: obstaclesOf(played, settingOf(tried)) };
    }
    const more = value < most ? await play(value + 1) : undefined;
    if (more?.case.isMet === false && again < mostAgain) {
      least = value + 2;
      continue;
    }
    const fewer = value > 1 ? [await play(value - 1)] : [];
    const checks = [...fewer, await play(value), ...(more === undefined ? [] : [more])].map(checkOf);
    return { accounts: value, has, tried: Math.max(tried, value + 1), checks, limits: [] };
  }
}

/** By what their quotas carry together, so that the fewest accounts are the largest ones. */
function largestFirst(config: Config): readonly string[] {
  using open = openRouter({ ...config, instances: 1 });
  const carried = new Map<string, number>();
  for (const { key, value } of open.fleet.limits) {
    const { accountId } = quotaPlaceOf(key);
    if (!key.includes("/requests/")) carried.set(accountId, (carried.get(accountId) ?? 0) + value);
  }
  return workingAccounts(config).toSorted((one, other) => (carried.get(other) ?? 0) - (carried.get(one) ?? 0));
}
