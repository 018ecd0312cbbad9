import type { WrittenFormat } from "./format-names.ts";
import type { TraceCall } from "./trace-call.ts";

const header = "timestamp,model,tenant,input,output,max_tokens,priority\n";
const linesPerPiece = 2_048;

/** A trace as text, in pieces of some hundred KiB. @param startMs - when its first call came, in ms since 1970. */
export function* traceText(
  calls: Iterable<TraceCall>,
  { format, startMs }: { readonly format: WrittenFormat; readonly startMs: number },
): Generator<string, void, undefined> {
  const lineOf = format === "csv" ? csvLine : jsonLine;
  let piece = format === "csv" ? header : "";
  let lines = 0;
  for (const call of calls) {
    piece += lineOf(call, new Date(startMs + call.atMs).toISOString());
    lines += 1;
    if (lines % linesPerPiece !== 0) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

function csvLine(call: TraceCall, time: string): string {
  const { model, tenant, inputTokens, outputTokens, maxTokens, priority } = call;
  return `${time},${cell(model)},${cell(tenant)},${inputTokens},${outputTokens},${maxTokens ?? ""},${priority}\n`;
}

/** Quoted where it must be. Source: RFC 4180, 2. */
function cell(text: string | undefined): string {
  if (text === undefined) return "";
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function jsonLine(call: TraceCall, timestamp: string): string {
  const { model, tenant, inputTokens, outputTokens, maxTokens, priority } = call;
  const row = { timestamp, model, tenant, input: inputTokens, output: outputTokens, max_tokens: maxTokens, priority };
  return `${JSON.stringify(row)}\n`;
}
