import type { MinuteUnit } from "@shardrock/core";

const unitWords: Readonly<Record<MinuteUnit, string>> = {
  tokens: "tokens per minute",
  requests: "requests per minute",
  inputTokens: "input tokens per minute",
  outputTokens: "output tokens per minute",
};

/** `12,000,000 tokens per minute`. */
export function counted(unit: MinuteUnit, value: number): string {
  return `${grouped(value)} ${unitWords[unit]}`;
}

/** `12,000,000`. */
export function grouped(value: number): string {
  return value.toLocaleString("en-US");
}
