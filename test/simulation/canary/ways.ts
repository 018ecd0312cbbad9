import type { ShardedBedrockRuntime } from "@shardrock/core";
import { canaries } from "./canaries.ts";
import { chat, conversation, invocation, invoked, messages } from "./requests.ts";

/** A client and its routed fetch. */
export interface Ends {
  readonly client: ShardedBedrockRuntime;
  readonly routedFetch: typeof fetch;
  /** What answers as errors do, though nothing was thrown. */
  readonly onErrorAnswer: (shown: unknown) => void;
}

export type Way = (ends: Ends, signal?: AbortSignal) => Promise<unknown>;

const { modelId: _inPath, ...conversationBody } = conversation;

/** Every way to ask for something, read to its end; each carries every canary that has a place in it. */
export const ways: Readonly<Record<string, Way>> = {
  Converse: ({ client }, signal) => client.converse(conversation, optionsWith(signal)),
  ConverseStream: async ({ client }, signal) =>
    drain((await client.converseStream(conversation, optionsWith(signal))).stream),
  InvokeModel: ({ client }, signal) => client.invokeModel(invocation, optionsWith(signal)),
  InvokeModelWithResponseStream: async ({ client }, signal) =>
    drain((await client.invokeModelWithResponseStream(invocation, optionsWith(signal))).body),
  CountTokens: ({ client }, signal) =>
    client.countTokens({ modelId: "chat", input: { converse: { messages } } }, optionsWith(signal)),
  ApplyGuardrail: ({ client }, signal) =>
    client.applyGuardrail(
      {
        guardrailIdentifier: "pii",
        guardrailVersion: "1",
        source: "INPUT",
        content: [{ text: { text: canaries.guarded } }],
      },
      optionsWith(signal),
    ),
  "fetch Converse": fetching("/model/chat/converse", conversationBody),
  "fetch ConverseStream": fetching("/model/chat/converse-stream", conversationBody),
  "fetch InvokeModel": fetching("/model/chat/invoke", invoked),
  "fetch ChatCompletions": fetching("/v1/chat/completions", { ...chat, stream: false }),
  "fetch ChatCompletions, streamed": fetching("/v1/chat/completions", { ...chat, stream: true }),
  "fetch Messages, streamed": fetching("/anthropic/v1/messages", { ...invoked, model: "chat", stream: true }),
};

export function optionsWith(abortSignal: AbortSignal | undefined) {
  return { ...(abortSignal && { abortSignal }), shardrock: { affinityKey: canaries.affinityKey } };
}

async function drain(stream: AsyncIterable<unknown> | undefined): Promise<void> {
  for await (const _event of stream ?? []) continue;
}

function fetching(path: string, body: object): Way {
  return async ({ routedFetch, onErrorAnswer }, signal) => {
    const response = await routedFetch(`https://bedrock-runtime.us-east-1.amazonaws.com${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${canaries.callerKey}`, "x-api-key": canaries.callerKey },
      ...(signal && { signal }),
    });
    const text = await response.text();
    if (response.ok) return;
    onErrorAnswer({ status: response.status, headers: [...response.headers], text });
    throw new Error(`HTTP ${response.status}: ${text}`);
  };
}
