import { createHash } from "node:crypto";
import type { PlanReport, ReplayReport } from "../plan/plan-report.ts";
import { type Markup, markup } from "./markup/markup.ts";
import { toldMany, toldTime } from "./told-figure.ts";
import { planAnswer, replayAnswer } from "./sections/answer-section.ts";
import { basisSection } from "./sections/basis-section.ts";
import { bindingSection } from "./sections/binding-section.ts";
import { caseFigures } from "./sections/case-figures.ts";
import { differenceSection } from "./sections/difference-section.ts";
import { heatSection } from "./sections/heat-section.ts";
import { increaseSection } from "./sections/increase-section.ts";
import { loadSection } from "./sections/load-section.ts";
import { growthName, searchSection } from "./sections/search-section.ts";
import type { Section } from "./sections/section.ts";
import { shownCases } from "./sections/shown-case.ts";
import { waitSection } from "./sections/wait-section.ts";
import { styleSheet } from "./style-sheet.ts";

/**
 * A report as one HTML page that asks nothing of any network and runs no script: its charts are drawn here, and the page's
 * own policy forbids every request. The same report gives the same bytes.
 */
export function reportPage(report: PlanReport | ReplayReport): string {
  const title = titleOf(report);
  const sections = report.kind === "plan" ? planSections(report) : replaySections(report);
  const { says, calls, spanMs } = report.traffic;
  const contents = sections.map(({ id, title: name }) => markup`<li><a href="#${id}">${name}</a></li>\n`);
  const main = sections.map(
    ({ id, title: name, body }) => markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${name}</h2>
${body}</section>
`,
  );
  const body = markup`<a class="skip" href="#main">Skip to the answer</a>
<header>
<h1>${title}</h1>
<p class="quiet">${says}: ${toldMany(calls, "call")} in ${toldTime(spanMs)}.</p>
<nav aria-label="Contents"><ul>
${contents}</ul></nav>
</header>
<main id="main" tabindex="-1">
${main}</main>
`;
  return documentOf(title, body);
}

function titleOf(report: PlanReport | ReplayReport): string {
  if (report.kind === "plan") return `Capacity plan for ${report.config.name}`;
  const [first, second] = report.configs;
  return `${first.name} against ${second.name}`;
}

function planSections(report: PlanReport): readonly Section[] {
  const { loads, whatIfs, slo, increase, config, traffic, grid, assumptions } = report;
  const given = loads.slice(0, 1).map((load) => ({ name: load.case.name, case: load.case }));
  const shown = shownCases(given);
  const grown = loads.map(({ growth, case: each }) => ({ ...each, name: growthName(growth) }));
  const cases = [...grown, ...whatIfs];
  const otherwise: Section = {
    id: "what-if",
    title: "What if",
    body: markup`${loads.length > 1 && markup`<h3>If traffic grows</h3>\n${caseFigures("What becomes of more calls", grown, slo)}`}<h3>If something is otherwise</h3>
<p>The traffic as given. All of these are played by the same runs, which may be fewer than those of the answer: compare them with each other.</p>
${caseFigures("What becomes of the same calls", whatIfs, slo)}`,
  };
  return [
    planAnswer(report),
    ...(shown.length > 0 ? [loadSection(shown), heatSection(shown)] : []),
    waitSection(shown, given),
    ...(shown.length > 0 ? [bindingSection(shown)] : []),
    otherwise,
    searchSection(loads, slo),
    increaseSection(increase),
    basisSection({ configs: [config], traffic, grid, cases, assumptions }),
  ].filter((section) => section !== undefined);
}

function replaySections(report: ReplayReport): readonly Section[] {
  const { configs, cases, traffic, grid, assumptions } = report;
  const named = cases.map((each, place) => ({ name: configs[place]?.name ?? each.name, case: each }));
  const shown = shownCases(named);
  return [
    replayAnswer(report),
    differenceSection(report),
    ...(shown.length > 0 ? [loadSection(shown), heatSection(shown)] : []),
    waitSection(shown, named),
    ...(shown.length > 0 ? [bindingSection(shown)] : []),
    basisSection({
      configs,
      traffic,
      grid,
      cases: named.map((each) => ({ ...each.case, name: each.name })),
      assumptions,
    }),
  ];
}

function documentOf(title: string, body: Markup): string {
  const style = styleSheet();
  const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; base-uri 'none'; form-action 'none'`;
  // The style is ours, whole and without a `<`: it may stand as it is, and must, for its hash.
  const head = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
`;
  return `${head.toString()}<style>${style}</style>\n</head>\n<body>\n${body.toString()}</body>\n</html>\n`;
}
