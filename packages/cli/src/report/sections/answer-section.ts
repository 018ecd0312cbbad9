import type { PlanCase, PlanReport, ReplayReport } from "../../plan/plan-report.ts";
import { type Content, type Markup, markup } from "../markup/markup.ts";
import { toldShare, toldSpread, toldTime } from "../told-figure.ts";
import { accountsSentence, raisesSentence } from "./search-section.ts";
import { metMark } from "./case-figures.ts";
import type { Section } from "./section.ts";

/** The answer first: whether it is met, the figures that matter, and what to mind. */
export function planAnswer({ loads, slo, warnings }: PlanReport): Section {
  const given = loads[0];
  const body = markup`${
    given !== undefined &&
    markup`${figures(given.case, slo)}
${given.accounts !== null && markup`<p>${accountsSentence(given.accounts)} `}${given.raises !== null && raisesSentence(given.raises)}</p>
`
  }${warningList(warnings)}`;
  return { id: "answer", title: "The answer", body };
}

/** The same of two configs. */
export function replayAnswer({ cases, configs, slo, warnings }: ReplayReport): Section {
  const body = markup`${cases.map((each, place) => markup`<h3>${configs[place]?.name ?? each.name}</h3>\n${figures(each, slo)}`)}
${warningList(warnings)}`;
  return { id: "answer", title: "The answer", body };
}

function figures({ isMet, runsMet, runs, served, refused, waits, binding }: PlanCase, slo: string | null): Markup {
  const facts: readonly (readonly [string, Content])[] = [
    [slo ?? "SLO", slo === null ? "not asked" : markup`${metMark(isMet)}: ${runsMet} of ${runs.length} runs meet it`],
    ["served", toldSpread(served, toldShare)],
    ["refused", toldSpread(refused, toldShare)],
    ["p95 wait", toldSpread(waits.p95, toldTime)],
    ["p99 wait", toldSpread(waits.p99, toldTime)],
    ["binds most", binding ?? "nothing"],
  ];
  return markup`<dl class="facts">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>`;
}

function warningList(warnings: readonly string[]): Markup | false {
  return (
    warnings.length > 0 &&
    markup`<h3>Before acting on it</h3>
<ul class="warnings">${warnings.map((each) => markup`<li>${each}</li>`)}</ul>
`
  );
}
