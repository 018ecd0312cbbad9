import type { Generated, StreamEvent } from "./dialect.ts";

/** Wraps one of a model's own events as InvokeModelWithResponseStream carries it: base64 of its JSON. */
export function chunkOf(event: object): StreamEvent {
  const bytes = Buffer.from(JSON.stringify(event)).toString("base64");
  return { type: "chunk", payload: { bytes, p: "abcdefghijkl" } };
}

/** What Bedrock adds to a model's last event. Source: bedrock-runtime streams in public issues (2026-11-22). */
export function invocationMetricsOf(generated: Generated): object {
  return {
    "amazon-bedrock-invocationMetrics": {
      inputTokenCount: generated.inputTokens,
      outputTokenCount: generated.outputTokens,
      invocationLatency: Math.round(generated.latencyMs),
      firstByteLatency: Math.round(generated.firstTokenMs),
    },
  };
}
