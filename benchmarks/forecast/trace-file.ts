import { readFileSync } from "node:fs";

/** One call of a trace, in true tokens. */
export interface TracedCall {
  /** Since the first call, in ms. */
  readonly atMs: number;
  readonly tenant: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly maxTokens: number;
}

const header = "timestamp,model,tenant,input,output,max_tokens,priority";

/** The calls of a trace as `shardrock generate` writes it. @throws {Error} for anything else. */
export function readTraceFile(path: string): readonly TracedCall[] {
  const [first, ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
  if (first !== header) throw new Error(`${path}: expected ${header}, got ${first}`);
  const rows = lines.map((line) => line.split(","));
  const startMs = Date.parse(rows[0]?.[0] ?? "");
  return rows.map(([time = "", , tenant = "", input, output, maxTokens]) => ({
    atMs: Date.parse(time) - startMs,
    tenant,
    inputTokens: Number(input),
    outputTokens: Number(output),
    maxTokens: Number(maxTokens),
  }));
}
