import { isRecord } from "../../config/plain-data.ts";
import { asBuffer, parseJson } from "../json-body.ts";
import { rulesOf } from "./family-rules.ts";
import type { FieldPath } from "./max-tokens.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Where Converse says how many tokens may come back. */
export const conversePath: FieldPath = ["inferenceConfig", "maxTokens"];

/** Source: OpenAI, API reference: `max_tokens` of Chat Completions is deprecated (read 2026-11-22). */
export const chatPath: FieldPath = ["max_completion_tokens"];

/** Source: OpenAI, API reference, "Create a model response" (read 2026-11-22). */
export const responsesPath: FieldPath = ["max_output_tokens"];

/**
 * Fields with a maximum of output tokens where the caller set none; undefined when one may not be added. Nothing that
 * was given is changed: not a maximum under any family's name, be it a wrong one for AWS to refuse. And a call that asks
 * the model to think is left alone: its maximum must be above its budget, and at Nova's highest effort there must be none.
 * Source: Anthropic, "Extended thinking"; AWS, "Nova 2 extended thinking" (read 2026-11-22).
 */
export function filledFields(fields: Fields, path: FieldPath, maxTokens: number): Fields | undefined {
  const more = fields["additionalModelRequestFields"];
  if (more !== undefined && !(isRecord(more) && isOpen(more))) return undefined;
  if (!isOpen(fields)) return undefined;
  const filled = filledAt(fields, path, maxTokens);
  return isRecord(filled) ? filled : undefined;
}

/** The same for a JSON body; text stays text, and bytes stay bytes. */
export function filledBody(body: unknown, path: FieldPath, maxTokens: number): string | Uint8Array | undefined {
  const isText = typeof body === "string";
  const fields = isText || asBuffer(body) !== undefined ? parseJson(body) : undefined;
  const filled = isRecord(fields) ? filledFields(fields, path, maxTokens) : undefined;
  if (filled === undefined) return undefined;
  const json = JSON.stringify(filled);
  return isText ? json : Buffer.from(json);
}

/** Every name a maximum has anywhere, and the ways to ask for thought. */
const maximumPaths = rulesOf("other").maxTokensPaths;
const thinkingNames = ["thinking", "reasoning_config", "reasoningConfig", "reasoning_effort", "reasoning"];

function isOpen(fields: Fields): boolean {
  if (maximumPaths.some((path) => valueAt(fields, path) !== undefined)) return false;
  return ![fields, fields["inferenceConfig"]].some((holder) => isRecord(holder) && asksToThink(holder));
}

function asksToThink(holder: Fields): boolean {
  return thinkingNames.some((name) => {
    const asked = holder[name];
    return asked !== undefined && !(isRecord(asked) && asked["type"] === "disabled");
  });
}

function valueAt(fields: Fields, path: FieldPath): unknown {
  let value: unknown = fields;
  for (const name of path) value = isRecord(value) ? value[name] : undefined;
  return value;
}

/** Only what leads there is copied; undefined when something that is no group of fields stands in the way. */
function filledAt(holder: unknown, [name, ...rest]: FieldPath, maxTokens: number): unknown {
  if (name === undefined) return maxTokens;
  if (holder !== undefined && !isRecord(holder)) return undefined;
  const inner = filledAt(holder?.[name], rest, maxTokens);
  return inner === undefined ? undefined : { ...holder, [name]: inner };
}
