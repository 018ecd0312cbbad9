import { titled } from "./case-tables.ts";
import { unitWords } from "./binding.ts";
import { sayCount, sayShare, saySpread, sayTime } from "./figures.ts";
import type { AccountsAnswer, Check, PlannedLoad, PlanReport, Raise, RaisesAnswer } from "./plan-report.ts";

/** What meets the SLO, and how sure that is. */
export function answersText({ slo, loads }: PlanReport): readonly string[] {
  const answered = loads.filter(({ accounts }) => accounts !== null);
  if (slo === null || answered.length === 0) return [];
  return [titled(`What meets ${slo}`, answered.map(sayLoad).join("\n\n"))];
}

function sayLoad({ growth, accounts, raises }: PlannedLoad): string {
  return [
    growth === 1 ? "The traffic as it is" : `${growth} times the traffic`,
    ...(accounts === null ? [] : sayAccounts(accounts)),
    ...(raises === null ? [] : sayRaises(raises)),
  ].join("\n");
}

function sayAccounts({ accounts, has, tried, checks, limits }: AccountsAnswer): readonly string[] {
  if (accounts === null)
    return [`  No number of accounts up to ${tried} is enough.`, ...checks.map(sayCheck), ...limits.map(sayLimit)];
  const count = `${accounts} ${accounts === 1 ? "account" : "accounts"}`;
  const than = accounts === has ? "as many as there are" : accounts < has ? `${has - accounts} fewer than there are` : `${accounts - has} more than there are`; // prettier-ignore
  return [`  ${count} with these Regions and limits, ${than}.`, ...checks.map(sayCheck)];
}

function sayRaises({ raises, tried, checks, limits }: RaisesAnswer): readonly string[] {
  if (raises === null)
    return [
      `  No raise of the quotas up to ${tried} times is enough.`,
      ...checks.map(sayCheck),
      ...limits.map(sayLimit),
    ];
  if (raises.length === 0) return ["  No quota has to be raised."];
  return [...raises.map(sayRaise), ...checks.map(sayCheck)];
}

function sayRaise({ modelId, scope, unit, factor, places }: Raise, index: number): string {
  const limits = [...new Set(places.map(({ from, to }) => `${sayCount(from)} to ${sayCount(to)}`))];
  const shown = limits.length > 3 ? [...limits.slice(0, 3), `${limits.length - 3} more`] : limits;
  const where = places.length === 1 ? "" : ` in ${places.length} places`;
  const begin = index === 0 ? "Or with the accounts there are" : "and";
  return `  ${begin}: ${unitWords[unit]} of ${modelId} (${scope}) ${factor} times, from ${shown.join(", ")}${where}.`;
}

function sayCheck({ name, runs, runsMet, served, p99WaitMs }: Check): string {
  return `    ${name}: ${runsMet} of ${runs} runs meet it; served ${saySpread(served, sayShare)}, p99 wait ${saySpread(p99WaitMs, sayTime)}`;
}

function sayLimit(sentence: string): string {
  return `    ${sentence}`;
}
