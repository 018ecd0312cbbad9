import type { IncreaseForm, LimitWish } from "../../plan/plan-report.ts";
import { dataTable } from "../markup/data-table.ts";
import { markup } from "../markup/markup.ts";
import { toldCount } from "../told-figure.ts";
import type { Section } from "./section.ts";

/** What AWS's form for higher quotas asks for. Undefined: there is nothing to ask for. */
export function increaseSection(forms: readonly IncreaseForm[]): Section | undefined {
  if (forms.length === 0) return undefined;
  const figure = (title: string, of: (form: IncreaseForm) => number) =>
    ({ title, kind: "figure", cell: (form: IncreaseForm) => toldCount(Math.round(of(form))) }) as const;
  const table = dataTable({
    caption: "Figures for AWS’s form, for each account, Region and model",
    rows: forms,
    columns: [
      { title: "account", kind: "name", cell: ({ accountId }) => accountId },
      { title: "Region", cell: ({ region }) => region },
      { title: "model", cell: ({ modelId, scope }) => `${modelId} (${scope})` },
      figure("steady tokens per minute", (form) => form.steadyTokensPerMinute),
      figure("peak tokens per minute", (form) => form.peakTokensPerMinute),
      figure("steady requests per minute", (form) => form.steadyRequestsPerMinute),
      figure("peak requests per minute", (form) => form.peakRequestsPerMinute),
      figure("mean input tokens", (form) => form.averageInputTokens),
      figure("mean output tokens", (form) => form.averageOutputTokens),
      { title: "tokens per minute to ask for", kind: "figure", cell: ({ tokensPerMinute }) => wish(tokensPerMinute) },
      {
        title: "requests per minute to ask for",
        kind: "figure",
        cell: ({ requestsPerMinute }) => wish(requestsPerMinute),
      },
    ],
  });
  const body = markup`<p>What the quota increase form of Amazon Bedrock asks for, filled in from the typical run.</p>
${table}`;
  return { id: "increase", title: "What to ask AWS for", body };
}

function wish(limit: LimitWish | null): string {
  if (limit === null) return "–";
  return limit.to === limit.from
    ? `${toldCount(limit.from)}, as it is`
    : `${toldCount(limit.to)}, now ${toldCount(limit.from)}`;
}
