import type { Dialect, Generated, StreamEvent } from "./dialect.ts";
import { reported } from "./dialect.ts";
import { jsonText } from "./json-text.ts";

/** The dialect as InvokeModelWithResponseStream carries it: each event in a chunk, the last with Bedrock's metrics. */
export function chunked(dialect: Dialect): Dialect {
  return {
    whole: (generated) => dialect.whole(generated),
    opening: (generated) => dialect.opening(generated).map(({ payload }) => chunkOf(payload)),
    delta: (generated, part, index) => chunkOf(dialect.delta(generated, part, index).payload),
    closing: (generated) => {
      const payloads = dialect.closing(generated).map(({ payload }) => payload);
      const last = payloads.length - 1;
      return payloads.map((payload, index) =>
        chunkOf(index === last && typeof payload === "object" ? { ...payload, ...metricsOf(generated) } : payload),
      );
    },
  };
}

function chunkOf(payload: object | string): StreamEvent {
  const bytes = Buffer.from(jsonText(payload)).toString("base64");
  return { type: "chunk", payload: { bytes, p: "abcdefghijkl" } };
}

/** What Bedrock adds to a model's last event. Source: bedrock-runtime streams in public issues (2026-11-22). */
function metricsOf(generated: Generated): object {
  const { cacheReadTokens, cacheWriteTokens } = generated;
  const usesCache = cacheReadTokens + cacheWriteTokens > 0;
  const metrics = {
    inputTokenCount: generated.inputTokens,
    outputTokenCount: generated.outputTokens,
    invocationLatency: Math.round(generated.latencyMs),
    firstByteLatency: Math.round(generated.firstTokenMs),
    ...(usesCache && { cacheReadInputTokenCount: cacheReadTokens, cacheWriteInputTokenCount: cacheWriteTokens }),
  };
  return { "amazon-bedrock-invocationMetrics": reported(generated, metrics) };
}
