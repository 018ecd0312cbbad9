import type { Cost } from "../../budget/quota.ts";
import { sizeOfContent } from "./content-size.ts";
import { type FamilyRules, rulesOf } from "./family-rules.ts";
import type { ModelFamily } from "../fleet/model-catalogue.ts";
import { isRecord } from "../config/plain-data.ts";

/** A request as the book sees it. */
export interface RequestSize {
  /** UTF-8 bytes of text. */
  readonly textBytes: number;
  /** Tokens of what is not text, by per-block rules; 0 means the call can teach the model's token ratio. */
  readonly blockTokens: number;
  /** The answer's limit as asked for; undefined: the model's maximum is held. */
  readonly maxTokens: number | undefined;
  /** Size in memory, in bytes. */
  readonly bytes: number;
}

/** What AWS will hold for a call when it starts. */
export interface Estimate {
  readonly inputTokens: number;
  readonly maxTokens: number;
  readonly cost: Cost;
}

/** Measures the input of Converse or ConverseStream without turning any of it into text. */
export function sizeOfConverse(input: object, family: ModelFamily): RequestSize {
  const fields: Readonly<Record<string, unknown>> = { ...input };
  const { messages, system, toolConfig, promptVariables, outputConfig, inferenceConfig } = fields;
  const content = sizeOfContent([messages, system, toolConfig, promptVariables, outputConfig], rulesOf(family));
  const maxTokens = isRecord(inferenceConfig) ? positiveWhole(inferenceConfig["maxTokens"]) : undefined;
  return { ...content, maxTokens, bytes: content.textBytes + content.blockBytes };
}

/** Measures the body of InvokeModel. One that is no JSON object counts as text, and holds the model's maximum. */
export function sizeOfInvoke(body: unknown, family: ModelFamily): RequestSize {
  const bytes = bodyLength(body);
  const parsed = parseJson(body);
  if (!isRecord(parsed)) return { textBytes: bytes, blockTokens: 0, maxTokens: undefined, bytes };
  const rules = rulesOf(family);
  const { textBytes, blockTokens } = sizeOfContent(parsed, rules);
  return { textBytes, blockTokens, maxTokens: maxTokensIn(parsed, rules), bytes };
}

/**
 * What AWS takes from the quota when the call starts: all of the input, and everything that may come back, unweighted.
 * @param maxOutputTokens - the model's maximum, which an unset limit costs.
 * Source: AWS, "How tokens are counted in Amazon Bedrock" (read 2026-11-22).
 */
export function estimateCost(size: RequestSize, tokensPerByte: number, maxOutputTokens: number): Estimate {
  const inputTokens = Math.ceil(size.textBytes * tokensPerByte + size.blockTokens);
  const maxTokens = size.maxTokens ?? maxOutputTokens;
  return { inputTokens, maxTokens, cost: { requests: 1, tokens: inputTokens + maxTokens } };
}

/** Parses JSON text or bytes; undefined when it is none. */
export function parseJson(body: unknown): unknown {
  const text = typeof body === "string" ? body : asBuffer(body)?.toString();
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // whether that is an error is for AWS to say
  }
}

/** The same bytes as a Buffer, not copied; undefined when they are no bytes. */
export function asBuffer(body: unknown): Buffer | undefined {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return body instanceof ArrayBuffer ? Buffer.from(body) : undefined;
}

function bodyLength(body: unknown): number {
  return typeof body === "string" ? Buffer.byteLength(body) : (asBuffer(body)?.byteLength ?? 0);
}

function maxTokensIn(body: Readonly<Record<string, unknown>>, rules: FamilyRules): number | undefined {
  for (const path of rules.maxTokensPaths) {
    let value: unknown = body;
    for (const key of path) value = isRecord(value) ? value[key] : undefined;
    const maxTokens = positiveWhole(value);
    if (maxTokens !== undefined) return maxTokens;
  }
  return undefined;
}

function positiveWhole(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
