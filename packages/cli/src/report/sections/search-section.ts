import type { AccountsAnswer, Check, PlannedLoad, Raise, RaisesAnswer } from "../../plan/plan-report.ts";
import { dataTable } from "../markup/data-table.ts";
import { type Markup, markup } from "../markup/markup.ts";
import { unitName } from "../quota-name.ts";
import { toldCount, toldMany, toldShare, toldSpread, toldTime } from "../told-figure.ts";
import type { Section } from "./section.ts";

/** What it takes to meet the SLO: accounts, or raises of quotas. Undefined: none was asked for. */
export function searchSection(loads: readonly PlannedLoad[], slo: string | null): Section | undefined {
  if (slo === null) return undefined;
  const parts = loads.map(
    ({ growth, accounts, raises }) => markup`<h3>${growthName(growth)}</h3>
${accounts !== null && accountsPart(accounts, growth)}${raises !== null && raisesPart(raises, growth)}`,
  );
  const body = markup`<p>The smallest that meets <strong>${slo}</strong> in every run. Either will do: more accounts with the quotas
as they are, or higher quotas with the accounts there are.</p>
${parts}`;
  return { id: "search", title: "What it takes", body };
}

/** `the traffic as given`, `2 times the traffic`. */
export function growthName(growth: number): string {
  return growth === 1 ? "The traffic as given" : `${toldCount(growth)} times the traffic`;
}

/** The answer in a sentence. */
export function accountsSentence({ accounts, has, tried }: AccountsAnswer): string {
  if (accounts === null) return `No number of accounts up to ${toldCount(tried)} meets it.`;
  const now = accounts === has ? "as many as there are" : `there ${has === 1 ? "is" : "are"} ${toldCount(has)}`;
  return `${toldMany(accounts, "account")} ${accounts === 1 ? "is" : "are"} needed: ${now}.`;
}

/** The answer in a sentence. */
export function raisesSentence({ raises, tried }: RaisesAnswer): string {
  if (raises === null) return `No raise up to ${toldCount(tried)} times the quotas is enough.`;
  if (raises.length === 0) return "No quota needs to be raised.";
  return `Higher quotas would do: ${raises.map(raiseName).join("; ")}.`;
}

function accountsPart(answer: AccountsAnswer, growth: number): Markup {
  return markup`<p><strong>${accountsSentence(answer)}</strong></p>
${limitList(answer.limits)}${checksTable(answer.checks, `Numbers of accounts that were tried in full, ${growthName(growth).toLowerCase()}`)}`;
}

function raisesPart(answer: RaisesAnswer, growth: number): Markup {
  const rows = (answer.raises ?? []).flatMap((raise) => raise.places.map((place) => ({ ...place, raise })));
  const places = dataTable({
    caption: `Quotas to raise, ${growthName(growth).toLowerCase()}`,
    rows,
    columns: [
      { title: "account", kind: "name", cell: ({ accountId }) => accountId },
      { title: "Region", cell: ({ region }) => region },
      { title: "quota", cell: ({ raise }) => `${raise.modelId} (${raise.scope}): ${unitName(raise.unit)} per minute` },
      { title: "from", kind: "figure", cell: ({ from }) => toldCount(from) },
      { title: "to", kind: "figure", cell: ({ to }) => toldCount(to) },
      { title: "times", kind: "figure", cell: ({ raise }) => toldCount(raise.factor) },
    ],
  });
  return markup`<p><strong>${raisesSentence(answer)}</strong></p>
${limitList(answer.limits)}${rows.length > 0 && places}${checksTable(answer.checks, `Raises that were tried in full, ${growthName(growth).toLowerCase()}`)}`;
}

function raiseName({ modelId, scope, unit, factor }: Raise): string {
  return `${unitName(unit)} of ${modelId} (${scope}) times ${toldCount(factor)}`;
}

function limitList(limits: readonly string[]): Markup | false {
  return limits.length > 0 && markup`<p>In its way:</p><ul>${limits.map((each) => markup`<li>${each}</li>`)}</ul>\n`;
}

function checksTable(checks: readonly Check[], caption: string): Markup | false {
  if (checks.length === 0) return false;
  return dataTable({
    caption,
    rows: checks,
    columns: [
      { title: "tried", kind: "name", cell: ({ name }) => name },
      { title: "runs that meet it", kind: "figure", cell: ({ runs, runsMet }) => `${runsMet} of ${runs}` },
      { title: "served", kind: "figure", cell: ({ served }) => toldSpread(served, toldShare) },
      { title: "p99 wait", kind: "figure", cell: ({ p99WaitMs }) => toldSpread(p99WaitMs, toldTime) },
    ],
  });
}
