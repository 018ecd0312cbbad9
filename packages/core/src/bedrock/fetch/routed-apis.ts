import type { Target } from "../../budget/target.ts";

/** The APIs of Bedrock that are routed; each has its own bodies, errors and streams. */
export type Api = "converse" | "invoke" | "chat" | "responses" | "messages";

/** One operation that is routed. */
export interface RoutedApi {
  readonly api: Api;
  /** The API's name for it, for events. */
  readonly operation: string;
  /** Paths that ask for it. A first group is the model's name, which is otherwise in the body. */
  readonly asked: RegExp;
  /** Its path on each endpoint that has it; `{model}` stands for the model id. */
  readonly at: Readonly<Partial<Record<Target["endpoint"], string>>>;
  /** Undefined: the body's `stream` says. */
  readonly isStream?: boolean;
  /** It only counts tokens, which is free. */
  readonly isCount?: true;
  /** A member of every answer that is no stream; undefined: each model has its own. */
  readonly answerHas?: string;
}

/** Source: AWS, "Endpoints supported by Amazon Bedrock", and the base URLs of the SDKs (read 2026-11-22). */
export const routedApis: readonly RoutedApi[] = [
  ofModel("converse", "Converse", { last: "converse", isStream: false, answerHas: "output" }),
  ofModel("converse", "ConverseStream", { last: "converse-stream", isStream: true }),
  ofModel("invoke", "InvokeModel", { last: "invoke", isStream: false }),
  ofModel("invoke", "InvokeModelWithResponseStream", { last: "invoke-with-response-stream", isStream: true }),
  ofModel("converse", "CountTokens", {
    last: "count-tokens",
    isStream: false,
    isCount: true,
    answerHas: "inputTokens",
  }),
  {
    api: "chat",
    operation: "ChatCompletions",
    asked: /^(?:\/openai)?\/v1\/chat\/completions$/,
    at: { runtime: "/openai/v1/chat/completions", mantle: "/v1/chat/completions" },
    answerHas: "choices",
  },
  {
    api: "responses",
    operation: "Responses",
    asked: /^(?:\/openai)?\/v1\/responses$/,
    at: { runtime: "/openai/v1/responses", mantle: "/v1/responses" },
    answerHas: "output",
  },
  {
    api: "messages",
    operation: "Messages",
    asked: /^(?:\/anthropic)?\/v1\/messages$/,
    at: { runtime: "/anthropic/v1/messages", mantle: "/anthropic/v1/messages" },
    answerHas: "content",
  },
  {
    api: "messages",
    operation: "CountMessageTokens",
    asked: /^(?:\/anthropic)?\/v1\/messages\/count_tokens$/,
    at: { mantle: "/anthropic/v1/messages/count_tokens" },
    answerHas: "input_tokens",
    isStream: false,
    isCount: true,
  },
];

/** Only bedrock-runtime has them. */
function ofModel(
  api: Api,
  operation: string,
  { last, ...how }: { readonly last: string } & Pick<RoutedApi, "isStream" | "isCount" | "answerHas">,
): RoutedApi {
  return {
    api,
    operation,
    asked: new RegExp(`^/model/([^/]+)/${last}$`),
    at: { runtime: `/model/{model}/${last}` },
    ...how,
  };
}
