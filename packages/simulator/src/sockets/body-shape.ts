import type { GeneratingOperation } from "./bedrock-route.ts";
import { anthropicDialect } from "./dialects/anthropic.ts";
import { chatCompletionsDialect, invokedChatDialect } from "./dialects/chat-completions.ts";
import { chunked } from "./dialects/chunked.ts";
import { cohereDialect } from "./dialects/cohere.ts";
import { converseDialect } from "./dialects/converse.ts";
import { deepSeekDialect } from "./dialects/deepseek.ts";
import type { Dialect } from "./dialects/dialect.ts";
import { llamaDialect } from "./dialects/llama.ts";
import { mistralTextDialect } from "./dialects/mistral-text.ts";
import { novaDialect } from "./dialects/nova.ts";
import { responsesDialect } from "./dialects/responses.ts";
import { titanDialect } from "./dialects/titan.ts";
import { unknownFamilyDialect } from "./dialects/unknown-family.ts";
import { type JsonObject, objectOf } from "./json-object.ts";

/** Where a body says what counts, and how its answer looks. */
export interface BodyShape {
  /** Members that hold the prompt; the first of them must be there. */
  readonly prompt: readonly [string, ...string[]];
  /** Paths to the most output tokens; the first that is there counts. */
  readonly maxTokens: readonly string[];
  readonly dialect: Dialect;
}

/** The shape of a request: of its API, or for InvokeModel of the model's family. */
export function bodyShapeOf(operation: GeneratingOperation, modelId: string, body: JsonObject): BodyShape {
  switch (operation) {
    case "Converse":
    case "ConverseStream":
      return converse;
    case "ChatCompletions": {
      const includesUsage = objectOf(body["stream_options"])["include_usage"] === true;
      return { ...chat, dialect: chatCompletionsDialect({ includesUsage }) };
    }
    case "Responses":
      return {
        prompt: ["input", "instructions", "tools"],
        maxTokens: ["max_output_tokens"],
        dialect: responsesDialect,
      };
    case "Messages":
      return { ...anthropic, dialect: anthropicDialect };
    case "InvokeModel":
    case "InvokeModelWithResponseStream":
      return invokedShapeOf(modelId, body);
    default:
      return operation satisfies never;
  }
}

const converse: BodyShape = {
  prompt: ["messages", "system", "toolConfig"],
  maxTokens: ["inferenceConfig.maxTokens"],
  dialect: converseDialect,
};
const anthropic: BodyShape = {
  prompt: ["messages", "system", "tools"],
  maxTokens: ["max_tokens"],
  dialect: chunked(anthropicDialect),
};
const chat: BodyShape = {
  prompt: ["messages", "tools"],
  maxTokens: ["max_completion_tokens", "max_tokens"],
  dialect: chunked(invokedChatDialect),
};
const nova: BodyShape = {
  prompt: ["messages", "system", "toolConfig"],
  maxTokens: ["inferenceConfig.maxTokens", "inferenceConfig.max_new_tokens"],
  dialect: chunked(novaDialect),
};
const llama: BodyShape = { prompt: ["prompt"], maxTokens: ["max_gen_len"], dialect: chunked(llamaDialect) };
const mistralText: BodyShape = { prompt: ["prompt"], maxTokens: ["max_tokens"], dialect: chunked(mistralTextDialect) };
const cohere: BodyShape = {
  prompt: ["message", "chat_history", "preamble", "documents", "tools"],
  maxTokens: ["max_tokens"],
  dialect: chunked(cohereDialect),
};
const deepSeek: BodyShape = { prompt: ["prompt"], maxTokens: ["max_tokens"], dialect: chunked(deepSeekDialect) };
const titan: BodyShape = {
  prompt: ["inputText"],
  maxTokens: ["textGenerationConfig.maxTokenCount"],
  dialect: chunked(titanDialect),
};

/** By what the id says; tried in this order. */
const families: readonly (readonly [idPart: RegExp, shape: BodyShape | ((body: JsonObject) => BodyShape)])[] = [
  [/anthropic\./, anthropic],
  [/amazon\.nova/, nova],
  [/amazon\.titan/, titan],
  [/meta\.llama/, llama],
  [/mistral\./, (body) => ("prompt" in body ? mistralText : chat)],
  [/cohere\./, cohere],
  [/deepseek\./, (body) => ("prompt" in body ? deepSeek : chat)],
  [/(qwen|openai)\./, chat],
];

function invokedShapeOf(modelId: string, body: JsonObject): BodyShape {
  if ("anthropic_version" in body) return anthropic;
  const family = families.find(([idPart]) => idPart.test(modelId))?.[1];
  if (family !== undefined) return typeof family === "function" ? family(body) : family;
  return modelId.startsWith("arn:") ? shapeOfBody(body) : unknownFamily(body);
}

/** An ARN does not say whose model it is; its body does. */
function shapeOfBody(body: JsonObject): BodyShape {
  if ("inferenceConfig" in body || "schemaVersion" in body) return nova;
  if ("messages" in body) return chat;
  if ("max_gen_len" in body) return llama;
  if ("inputText" in body) return titan;
  if ("message" in body) return cohere;
  return unknownFamily(body);
}

/** Whatever the body says is its prompt. */
function unknownFamily(body: JsonObject): BodyShape {
  const [first = "prompt", ...others] = Object.keys(body);
  return { prompt: [first, ...others], maxTokens: ["max_tokens"], dialect: chunked(unknownFamilyDialect) };
}
