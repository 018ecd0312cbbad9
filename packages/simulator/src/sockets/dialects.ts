import { anthropicDialect } from "./anthropic-dialect.ts";
import type { AskedGeneration } from "./asked-generation.ts";
import type { BedrockRoute } from "./bedrock-route.ts";
import { converseDialect } from "./converse-dialect.ts";
import type { Dialect } from "./dialect.ts";
import { novaDialect } from "./nova-dialect.ts";

/** Converse has one dialect for all models; InvokeModel speaks the model's own: Anthropic's, or else Nova's. */
export function dialectOf(route: BedrockRoute, asked: AskedGeneration): Dialect {
  if (route.operation === "Converse" || route.operation === "ConverseStream") return converseDialect;
  return asked.isAnthropic || route.modelId.includes("anthropic") ? anthropicDialect : novaDialect;
}
