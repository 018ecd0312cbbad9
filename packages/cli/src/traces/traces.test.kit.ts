import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type ReadTraceOptions, readTrace, type TraceCounts } from "./read-trace.ts";
import type { TraceCall } from "./trace-call.ts";

export interface ReadBack {
  readonly calls: readonly TraceCall[];
  readonly counts: TraceCounts;
}

/** Writes a trace to a file and reads it back; errors call it `t`. */
export async function readText(text: string | Uint8Array, options: ReadTraceOptions = {}): Promise<ReadBack> {
  const folder = mkdtempSync(join(tmpdir(), "shardrock-trace-"));
  try {
    writeFileSync(join(folder, "t"), text);
    return await readPath(join(folder, "t"), { name: "t", ...options });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function readPath(path: string, options: ReadTraceOptions = {}): Promise<ReadBack> {
  const reading = readTrace(path, options);
  const calls: TraceCall[] = [];
  for await (const call of reading.calls()) calls.push(call);
  return { calls, counts: reading.counts };
}

export function gzipped(text: string): Uint8Array {
  return gzipSync(text);
}

/** A record of Bedrock's invocation log as AWS writes it, with content that must not get out. */
export function invocationLog(changes: object = {}): Readonly<Record<string, unknown>> {
  return {
    schemaType: "ModelInvocationLog",
    schemaVersion: "1.0",
    timestamp: "2025-03-11T00:38:02Z",
    accountId: "111111111111",
    identity: { arn: "arn:aws:sts::111111111111:assumed-role/chat-backend/ada@example.com" },
    region: "us-east-1",
    requestId: "ff4b6c63-5561-4431-93b8-06a817275900",
    operation: "ConverseStream",
    modelId: "arn:aws:bedrock:us-east-1:111111111111:inference-profile/us.anthropic.claude-sonnet-4-6",
    input: {
      inputContentType: "application/json",
      inputBodyJson: {
        messages: [{ role: "user", content: [{ text: "SECRET-PROMPT" }] }],
        inferenceConfig: { maxTokens: 512, temperature: 0.7 },
      },
      inputTokenCount: 40,
      cacheReadInputTokenCount: 1_000,
      cacheWriteInputTokenCount: 2,
    },
    output: {
      outputContentType: "application/json",
      outputBodyJson: { output: { message: { role: "assistant", content: [{ text: "SECRET-ANSWER" }] } } },
      outputTokenCount: 38,
    },
    ...changes,
  };
}
