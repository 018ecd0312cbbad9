import { isRecord } from "../config/plain-data.ts";
import { finishOf, withFinish } from "../usage/answer/finish.ts";
import type { UsageReading } from "../usage/answer/token-usage.ts";
import { usageOfChat } from "../usage/answer/usage-of-chat.ts";
import { usageOfConverse } from "../usage/answer/usage-of-converse.ts";
import { usageOfInvoke } from "../usage/answer/usage-of-invoke.ts";
import { usageOfMessages } from "../usage/answer/usage-of-messages.ts";
import { usageOfResponses } from "../usage/answer/usage-of-responses.ts";
import type { RoutedApi } from "./routed-apis.ts";
import type { WireAnswer } from "./wire-answer.ts";

/** What an answer that is no stream says it used, and why it ended. @param json - its body, parsed. */
export function usageOfAnswer(api: RoutedApi, answer: WireAnswer, json: unknown): UsageReading {
  return withFinish(countedUsage(api, answer, json), finishOf(json));
}

function countedUsage({ api }: RoutedApi, { headers }: WireAnswer, json: unknown): UsageReading {
  const usage = isRecord(json) ? json["usage"] : undefined;
  switch (api) {
    case "converse":
      return usageOfConverse(usage);
    case "invoke":
      return usageOfInvoke(headers, json);
    case "chat":
      return usageOfChat(usage);
    case "responses":
      return usageOfResponses(usage);
    case "messages":
      return usageOfMessages(usage);
    default:
      return api satisfies never;
  }
}
