import type { CommandContext } from "../command-line/command-context.ts";
import type { CommandInput } from "../command-line/command-input.ts";
import { demandWritable } from "../command-line/write-file.ts";
import type { PlanReport, ReplayReport } from "./plan-report.ts";

/** Writes the page that `--report` asks for; nothing where it does not. */
export type WriteAsked = (report: PlanReport | ReplayReport) => Promise<void>;

/** Looks first whether it can be written: a plan may take minutes. @throws {Error} of the file system, when it cannot. */
export async function askedReport(input: CommandInput, context: CommandContext): Promise<WriteAsked> {
  const name = input.text("report");
  if (name === undefined) return async () => {};
  const path = context.pathOf(name);
  await demandWritable(path);
  return async (report) => {
    const { writeReport } = await import("../report/write-report.ts");
    await writeReport(report, path, context.signal);
    await context.note(`${name}: written`);
  };
}
