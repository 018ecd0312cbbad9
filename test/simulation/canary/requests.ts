import { canaries } from "./canaries.ts";

const inferenceConfig = { maxTokens: 60 };
const system = [{ text: canaries.system }];
const requestMetadata = { tenant: canaries.metadata, outputTokens: "24" };

export const messages = [
  { role: "user" as const, content: [{ text: `${canaries.prompt}: what is the weather?` }] },
  {
    role: "assistant" as const,
    content: [{ toolUse: { toolUseId: "t1", name: "weather", input: { [canaries.toolKey]: canaries.toolInput } } }],
  },
  {
    role: "user" as const,
    content: [{ toolResult: { toolUseId: "t1", content: [{ text: canaries.toolResult }] } }],
  },
];

export const invoked = {
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 60,
  system: canaries.system,
  messages: [{ role: "user", content: [{ type: "text", text: canaries.prompt }] }],
  metadata: { outputTokens: "24" },
};

export const chat = {
  model: "chat",
  max_completion_tokens: 60,
  messages: [
    { role: "system", content: canaries.system },
    { role: "user", content: canaries.prompt },
  ],
  metadata: { outputTokens: "24" },
};

export const conversation = { modelId: "chat", messages, system, inferenceConfig, requestMetadata };

export const invocation = {
  modelId: "chat",
  body: JSON.stringify(invoked),
  contentType: "application/json",
  requestMetadata: JSON.stringify(requestMetadata),
};
