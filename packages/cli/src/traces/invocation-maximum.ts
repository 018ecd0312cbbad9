import { countOf } from "./fields-row.ts";
import { isJsonRecord } from "./json-line.ts";

/**
 * Where models' requests say how many tokens may come back. Source: AWS, Converse and "Inference request parameters and
 * response fields for foundation models" (read 2026-11-23).
 */
const places: readonly (readonly string[])[] = [
  ["inferenceConfig", "maxTokens"],
  ["max_tokens"],
  ["inferenceConfig", "max_new_tokens"],
  ["max_completion_tokens"],
  ["max_output_tokens"],
  ["max_gen_len"],
  ["max_tokens_to_sample"],
  ["textGenerationConfig", "maxTokenCount"],
  ["maxTokens"],
];

/** The maximum of output tokens a logged request asked for; undefined when it set none or the log holds no body. */
export function maximumOf(body: unknown): number | undefined {
  for (const place of places) {
    let value = body;
    for (const step of place) value = isJsonRecord(value) ? value[step] : undefined;
    const maximum = countOf(value);
    if (maximum !== undefined && maximum > 0) return maximum;
  }
  return undefined;
}
