import type { CommandContext } from "../../command-line/command-context.ts";
import type { CommandInput } from "../../command-line/command-input.ts";
import { type ExitCode, exitCodes } from "../../command-line/exit-code.ts";
import { sayDuration } from "../../command-line/progress.ts";
import { textTable } from "../../command-line/text-table.ts";
import type { TraceCounts } from "../read-trace.ts";
import { type NameSummary, type SizeSummary, TraceSums, type TraceSummary } from "../trace-summary.ts";
import { omissions, openTrace } from "./open-trace.ts";

/** Checks a trace and shows what it holds. */
export async function run(input: CommandInput, context: CommandContext): Promise<ExitCode> {
  const path = input.argument(0);
  using trace = openTrace(path, input, context);
  const sums = new TraceSums();
  for await (const batch of trace.reading.batches()) for (const call of batch) sums.add(call);
  const { counts } = trace.reading;
  const summary = sums.summary();
  await context.print({ json: asJson(summary, counts), text: () => asText(summary, { counts, path, context }) });
  for (const line of omissions(counts)) await context.note(line);
  return exitCodes.ok;
}

const firstYearMs = Date.UTC(1990, 0);

/** When the trace begins, where its times are times of day. */
function beginningOf({ startMs }: TraceCounts): string | undefined {
  return startMs !== undefined && startMs >= firstYearMs ? new Date(startMs).toISOString() : undefined;
}

function asJson(summary: TraceSummary, counts: TraceCounts) {
  const { models, tenants, maxTokens, ...rest } = summary;
  const named = ({ counts, others, unnamed }: NameSummary) => ({ counts: Object.fromEntries(counts), others, unnamed });
  return {
    ...rest,
    maxTokens: maxTokens ?? null,
    models: named(models),
    tenants: named(tenants),
    start: beginningOf(counts) ?? null,
    formats: counts.formats,
    badRows: counts.badRows,
    failedCalls: counts.failedCalls,
    uncountedCalls: counts.uncountedCalls,
  };
}

interface Shown {
  readonly counts: TraceCounts;
  readonly path: string;
  readonly context: CommandContext;
}

function asText(summary: TraceSummary, { counts, path, context }: Shown): string {
  const { calls, spanMs, callsPerSecond, busiestMinute, tokensPerMinute, input, output, maxTokens } = summary;
  const start = beginningOf(counts);
  const from = start === undefined ? "" : `, from ${start}`;
  const facts = [
    ["calls", `${whole(calls)} over ${sayDuration(spanMs)}${from} (${counts.formats.join(", ")})`],
    ["rate", `${figure(callsPerSecond)} a second; busiest minute ${whole(busiestMinute.calls)} calls`],
    ["tokens", `${whole(tokensPerMinute)} a minute; busiest minute ${whole(busiestMinute.tokens)}`],
  ];
  const row = (name: string, { mean, p50, p95, p99, largest }: SizeSummary): readonly string[] => [
    name,
    ...[mean, p50, p95, p99, largest].map(whole),
  ];
  const sizes = [
    row("input", input),
    row("output", output),
    ...(maxTokens === undefined ? [] : [row(`max_tokens (${share(maxTokens.share)} set it)`, maxTokens)]),
  ];
  const right = [1, 2, 3, 4, 5];
  return [
    context.colors.bold(path),
    textTable({ head: ["", ""], rows: facts }, context),
    "",
    textTable({ head: ["tokens", "mean", "p50", "p95", "p99", "largest"], rows: sizes, right }, context),
    ...(maxTokens === undefined ? ["", "No call sets max_tokens."] : []),
    ...nameTable("model", summary.models, { calls, context }),
    ...nameTable("tenant", summary.tenants, { calls, context }),
  ].join("\n");
}

const mostNames = 12;

function nameTable(
  title: string,
  { counts, others, unnamed }: NameSummary,
  { calls, context }: { readonly calls: number; readonly context: CommandContext },
): readonly string[] {
  if (counts.length === 0) return ["", `No call names a ${title}.`];
  const rest = counts.slice(mostNames).reduce((sum, [, count]) => sum + count, others);
  const rows = [
    ...counts.slice(0, mostNames),
    ...(rest > 0 ? [["(others)", rest] as const] : []),
    ...(unnamed > 0 ? [["(not named)", unnamed] as const] : []),
  ].map(([name, count]) => [name, whole(count), share(count / calls)]);
  return ["", textTable({ head: [title, "calls", "share"], rows, right: [1, 2] }, context)];
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function figure(value: number): string {
  return value >= 100 ? whole(value) : String(Number(value.toPrecision(3)));
}

function share(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}
