import { type Random, seededRandom } from "@shardrock/core";
import { serviceMs } from "../traffic.ts";
import type { AskedGeneration } from "./asked-generation.ts";
import type { Generated } from "./dialects/dialect.ts";
import { textOfTokens } from "./simulated-tokenizer.ts";

/** How the simulated model behaves. */
export interface SimulatedModelOptions {
  /** For the words of the answers; their number never depends on it. */
  readonly random: Random;
  /** Milliseconds from admission to the last of so many tokens. Default: 0.5 s + output ÷ 50 per s, at most 60 s. */
  readonly serviceMs?: (outputTokens: number) => number;
  /** Milliseconds from admission to the first token, cut at the service time. Default: 500. */
  readonly firstTokenMs?: number;
  /** Multiplies every time of the model, to shorten a test. Default: 1. */
  readonly timeScale?: number;
  /** Content events per stream, spread over the service time; fewer when there are fewer tokens. Default: 4. */
  readonly deltasPerStream?: number;
  /** Mixed into the output length of requests that do not say theirs. Default: 0. */
  readonly seed?: number;
}

/** One request as the model gets it. */
export interface ModelInput {
  readonly modelId: string;
  readonly requestId: string;
  readonly asked: AskedGeneration;
  /** Of the body, hexadecimal. */
  readonly bodyHash: string;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
}

/** Output tokens of requests that do not say theirs: from this many … */
const fewestTokens = 16;
/** … up to, not including, this many. */
const mostTokens = 400;

/** What the model will have written when the call ends, and when. */
export function generate(input: ModelInput, options: SimulatedModelOptions): Generated {
  const { asked } = input;
  const wanted = asked.outputTokens ?? hashedTokens(input.bodyHash, options.seed ?? 0);
  const outputTokens = Math.min(wanted, asked.maxTokens ?? wanted);
  const timeScale = options.timeScale ?? 1;
  const latencyMs = (options.serviceMs ?? serviceMs)(outputTokens) * timeScale;
  return {
    modelId: input.modelId,
    requestId: input.requestId,
    createdAtS: Math.floor(input.createdAtMs / 1000),
    inputTokens: asked.inputTokens,
    cacheReadTokens: asked.cacheReadTokens,
    cacheWriteTokens: asked.cacheWriteTokens,
    outputTokens,
    stopReason: outputTokens < wanted ? "max_tokens" : "end_turn",
    latencyMs,
    firstTokenMs: Math.min((options.firstTokenMs ?? 500) * timeScale, latencyMs),
    parts: partsOf(outputTokens, options.deltasPerStream ?? 4, options.random),
  };
}

function hashedTokens(bodyHash: string, seed: number): number {
  const random = seededRandom(Number.parseInt(bodyHash.slice(0, 8), 16) ^ seed);
  return fewestTokens + Math.floor(random() * (mostTokens - fewestTokens));
}

function partsOf(tokens: number, most: number, random: Random): readonly string[] {
  const count = Math.min(tokens, most);
  return Array.from({ length: count }, (_, index) => {
    const size = Math.floor(((index + 1) * tokens) / count) - Math.floor((index * tokens) / count);
    const text = textOfTokens(size, random);
    return index === 0 ? text : ` ${text}`;
  });
}
