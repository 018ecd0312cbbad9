import type { CommandContext } from "../../command-line/command-context.ts";
import type { CommandInput } from "../../command-line/command-input.ts";
import { type ExitCode, exitCodes } from "../../command-line/exit-code.ts";
import { UsageError } from "../../command-line/usage-error.ts";
import { demandWritable, writeFileWhole } from "../../command-line/write-file.ts";
import { type WrittenFormat, writtenFormats } from "../format-names.ts";
import { generateTrace } from "../synthetic/generate-trace.ts";
import type { TraceCall } from "../trace-call.ts";
import { traceText } from "../trace-text.ts";
import { TraceTime } from "../trace-time.ts";
import { askedTraffic } from "./asked-traffic.ts";

/** Writes a synthetic trace. */
export async function run(input: CommandInput, context: CommandContext): Promise<ExitCode> {
  const profile = await askedTraffic(input, context);
  const seed = input.number("seed", { from: 0, upTo: 2 ** 32 - 1, isWhole: true }) ?? 1;
  const startMs = startOf(input.text("start") ?? "2026-01-01T00:00:00Z");
  const out = input.text("out");
  if (out !== undefined) await demandWritable(context.pathOf(out));
  const format = formatOf(input, out);
  using progress = context.progress({ label: "generating", total: profile.durationMs });
  let count = 0;
  function* counted(): Generator<TraceCall> {
    for (const call of generateTrace({ profile, seed })) {
      count += 1;
      if (count % 1_024 === 0) progress.update(call.atMs);
      yield call;
    }
  }
  const pieces = traceText(counted(), { format, startMs });
  if (out === undefined) {
    for (const piece of pieces) {
      context.signal.throwIfAborted();
      await context.stdout.write(piece);
    }
    return exitCodes.ok;
  }
  await writeFileWhole(context.pathOf(out), pieces, context.signal);
  await context.print({
    json: { file: out, calls: count, format, seed, durationMs: profile.durationMs },
    text: () => `${out}: ${count} calls`,
  });
  return exitCodes.ok;
}

function formatOf(input: CommandInput, out: string | undefined): WrittenFormat {
  const asked = input.choice("format", writtenFormats);
  if (asked !== undefined) return asked;
  if (out !== undefined) return /\.jsonl(?:\.gz)?$/.test(out) ? "jsonl" : "csv";
  return input.flag("json") ? "jsonl" : "csv";
}

function startOf(text: string): number {
  const startMs = new TraceTime().read(text);
  if (startMs === undefined || !/\D/.test(text))
    throw new UsageError(`--start must be a time such as 2026-01-01T00:00:00Z, got ${JSON.stringify(text)}`);
  return startMs;
}
