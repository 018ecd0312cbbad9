import { describe, expect, it } from "vitest";
import { requestKind } from "./request-kind.ts";

describe("which API a path asks for", () => {
  it.each([
    ["/model/sonnet/converse", "Converse", "sonnet"],
    ["/model/sonnet/converse-stream", "ConverseStream", "sonnet"],
    ["/model/sonnet/invoke", "InvokeModel", "sonnet"],
    ["/model/sonnet/invoke-with-response-stream", "InvokeModelWithResponseStream", "sonnet"],
    ["/model/sonnet/count-tokens", "CountTokens", "sonnet"],
    ["/openai/v1/chat/completions", "ChatCompletions", undefined],
    ["/v1/chat/completions", "ChatCompletions", undefined],
    ["/openai/v1/responses", "Responses", undefined],
    ["/v1/responses", "Responses", undefined],
    ["/anthropic/v1/messages", "Messages", undefined],
    ["/v1/messages", "Messages", undefined],
    ["/v1/messages/count_tokens", "CountMessageTokens", undefined],
  ])("%s is %s", (path, operation, modelName) => {
    expect(requestKind(path)).toMatchObject({ operation, ...(modelName && { modelName }) });
  });

  it.each([
    ["arn%3Aaws%3Abedrock%3Aus-east-1%3A111111111111%3Aapplication-inference-profile%2Fabc", "all escaped"],
    ["arn:aws:bedrock:us-east-1:111111111111:application-inference-profile%2Fabc", "with raw colons"],
  ])("reads an ARN %s", (segment) => {
    const arn = "arn:aws:bedrock:us-east-1:111111111111:application-inference-profile/abc";

    expect(requestKind(`/model/${segment}/converse`)?.modelName).toBe(arn);
  });

  it.each([
    "/",
    "/inference-profiles",
    "/model/a/b/converse",
    "/model//converse",
    "/model/%zz/converse",
    "/model/sonnet/converse/",
    "/guardrail/x/version/1/apply",
    "/v1/embeddings",
    "/v1/responses/resp_1",
    "/model/sonnet/async-invoke",
  ])("%s is not routed", (path) => {
    expect(requestKind(path)).toBeUndefined();
  });
});
