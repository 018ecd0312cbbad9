import type { CommandContext } from "../command-line/command-context.ts";
import type { CommandInput } from "../command-line/command-input.ts";
import { type ExitCode, exitCodes } from "../command-line/exit-code.ts";
import { readConfig } from "../command-line/read-config.ts";
import { askedGrid } from "../plan/asked-grid.ts";
import { askedReport } from "../plan/asked-report.ts";
import { parseSlo } from "../plan/slo.ts";
import { traceTraffic } from "../plan/traffic-source.ts";
import { makeReplay, type ReplayQuestion } from "./make-replay.ts";
import type { ReplayReport } from "../plan/plan-report.ts";
import { replayText } from "./replay-text.ts";

/** Compares two configs on one trace. */
export async function run(input: CommandInput, context: CommandContext): Promise<ExitCode> {
  const [first, second] = [input.argument(0), input.argument(1)];
  const sloText = input.text("slo");
  const slo = sloText === undefined ? undefined : parseSlo(sloText);
  const grid = askedGrid(input);
  const writeAsked = await askedReport(input, context);
  const configs = [
    { name: first, config: await readConfig(first, context) },
    { name: second, config: await readConfig(second, context) },
  ] as const;
  const source = await traceTraffic(input.demanded("trace"), input, context);
  const report = await replayed({ configs, source, grid, slo, signal: context.signal }, context);
  await writeAsked(report);
  await context.print({ json: report, text: () => replayText(report, context) });
  return report.cases[1].isMet === false ? exitCodes.infeasible : exitCodes.ok;
}

async function replayed(question: ReplayQuestion, context: CommandContext): Promise<ReplayReport> {
  using progress = context.progress({ label: "replaying" });
  return makeReplay({ ...question, onProgress: progress.update });
}
