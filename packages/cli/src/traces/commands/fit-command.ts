import type { CommandContext } from "../../command-line/command-context.ts";
import type { CommandInput } from "../../command-line/command-input.ts";
import { type ExitCode, exitCodes } from "../../command-line/exit-code.ts";
import { UsageError } from "../../command-line/usage-error.ts";
import { demandWritable, writeFileWhole } from "../../command-line/write-file.ts";
import { TraceFit } from "../synthetic/trace-fit.ts";
import { omissions, openTrace } from "./open-trace.ts";

/** Fits a trace's traffic into a profile. */
export async function run(input: CommandInput, context: CommandContext): Promise<ExitCode> {
  const path = input.argument(0);
  const out = input.text("out");
  if (out !== undefined) await demandWritable(context.pathOf(out));
  using trace = openTrace(path, input, context);
  const fit = new TraceFit();
  for await (const batch of trace.reading.batches()) for (const call of batch) fit.add(call);
  const profile = fit.profile();
  if (profile === undefined) throw new UsageError(`${path}: a rate needs two calls, a millisecond apart or more`);
  const text = `${JSON.stringify(profile, undefined, 1)}\n`;
  if (out === undefined) await context.stdout.write(text);
  else {
    await writeFileWhole(context.pathOf(out), [text], context.signal);
    await context.note(`${out}: fitted to ${trace.reading.counts.calls} calls`);
  }
  for (const line of omissions(trace.reading.counts)) await context.note(line);
  return exitCodes.ok;
}
